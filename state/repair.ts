import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isList } from './asking.ts';
import { type Aspect, type Difference, differencesOf, isAtWork, type Subject } from './compare.ts';
import { deferredDifferences, inTurn } from './deferring.ts';
import { dependentsOf, needsNewLink } from './dependents.ts';
import { isInUse, usersOf } from './in-use.ts';
import type { Plug } from './inventory.ts';
import { bottomUp } from './order.ts';
import type { PlanInput } from './plan-input.ts';
import { type Deferred, deferredBy } from './recreation.ts';
import { type Action, actionOn } from './remedy.ts';
import { plugsLost } from './replug.ts';
import { type RestartCause, type Step, targetOf } from './step.ts';

/** What must be done to links that are not as promised although their units are right. */
export interface Repairs {
  readonly deletions: readonly Extract<Step, { kind: 'delete-link' }>[];
  /** Units to touch before the reload. */
  readonly touches: readonly string[];
  readonly reload: boolean;
  readonly restart: RestartCause | undefined;
  /** reconfigure-link and set-link steps. */
  readonly settings: readonly Step[];
  /** Fields that are repaired or, while a change is on its way, completed, by resource. */
  readonly fields: ReadonlyMap<ResourceKey, readonly string[]>;
  /** Links that only new ones would put right, and that stay as they are for now. */
  readonly deferred: ReadonlyMap<ResourceKey, readonly Deferred[]>;
  /** Ports of others that lose their bridge to a deletion, by name. */
  readonly unplugged: Readonly<Record<string, Plug>>;
}

/** One repair of one link, before all of them are put into order. */
type Repair = { readonly aspect: Aspect } & Action;

/**
 * Repairs of all active resources. `written` names the units that this plan writes: their links are left to
 * networkd until the next pass, unless they must be made anew.
 */
export function repairsOf(
  input: PlanInput,
  active: ReadonlySet<ResourceKey>,
  written: ReadonlySet<string>,
): Repairs {
  const looked = [...active].flatMap((owner) =>
    bottomUp(input.desired.linksOf.get(owner) ?? []).map((expected) => ({
      owner,
      link: expected.link,
      ...repairsOfLink(input, owner, expected, written),
    })),
  );
  const found = looked.flatMap(({ owner, link, repairs }) =>
    repairs.map((repair) => ({ owner, link, repair })),
  );
  return {
    deferred: deferredOf(looked),
    unplugged: unpluggedBy(found, input),
    deletions: found.flatMap(({ owner, link, repair }) =>
      repair.kind === 'remake'
        ? { kind: 'delete-link', link, owner, reason: repair.reason, disruption: 'recreate' }
        : [],
    ),
    touches: touchesOf(found, input, active, written),
    reload: found.some(({ repair }) => repair.kind !== 'step'),
    restart: restartFor(found),
    settings: found.flatMap(({ repair }) => (repair.kind === 'step' ? repair.step : [])),
    fields: fieldsOf(found.filter((one) => !isChange(input, written, one))),
  };
}

/** What is to be done about one link, and what only a new one would do. */
interface Looked {
  readonly repairs: readonly Repair[];
  readonly deferred: readonly Deferred[];
}

function deferredOf(
  looked: readonly (Looked & { readonly owner: ResourceKey })[],
): ReadonlyMap<ResourceKey, readonly Deferred[]> {
  const all = new Map<ResourceKey, readonly Deferred[]>();
  for (const { owner, deferred } of looked) {
    if (deferred.length > 0) all.set(owner, [...(all.get(owner) ?? []), ...deferred]);
  }
  return all;
}

function unpluggedBy(found: readonly Found[], input: PlanInput): Readonly<Record<string, Plug>> {
  const remade = found.filter(({ repair }) => repair.kind === 'remake');
  return Object.fromEntries(
    remade.flatMap(({ owner, link }) => plugsLost(input, owner, link, usersOf(link, input).ports)),
  );
}

/** A repair, and of what. */
interface Found {
  readonly owner: ResourceKey;
  readonly link: string;
  readonly repair: Repair;
}

/** A new link for a new text is a change and no repair, and so is what an earlier text left: nobody fights over it. */
function isChange({ desired }: PlanInput, written: ReadonlySet<string>, { link, repair }: Found): boolean {
  if (repair.aspect === 'leftover') return true;
  const expected = desired.made.get(link);
  if (!expected || repair.kind === 'step') return false;
  return repair.kind === 'remake' ? isWritten(expected.netdev, written) : isRewritten(expected, written);
}

/** A new link of a new text is made as it should be only by a networkd that has forgotten the old one. */
function restartFor(found: readonly Found[]): RestartCause | undefined {
  const kinds = found.flatMap(({ repair }) => (repair.kind !== 'step' && repair.restart ? repair.kind : []));
  if (kinds.includes('remake')) return 'stale';
  return kinds.length > 0 ? 'in vain' : undefined;
}

