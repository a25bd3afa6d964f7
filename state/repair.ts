import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { type Aspect, type Difference, differencesOf, isAtWork } from './compare.ts';
import { dependentsOf, isUsedByOthers, needsNewLink } from './dependents.ts';
import type { PlanInput } from './plan.ts';
import type { LinkProperty, Step } from './step.ts';

/** What must be done to links that are not as promised although their units are right. */
export interface Repairs {
  readonly deletions: readonly Extract<Step, { kind: 'delete-link' }>[];
  /** Units to touch before the reload. */
  readonly touches: readonly string[];
  readonly reload: boolean;
  readonly restart: boolean;
  /** reconfigure-link and set-link steps. */
  readonly settings: readonly Step[];
  /** Fields that are repaired or, while a change is on its way, completed, by resource. */
  readonly fields: ReadonlyMap<ResourceKey, readonly string[]>;
}

/** One repair of one link, before all of them are put into order. */
type Repair = { readonly aspect: Aspect } & Action;

type Action =
  | { readonly kind: 'remake'; readonly reason: string; readonly restart: boolean }
  | { readonly kind: 'remind'; readonly units: readonly string[] }
  | { readonly kind: 'step'; readonly step: Step };

/** The rungs of the ladder, least disruptive first. */
const rungs = { reconfigure: 0, reload: 1, remake: 2, count: 3 } as const;

/**
 * Repairs of all active resources. `written` names the units that this plan writes: their links are left to
 * networkd until the next pass, unless they must be made anew.
 */
export function repairsOf(
  input: PlanInput,
  active: ReadonlySet<ResourceKey>,
  written: ReadonlySet<string>,
): Repairs {
  const found = [...active].flatMap((owner) =>
    (input.desired.linksOf.get(owner) ?? []).flatMap((expected) =>
      repairsOfLink(input, owner, expected, written).map((repair) => ({
        owner,
        link: expected.link,
        repair,
      })),
    ),
  );
  return {
    deletions: found.flatMap(({ owner, link, repair }) =>
      repair.kind === 'remake'
        ? { kind: 'delete-link', link, owner, reason: repair.reason, disruption: 'recreate' }
        : [],
    ),
    touches: touchesOf(found, input, active, written),
    reload: found.some(({ repair }) => repair.kind !== 'step'),
    restart: found.some(({ repair }) => repair.kind === 'remake' && repair.restart),
    settings: found.flatMap(({ repair }) => (repair.kind === 'step' ? repair.step : [])),
    fields: fieldsOf(found.filter((one) => !isChange(input, written, one))),
  };
}

/** A repair, and of what. */
interface Found {
  readonly owner: ResourceKey;
  readonly link: string;
  readonly repair: Repair;
}

/** A new link for a new text is a change and no repair. */
function isChange({ desired }: PlanInput, written: ReadonlySet<string>, { link, repair }: Found): boolean {
  return repair.kind === 'remake' && isWritten(desired.made.get(link)?.netdev, written);
}

function isWritten(unit: string | undefined, written: ReadonlySet<string>): boolean {
  return unit !== undefined && written.has(unit);
}

/** One thing of a link, as fights are counted: `mv-mgmt-v1 master`. */
export function fieldOf(link: string, aspect: string): string {
  return `${link} ${aspect}`;
}

function fieldsOf(found: readonly Found[]): ReadonlyMap<ResourceKey, readonly string[]> {
  const fields = new Map<ResourceKey, readonly string[]>();
  for (const { owner, link, repair } of found) {
    fields.set(owner, [...(fields.get(owner) ?? []), fieldOf(link, repair.aspect)]);
  }
  return fields;
}

/** Units that networkd must look at again; those that are written anyway need no touch, those of others get none. */
function touchesOf(
  found: readonly Found[],
  { desired }: PlanInput,
  active: ReadonlySet<ResourceKey>,
  written: ReadonlySet<string>,
): readonly string[] {
  const mayTouch = (unit: string) => {
    const owner = desired.units.get(unit)?.owner;
    return owner !== undefined && active.has(owner) && !written.has(unit);
  };
  const units = found.flatMap(({ link, repair }) => {
    if (repair.kind === 'step') return [];
    return repair.kind === 'remind' ? repair.units : dependentsOf(link, desired);
  });
  return [...new Set(units)].filter(mayTouch).sort();
}

