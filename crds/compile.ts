import { compileConnectivityProbe } from './compile/connectivity-probe.ts';
import { bridgeContext, compileContainerBridge } from './compile/container-bridge.ts';
import { compileLink } from './compile/link.ts';
import { compileLinkPolicy } from './compile/link-policy.ts';
import { compileLinkResource, linkContext } from './compile/links/compile.ts';
import { compileMacvlanIntegration, integrationContext } from './compile/macvlan-integration.ts';
import { compileNetDev, netDevContext } from './compile/netdev.ts';
import { compileNetwork, networkContext } from './compile/network.ts';
import { compileResolver } from './compile/resolver.ts';
import { type Surroundings, surroundingsOf } from './compile/surroundings.ts';
import type { Compiled } from './compiled.ts';
import type { Capabilities } from './networkd/capabilities.ts';
import type { AnyResource } from './resource.ts';

/**
 * Resources → what each means on a systemd of these capabilities, in the same order. What a resource means may depend
 * on the others (whether a document makes the bridge that it names); a resource for which nothing of that changed
 * since the last call costs nothing but its look-up, and gives the same object.
 */
export function compileAll(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
): readonly Compiled[] {
  const surroundings = surroundingsOf(resources);
  return resources.map((resource) => compileOne(resource, capabilities, surroundings));
}

interface Memo {
  readonly version: number;
  /** JSON of the context. */
  readonly context: string;
  readonly compiled: Compiled;
}

const memos = new WeakMap<AnyResource, Memo>();

function compileOne(resource: AnyResource, capabilities: Capabilities, surroundings: Surroundings): Compiled {
  const { context, compile } = compilerOf(resource, capabilities, surroundings);
  const memo = memos.get(resource);
  const { version } = capabilities;
  const contextText = JSON.stringify(context);
  if (memo && memo.version === version && memo.context === contextText) return memo.compiled;
  const compiled = compile();
  memos.set(resource, { version, context: contextText, compiled });
  return compiled;
}

/** How to compile a resource, and all that the outcome depends on besides the resource and the version. */
interface Compiler {
  readonly context: object | null;
  readonly compile: () => Compiled;
}

function compilerOf(resource: AnyResource, capabilities: Capabilities, surroundings: Surroundings): Compiler {
  switch (resource.kind) {
    case 'ContainerBridge': {
      const context = bridgeContext(resource, surroundings);
      return { context, compile: () => compileContainerBridge(resource, capabilities, context) };
    }
    case 'MacvlanIntegration': {
      const context = integrationContext(resource, surroundings);
      return { context, compile: () => compileMacvlanIntegration(resource, capabilities, context) };
    }
    case 'NetDev': {
      const context = netDevContext(resource, surroundings);
      return { context, compile: () => compileNetDev(resource, context) };
    }
    case 'Network': {
      const context = networkContext(resource, surroundings);
      return { context, compile: () => compileNetwork(resource, capabilities, context) };
    }
    case 'Interface':
    case 'Bond':
    case 'Bridge':
    case 'Vlan':
    case 'Vxlan':
    case 'Macvlan':
    case 'Dummy':
    case 'Veth':
    case 'Vrf':
    case 'WireGuard':
    case 'Tunnel': {
      const context = linkContext(resource, surroundings);
      return { context, compile: () => compileLinkResource(resource, capabilities, context) };
    }
    case 'LinkPolicy':
      return { context: null, compile: () => compileLinkPolicy(resource) };
    case 'Link':
      return { context: null, compile: () => compileLink(resource) };
    case 'Resolver':
      return { context: null, compile: () => compileResolver(resource) };
    case 'ConnectivityProbe':
      return { context: null, compile: () => compileConnectivityProbe(resource) };
  }
}