function isRewritten({ netdev, network }: LinkExpectation, written: ReadonlySet<string>): boolean {
  return isWritten(netdev, written) || isWritten(network, written);
}

function isWritten(unit: string | undefined, written: ReadonlySet<string>): boolean {
  return unit !== undefined && written.has(unit);
}

/** One thing of a link, as fights are counted: `mv-mgmt-v1 master`. */
function fieldOf(link: string, aspect: string): string {
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
): Looked {
  const rung = input.rungOf(owner, expected.link);
  const remake = needsNewLink(input, owner, expected);
  if (remake) {
    const blocked = deferredBy(input, owner, expected, remake.reason, true);
    if (blocked) return { repairs: [], deferred: [blocked] };
    // Without a restart it would only come back from the text of before.
    if (remake.restart && !input.mayRestart)
      return { repairs: [], deferred: [inTurn(expected, remake.reason, true)] };
    // One that comes back as it was must not be deleted over and over.
    const isDue = rung !== 'settling' && input.mayRepair(owner, fieldOf(expected.link, 'kind'));
    return (isDue && canBeMade(expected, input)) || isWritten(expected.netdev, written)
      ? { repairs: [{ kind: 'remake', aspect: 'kind', ...remake }], deferred: [] }
      : { repairs: [], deferred: [inTurn(expected, remake.reason, true)] };
  }
  if (isRewritten(expected, written)) return remadeMeanwhile(input, expected);
  const differences = differencesOf(expected, input.observed, input);
  const due = differences.filter((difference) => {
    const { aspect } = difference;
    const field = fieldOf(expected.link, aspect);
    const isDue = rung !== 'settling' || isLeftToUs(input, expected, difference);
    return (isDue || (aspect !== 'state' && input.isFresh(owner, field))) && input.mayRepair(owner, field);
  });
  const deferred = deferredDifferences(input, owner, expected, differences, due);
  const isBlocked = deferred.some(({ users }) => isInUse(users));
  const all = due.flatMap((difference): readonly Repair[] => {
    const action = actionOn(input, owner, expected, difference, rung === 'settling' ? 0 : rung);
    if (!action) return [];
    if (action.kind === 'remake' && (isBlocked || !canBeMade(expected, input))) return [];
    return [{ ...action, aspect: difference.aspect }];
  });
  // Several differences of one link often ask for the same step.
  const repairs = all.filter((repair, i) => all.findIndex((other) => sameRepair(repair, other)) === i);
  return { repairs, deferred };
}

/** Whether networkd would make a link once more: without its .netdev it would be gone. */
function canBeMade({ netdev = '' }: LinkExpectation, { desired, observed }: PlanInput): boolean {
  const wanted = desired.units.get(netdev);
  return wanted === undefined || observed.units.get(netdev)?.hash === wanted.hash;
}

/** networkd makes a missing link when it reads its new units, and what names that link must be read with them. */
function remadeMeanwhile({ desired, observed }: PlanInput, { link, made }: LinkExpectation): Looked {
  const isMissing = made && !observed.links.has(link);
  const units = isMissing ? dependentsOf(link, desired) : [];
  const repairs: Repair[] =
    units.length > 0 ? [{ kind: 'remind', aspect: 'missing', units, restart: false }] : [];
  return { repairs, deferred: [] };
}

/**
 * What networkd will not do by itself, so that waiting for it is in vain: it does not plug a port into a bridge that
 * has no .netdev, nor notice at once that we did; up to v256 it never changes the mode of a macvlan that exists, and
 * it leaves a failed link failed.
 */
function isLeftToUs(
  { observed }: PlanInput,
  expected: LinkExpectation,
  { aspect, subject = {} }: Pick<Difference, 'aspect'> & { readonly subject?: Subject | object },
): boolean {
  const { master, link } = expected;
  const { capabilities } = observed.networkd;
  const seen = observed.links.get(link);
  switch (aspect) {
    case 'master':
      return master?.foreign === true;
    case 'mode':
      return true;
    case 'leftover':
      // It is about to take away addresses itself, and networks with them.
      return 'left' in subject && !isList(subject.left.setting);
    case 'state':
      // Without KeepMaster= (≤ v249) a reconfigured port of a foreign bridge would be unplugged again.
      return Boolean(
        master?.foreign && capabilities.keepMaster && seen?.master === master.name && !isAtWork(seen),
      );
    case 'setup':
      if (capabilities.retriesFailedLinks || seen?.setup !== 'failed') return false;
      return !master || master.foreign || observed.links.has(master.name);
    default:
      return false;
  }
}

function sameRepair(a: Repair, b: Repair): boolean {
  if (a.kind !== 'step' || b.kind !== 'step') return a.kind === b.kind;
  return a.step.kind === b.step.kind && targetOf(a.step) === targetOf(b.step);
}
