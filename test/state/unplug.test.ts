import { expect } from 'chai';
import type { Desired } from '../../state/desired.ts';
import type { Inventory } from '../../state/inventory.ts';
import { judge } from '../../state/judge.ts';
import type { Observed } from '../../state/observed.ts';
import type { Plan } from '../../state/plan.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import { describeStep, type Step } from '../../state/step.ts';
import type { Transaction } from '../../state/transaction.ts';
import { portsToUnplug } from '../../state/unplug.ts';
import { bridge, converged, desired, doc, planOf, unitsOnDisk, withLinks, withUnits } from './build.ts';

const time = '2026-01-01T00:00:00.000Z';
const with1 = bridge('a', { interfaces: ['eth1'] });
const none = desired(252, bridge('a'));
const before = converged(252, with1);
const known = { ...before, desired: none };
const record = { eth1: 'ContainerBridge/a' } as const;
const unplugs =
  'set-link eth1 master none: no document has it in a link of ContainerBridge/a any more (link flap)';

function lines(given: Parameters<typeof planOf>[0]): readonly string[] {
  return planOf(given).steps.map(describeStep);
}

interface After {
  readonly after: Observed;
  readonly isQuiet: boolean;
  readonly done?: readonly Step[];
  readonly wanted?: Desired;
}

function settled(intent: Inventory, plan: Plan, { wanted = none, ...after }: After): Inventory {
  return settledOf(intent, wanted, plan, { done: [], before: before.observed, ...after });
}