function repairsOfLink(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  written: ReadonlySet<string>,
): readonly Repair[] {
  const rung = input.rungOf(owner);
  const remake = needsNewLink(input, owner, expected);
  if (remake) {
    // One that comes back as it was must not be deleted over and over.
    const isDue = rung !== 'settling' && input.mayRepair(owner, fieldOf(expected.link, 'kind'));
    return isDue || isWritten(expected.netdev, written)
      ? [{ kind: 'remake', aspect: 'kind', ...remake }]
      : [];
  }
  if (isWritten(expected.netdev, written) || isWritten(expected.network, written)) return [];
  const found = differencesOf(expected, input.observed).filter(({ aspect }) => {
    const field = fieldOf(expected.link, aspect);
    const isDue = rung !== 'settling' || isLeftToUs(input, expected, aspect);
    return (isDue || (aspect !== 'state' && input.isFresh(owner, field))) && input.mayRepair(owner, field);
  });
  const all = found.flatMap((difference): readonly Repair[] => {
    const action = actionOn(input, owner, expected, difference, rung === 'settling' ? 0 : rung);
    return action ? [{ ...action, aspect: difference.aspect }] : [];
  });
  // Several differences of one link often ask for the same step.
  return all.filter((repair, i) => all.findIndex((other) => sameRepair(repair, other)) === i);
}

/**
 * What networkd will not do by itself, so that waiting for it is in vain: it does not plug a port into a bridge that
 * has no .netdev, nor notice at once that we did; up to v256 it never changes the mode of a macvlan that exists, and
 * it leaves a failed link failed.
 */
function isLeftToUs({ observed }: PlanInput, expected: LinkExpectation, aspect: Aspect): boolean {
  const { master, link } = expected;
  const { capabilities } = observed.networkd;
  const seen = observed.links.get(link);
  switch (aspect) {
    case 'master':
      return master?.foreign === true;
    case 'mode':
      return true;
    case 'state':
      // Without KeepMaster= (≤ v249) a reconfigured port of a foreign bridge would be unplugged again.
      return Boolean(
        master?.foreign && capabilities.keepMaster && seen?.master === master.name && !isAtWork(seen),
      );
    case 'setup':
      if (capabilities.retriesFailedLinks || seen?.setup !== 'failed') return false;
      return !master || observed.links.has(master.name);
    default:
      return false;
  }
}

function sameRepair(a: Repair, b: Repair): boolean {
  if (a.kind !== 'step' || b.kind !== 'step') return a.kind === b.kind;
  return a.step.kind === b.step.kind && propertyOf(a.step) === propertyOf(b.step);
}

function propertyOf(step: Step): LinkProperty | undefined {
  return step.kind === 'set-link' ? step.property : undefined;
}

function actionOn(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  difference: Difference,
  rung: number,
): Action | undefined {
  switch (difference.aspect) {
    case 'missing':
      return missingRepair(input, expected, rung);
    case 'kind':
    case 'parent':
      return expected.made ? { kind: 'remake', reason: difference.message, restart: false } : undefined;
    case 'master':
    case 'mode':
    case 'mtu':
    case 'mac':
      return setting(input, owner, expected, difference, difference.aspect, rung);
    case 'shadowed':
      return undefined;
    case 'address':
    case 'gateway':
    case 'setup':
    case 'state':
      return climb(input, owner, expected, difference, rung);
  }
}

function missingRepair({ desired }: PlanInput, expected: LinkExpectation, rung: number): Action | undefined {
  if (!expected.made) return undefined;
  const units = dependentsOf(expected.link, desired);
  // v257+ tries a .netdev that once failed again only when its file looks new (networkd.md §2.3).
  const netdev = rung >= rungs.reload && expected.netdev !== undefined ? [expected.netdev] : [];
  return { kind: 'remind', units: [...units, ...netdev] };
}

function setting(
  { observed }: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  { message }: Difference,
  property: LinkProperty,
  rung: number,
): Action | undefined {
  const link = observed.links.get(expected.link);
  const value = property === 'master' ? expected.master?.name : expected[property];
  if (!link || value === undefined) return undefined;
  if (property === 'master' && !observed.links.has(String(value))) return undefined;
  const byNetworkd = !(property === 'master' && expected.master?.foreign);
  if (byNetworkd && rung === 0 && isAtWork(link)) return undefined;
  return {
    kind: 'step',
    step: {
      kind: 'set-link',
      link: expected.link,
      property,
      value: String(value),
      owner,
      reason: message,
      disruption: 'none',
    },
  };
}

/** States that only something outside can change: carrier comes from a cable or the other end. */
const wantOfCarrier = ['no-carrier', 'dormant', 'degraded-carrier'];

function climb(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  { aspect, message }: Difference,
  rung: number,
): Action | undefined {
  const link = input.observed.links.get(expected.link);
  if (!link || (aspect === 'state' && wantOfCarrier.includes(link.operational))) return undefined;
  // A port whose bridge is not there fails again: the bridge comes first.
  if (expected.master && !input.observed.links.has(expected.master.name)) return undefined;
  if (rung === rungs.reconfigure && isAtWork(link)) return undefined;
  const step = rung % rungs.count;
  if (step === rungs.remake && expected.made && !isUsedByOthers(input, owner, expected.link)) {
    return { kind: 'remake', reason: message, restart: false };
  }
  if (step === rungs.reload && expected.network !== undefined)
    return { kind: 'remind', units: [expected.network] };
  return {
    kind: 'step',
    step: { kind: 'reconfigure-link', link: expected.link, owner, reason: message, disruption: 'link flap' },
  };
}
