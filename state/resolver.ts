import type { ResolverIntent } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isSpared } from './force.ts';
import type { Inventory, OwnedResolver, PreviousResolvConf } from './inventory.ts';
import type { ObservedResolver } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import { type Step, targetOf } from './step.ts';

/** The service that a Resolver speaks of. */
export const resolvedService = 'systemd-resolved.service';

/** Where a resolv.conf link leads, by the document's word (systemd-resolved.service(8)). */
export const resolvConfTargets = {
  stub: '/run/systemd/resolve/stub-resolv.conf',
  uplink: '/run/systemd/resolve/resolv.conf',
} as const;

/** Steps of the Resolver: drop-in, service, and resolv.conf last, when what it leads to is there. */
export function resolverSteps(input: PlanInput, active: ReadonlySet<ResourceKey>): readonly Step[] {
  const { desired, observed, inventory } = input;
  const wanted = desired.resolver;
  if (wanted) {
    const steps = active.has(wanted.owner) ? applySteps(wanted.owner, wanted.intent, observed.resolver) : [];
    return isResolverDrift(input) ? steps.filter((step) => isDue(input, wanted.owner, step)) : steps;
  }
  const owned = inventory.resolver;
  if (!owned || !mayUndo(owned.owner, desired, inventory)) return [];
  return undoSteps(owned, observed.resolver);
}

/** Whether what differs of the resolver was right once, so that somebody else changed it, and no document. */
export function isResolverDrift({ desired, inventory }: Pick<PlanInput, 'desired' | 'inventory'>): boolean {
  const owner = desired.resolver?.owner;
  if (owner === undefined || inventory.resolver?.owner !== owner) return false;
  return inventory.resources[owner]?.specHash === desired.resources.get(owner)?.specHash;
}

/** What a step of a Resolver puts right, as fights are counted: resolved restarts only for its drop-in. */
export function resolverField(step: Step): string {
  return step.kind === 'restart-service' ? 'resolved.conf.d/05-osa-net.conf' : targetOf(step);
}

/** After a step that failed, and against somebody who writes the same file, it takes ever longer. */
function isDue({ rungOf, attemptsOf, mayRepair }: PlanInput, owner: ResourceKey, step: Step): boolean {
  const waits = attemptsOf(owner) > 0 && rungOf(owner) === 'settling';
  return !waits && mayRepair(owner, resolverField(step));
}

/** Whether what a Resolver did may be undone: its document is gone, and nothing holds it. */
function mayUndo(owner: ResourceKey, desired: Desired, inventory: Inventory): boolean {
  return !isSpared(desired.inForce, owner) && inventory.resources[owner]?.keep !== true;
}

/** Whether nothing is left to do for a Resolver whose document is gone: then resolv.conf is nobody's again. */
export function isUndone(inventory: Inventory, desired: Desired, seen: ObservedResolver): boolean {
  const owned = inventory.resolver;
  if (!owned || desired.resolver || !mayUndo(owned.owner, desired, inventory)) return false;
  return undoSteps(owned, seen).length === 0;
}

function applySteps(owner: ResourceKey, intent: ResolverIntent, seen: ObservedResolver): readonly Step[] {
  const steps: Step[] = [];
  if (seen.dropIn !== intent.dropIn) {
    steps.push({
      kind: 'write-resolved-drop-in',
      text: intent.dropIn,
      owner,
      reason: 'it differs from the document',
      disruption: 'none',
    });
  }
  const missing = seen.service === 'no-systemd' || seen.service === 'not-installed';
  if (intent.enableService && !missing && (seen.service === 'stopped' || !seen.enabled)) {
    const reason = seen.enabled ? 'it is not running' : 'it is not enabled';
    steps.push({ kind: 'enable-service', service: resolvedService, owner, reason, disruption: 'none' });
  }
  if (seen.service === 'running' && seen.dropIn !== intent.dropIn) {
    steps.push({
      kind: 'restart-service',
      service: resolvedService,
      owner,
      reason: 'its settings changed',
      disruption: 'service restart',
    });
  }
  const content = resolvConfOf(intent);
  if (content && !sameResolvConf(seen.resolvConf, content) && isProvided(intent, seen, steps)) {
    steps.push({
      kind: 'write-resolv-conf',
      content,
      owner,
      reason: `the document says ${intent.resolvConf.mode}`,
      disruption: 'none',
    });
  }
  return steps;
}