describe('a port that a document no longer names', () => {
  const plan = planOf(known);
  const intent = intentOf(known.inventory, none, plan, known.observed, time);
  const files = withUnits(known.observed, { '05-osa-net-eth1.network': undefined });
  const inside = withLinks(files, { eth1: { master: 'br-a', setup: 'unmanaged' } });
  const outside = withLinks(files, { eth1: { master: undefined } });

  it('is on record before its unit goes, and leaves its bridge once networkd has forgotten that', () => {
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf('set-link')).to.be.above(kinds.indexOf('reload'));
    expect(plan.steps.map(describeStep)).to.include(unplugs);
    expect(intent.unplug).to.deep.equal(record);
  });

  it('is unplugged again where networkd plugs it in again, until it has long been told', () => {
    const early = settled(intent, plan, { after: outside, isQuiet: false, done: plan.steps });
    expect(early.unplug).to.deep.equal(record);
    expect(lines({ desired: none, observed: outside, inventory: early }).filter(isSetLink)).to.deep.equal([]);
    expect(lines({ desired: none, observed: inside, inventory: early })).to.include(unplugs);
    const late = settled(early, plan, { after: outside, isQuiet: true });
    expect(late).to.not.have.property('unplug');
    expect(lines({ desired: none, observed: inside, inventory: late }).filter(isSetLink)).to.deep.equal([]);
  });

  it('stays on record while it is plugged in, while networkd was not told, and where it just was', () => {
    expect(settled(intent, plan, { after: inside, isQuiet: true }).unplug).to.deep.equal(record);
    const pending = { ...intent, reloadPending: true };
    expect(settled(pending, plan, { after: outside, isQuiet: true }).unplug).to.deep.equal(record);
    const done = plan.steps.filter(({ kind }) => kind === 'reload');
    expect(settled(intent, plan, { after: outside, isQuiet: true, done }).unplug).to.deep.equal(record);
  });

  it('leaves it although somebody else has deleted its unit', () => {
    const given = { ...known, observed: inside };
    expect(planOf(given).letGo).to.deep.equal(record);
    expect(lines(given)).to.include(unplugs);
  });

  it('leaves the bridge of another document, one that had a document of its own', () => {
    const port = doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { Bridge: 'br-a' } });
    const both = converged(252, bridge('a'), port);
    const given = {
      ...both,
      desired: none,
      observed: withLinks(both.observed, { eth1: { master: 'br-a' } }),
    };
    expect(planOf(given).letGo).to.deep.equal(record);
    expect(lines(given)).to.include(unplugs);
    const elsewhere = withLinks(both.observed, { eth1: { master: 'br-other' } });
    expect(planOf({ ...given, observed: elsewhere }).letGo).to.deep.equal({});
  });

  it('keeps the resource from being Ready while it is plugged in', () => {
    const [resource] = none.resources.values();
    if (!resource) throw new Error('no resource');
    const inventory = settled(intent, plan, { after: inside, isQuiet: false, done: plan.steps });
    const readyOf = (seen: Observed) => {
      const written = { ...seen, units: unitsOnDisk(none) };
      const host = { desired: none, observed: written, inventory };
      const evidence = { ...host, plan: planOf(host), failures: new Map(), progress: new Map(), now: 1_000 };
      const [ready] = judge(resource, evidence, []).verdicts;
      return [ready?.type, ready?.status, ready?.reason, ready?.message];
    };
    expect(readyOf(inside)).to.deep.equal([
      'Ready',
      'False',
      'Progressing',
      'eth1 must be unplugged: no document names it any more',
    ]);
    expect(readyOf(outside).slice(0, 2)).to.deep.equal(['Ready', 'True']);
  });

  it('is told of while it is plugged in', () => {
    expect(portsToUnplug(intent, 'ContainerBridge/a', none, inside)).to.deep.equal(['eth1']);
    expect(portsToUnplug(intent, 'ContainerBridge/a', none, outside)).to.deep.equal([]);
    expect(portsToUnplug(intent, 'ContainerBridge/b', none, inside)).to.deep.equal([]);
  });

  const again = desired(252, with1);
  const elsewhere = desired(252, bridge('a'), bridge('b', { interfaces: ['eth1'] }));
  for (const [what, wanted] of [
    ['that is named again', again],
    ['that another document names', elsewhere],
  ] as const) {
    it(`is forgotten, one ${what}`, () => {
      expect(settled(intent, plan, { after: inside, isQuiet: false, wanted })).to.not.have.property('unplug');
      const steps = lines({ desired: wanted, observed: inside, inventory: intent });
      expect(steps).to.not.include(unplugs);
    });
  }

  it('stays on record while its bridge is there, which is to go: that may be wanted again before it has gone', () => {
    const gone = desired(252);
    const removal = planOf({ ...known, desired: gone });
    const recorded = intentOf(known.inventory, gone, removal, known.observed, time);
    expect(recorded.unplug).to.deep.equal(record);
    expect(removal.steps.map(describeStep)).to.not.include(unplugs);
    const failed = settled(recorded, removal, { after: inside, isQuiet: true, wanted: gone });
    expect(failed.unplug).to.deep.equal(record);
    expect(lines({ desired: none, observed: inside, inventory: failed })).to.include(unplugs);
    const bare = withLinks(outside, { 'br-a': undefined });
    expect(settled(recorded, removal, { after: bare, isQuiet: false, wanted: gone })).to.not.have.property(
      'unplug',
    );
  });

  it('is forgotten, one that is gone', () => {
    const after = withLinks(files, { eth1: undefined });
    expect(settled(intent, plan, { after, isQuiet: false })).to.not.have.property('unplug');
  });

  it('is unplugged once and no more where another unit plugs it in', () => {
    const theirs = withLinks(files, { eth1: { master: 'br-a', setup: 'configured' } });
    const early = settled(intent, plan, { after: theirs, isQuiet: false, done: plan.steps });
    expect(lines({ desired: none, observed: theirs, inventory: early }).filter(isSetLink)).to.deep.equal([]);
    expect(portsToUnplug(early, 'ContainerBridge/a', none, theirs)).to.deep.equal([]);
    expect(settled(early, plan, { after: theirs, isQuiet: true })).to.not.have.property('unplug');
  });

  it('is left where somebody else has put it', () => {
    const moved = { ...known, observed: withLinks(known.observed, { eth1: { master: 'br-other' } }) };
    expect(lines(moved).filter(isSetLink)).to.deep.equal([]);
  });

  it('is left to the way back, one that is to be again where it was before the change', () => {
    const scene = { eth1: { master: 'br-a' } };
    const transaction = { phase: 'reverting', changes: {}, scene } as unknown as Transaction;
    const back = { ...known, inventory: { ...known.inventory, transaction } };
    expect(planOf(back).letGo).to.deep.equal({});
    const trial = { ...transaction, phase: 'trial' } as const;
    expect(planOf({ ...known, inventory: { ...known.inventory, transaction: trial } }).letGo).to.deep.equal(
      record,
    );
  });

  it('is looked at once more, one that networkd is about to plug in', () => {
    const unplugged = { ...known, observed: withLinks(known.observed, { eth1: { master: undefined } }) };
    expect(planOf(unplugged).letGo).to.deep.equal(record);
    expect(lines(unplugged).filter(isSetLink)).to.deep.equal([]);
    expect(lines({ desired: none, observed: inside, inventory: intent })).to.include(unplugs);
  });
});

function isSetLink(line: string): boolean {
  return line.startsWith('set-link eth1 ');
}
