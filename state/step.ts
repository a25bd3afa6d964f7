import type { Unit } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { type RouteExpectation, type RuleExpectation, routeText, ruleText } from '../crds/routes.ts';
import type { FormerUnit } from './former-units.ts';
import type { PreviousResolvConf } from './inventory.ts';
import type { LinkScene } from './scene.ts';

/** `Omit` for each member of a union by itself. */
export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What a step costs those who use the network while it runs. */
export type Disruption = 'none' | 'link flap' | 'recreate' | 'service restart';

/**
 * Why networkd is restarted: a link is made from a text of which it keeps the old one (it is owed until it succeeds), or
 * nothing less has helped a link that waits.
 */
export type RestartCause = 'stale' | 'in vain';

interface Common {
  /** Whose sake the step is for; a failure becomes that resource's condition. Undefined: for all of the plan. */
  readonly owner?: ResourceKey | undefined;
  readonly reason: string;
  readonly disruption: Disruption;
}

/** Properties of an existing link that are set in place, through iproute2. */
export type LinkProperty = 'master' | 'mode' | 'mtu' | 'mac';

/** One thing to do to the host. A plan is a list of them, in the order in which they are done. */
export type Step =
  | (Common & { readonly kind: 'remove-unit'; readonly unit: string })
  /** Puts back a unit of others that a change took over. */
  | (Common & { readonly kind: 'restore-unit'; readonly unit: string; readonly former: FormerUnit })
  /** New: nothing stands there and nothing of the name is on record. */
  | (Common & { readonly kind: 'write-unit'; readonly unit: Unit; readonly isNew?: true | undefined })
  | (Common & { readonly kind: 'delete-link'; readonly link: string })
  /** New timestamps make networkd (≤ v256) look again at units that name a link which was made anew. */
  | (Common & { readonly kind: 'touch-dependents'; readonly units: readonly string[] })
  | (Common & { readonly kind: 'reload' })
  | (Common & { readonly kind: 'restart-networkd'; readonly cause: RestartCause })
  | (Common & { readonly kind: 'reconfigure-link'; readonly link: string })
  | (Common & {
      readonly kind: 'set-link';
      readonly link: string;
      readonly property: LinkProperty;
      readonly value: string;
      /** Not every driver lets a link that is up have another one: that it does not blames nobody, and is told once. */
      readonly mayFail?: true | undefined;
    })
  /** A setting of a link's kind, in place; `words` as in `ip link set dev LINK type TYPE`. */
  | (Common & {
      readonly kind: 'set-option';
      readonly link: string;
      readonly type: string;
      readonly words: readonly string[];
    })
  /** Has the kernel tell of a link again, and changes nothing of it. */
  | (Common & { readonly kind: 'announce-link'; readonly link: string })
  /** Has the kernel make the IPv6 link-local address of a link anew. */
  | (Common & { readonly kind: 'renew-link-local'; readonly link: string })
  | (Common & { readonly kind: 'remove-address'; readonly link: string; readonly address: string })
  | (Common & { readonly kind: 'add-route'; readonly link: string; readonly route: RouteExpectation })
  | (Common & { readonly kind: 'add-rule'; readonly rule: RuleExpectation })
  /** A switch below /proc/sys: `net/ipv4/ip_forward`. */
  | (Common & { readonly kind: 'set-sysctl'; readonly key: string; readonly value: string })
  /** A network that goes back into networkd's table of nftables. */
  | (Common & { readonly kind: 'masquerade'; readonly network: string })
  /** A network that leaves it. */
  | (Common & { readonly kind: 'unmasquerade'; readonly network: string })
  /** Servers and domains of a link become those of its .network again. */
  | (Common & { readonly kind: 'revert-names'; readonly link: string })
  /** Puts back what a change that did not last took from a link of others. */
  | (Common & { readonly kind: 'restore-link'; readonly link: string; readonly scene: LinkScene })
  | (Common & { readonly kind: 'trigger-udev' })
  | (Common & { readonly kind: 'write-resolved-drop-in'; readonly text: string | undefined })
  | (Common & { readonly kind: 'enable-service'; readonly service: string })
  | (Common & { readonly kind: 'restart-service'; readonly service: string })
  | (Common & { readonly kind: 'write-resolv-conf'; readonly content: PreviousResolvConf });

const kernelSteps: ReadonlySet<Step['kind']> = new Set([
  'set-link',
  'set-option',
  'announce-link',
  'remove-address',
  'add-route',
  'add-rule',
  'set-sysctl',
  'masquerade',
  'unmasquerade',
]);

/** Whether a step puts one thing right for which only the kernel is asked: that it refuses one says nothing of the next. */
export function isKernelStep({ kind }: Step): boolean {
  return kernelSteps.has(kind);
}

/** The thing that a step acts on, as the user knows it. */
export function targetOf(step: Step): string {
  switch (step.kind) {
    case 'remove-unit':
    case 'restore-unit':
      return step.unit;
    case 'write-unit':
      return step.unit.name;
    case 'delete-link':
    case 'reconfigure-link':
    case 'announce-link':
    case 'renew-link-local':
    case 'restore-link':
    case 'revert-names':
      return step.link;
    case 'set-option':
      return `${step.link} ${step.words.join(' ')}`;
    case 'remove-address':
      return `${step.address} dev ${step.link}`;
    case 'add-route':
      return `${routeText(step.route)} dev ${step.link}`;
    case 'add-rule':
      return ruleText(step.rule);
    case 'set-sysctl':
      return `${step.key} ${step.value}`;
    case 'masquerade':
    case 'unmasquerade':
      return step.network;
    case 'touch-dependents':
      return step.units.join(' ');
    case 'set-link':
      return `${step.link} ${step.property} ${step.value === '' ? 'none' : step.value}`;
    case 'enable-service':
    case 'restart-service':
      return step.service;
    case 'reload':
    case 'restart-networkd':
      return 'systemd-networkd';
    case 'trigger-udev':
      return 'systemd-udevd';
    case 'write-resolved-drop-in':
      return 'resolved.conf.d/05-osa-net.conf';
    case 'write-resolv-conf':
      return '/etc/resolv.conf';
  }
}

/** The step as one line: `write-unit 05-osa-net-br0.network: spec changed (link flap)`. */
export function describeStep(step: Step): string {
  const cost = step.disruption === 'none' ? '' : ` (${step.disruption})`;
  return `${step.kind} ${targetOf(step)}: ${step.reason}${cost}`;
}