/** A link to a file that nobody provides would leave the host without names: it waits until resolved runs. */
function isProvided(intent: ResolverIntent, seen: ObservedResolver, steps: readonly Step[]): boolean {
  const { mode } = intent.resolvConf;
  if (mode !== 'stub' && mode !== 'uplink') return true;
  return seen.provided.includes(mode) || steps.some((step) => step.kind === 'enable-service');
}

/** What /etc/resolv.conf must be, or undefined where it is left alone. */
export function resolvConfOf(intent: ResolverIntent): PreviousResolvConf | undefined {
  const { resolvConf } = intent;
  switch (resolvConf.mode) {
    case 'unmanaged':
      return undefined;
    case 'static':
      return { type: 'file', text: resolvConf.text };
    case 'stub':
    case 'uplink':
      return { type: 'link', target: resolvConfTargets[resolvConf.mode] };
  }
}

/** Whether two states of /etc/resolv.conf are the same; a relative link counts as the absolute one it means. */
export function sameResolvConf(a: PreviousResolvConf, b: PreviousResolvConf): boolean {
  if (a.type === 'link' && b.type === 'link') return absolute(a.target) === absolute(b.target);
  if (a.type === 'file' && b.type === 'file') return a.text === b.text;
  return a.type === b.type;
}

function absolute(target: string): string {
  return target.startsWith('../') ? target.replace('..', '') : target;
}

function undoSteps(
  { owner, previous, written, dropIn }: OwnedResolver,
  seen: ObservedResolver,
): readonly Step[] {
  const reason = `${owner} is gone`;
  const steps: Step[] = [];
  const isOurs = !written || written.some((one) => sameResolvConf(seen.resolvConf, one));
  if (previous && isOurs && !sameResolvConf(seen.resolvConf, previous)) {
    steps.push({ kind: 'write-resolv-conf', content: previous, owner, reason, disruption: 'none' });
  }
  if (dropIn && seen.dropIn !== undefined) {
    steps.push({ kind: 'write-resolved-drop-in', text: undefined, owner, reason, disruption: 'none' });
    if (seen.service === 'running') {
      steps.push({
        kind: 'restart-service',
        service: resolvedService,
        owner,
        reason,
        disruption: 'service restart',
      });
    }
  }
  return steps;
}

/** Why the resolver is not as the document says; empty when it is. */
export function resolverDifferences(intent: ResolverIntent, seen: ObservedResolver): readonly string[] {
  const found: string[] = [];
  if (seen.dropIn !== intent.dropIn) found.push('the drop-in of systemd-resolved differs');
  if (intent.enableService) found.push(...serviceDifferences(seen));
  const content = resolvConfOf(intent);
  if (content && !sameResolvConf(seen.resolvConf, content)) {
    found.push(`/etc/resolv.conf is not as asked (${intent.resolvConf.mode})`);
  }
  return found;
}

function serviceDifferences(seen: ObservedResolver): readonly string[] {
  switch (seen.service) {
    case 'no-systemd':
      return ['systemd does not answer on the bus, so systemd-resolved cannot be enabled here'];
    case 'not-installed':
      return ['systemd-resolved is not installed; install the package systemd-resolved'];
    case 'stopped':
      return ['systemd-resolved is not running'];
    case 'running':
      return seen.enabled ? [] : ['systemd-resolved is not enabled'];
  }
}
