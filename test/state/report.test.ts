import { expect } from 'chai';
import { produce } from 'immer';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { nextConditions } from '../../state/conditions.ts';
import { type Desired, desire } from '../../state/desired.ts';
import type { DirectoryView, SourceFile } from '../../state/directory.ts';
import { inForce } from '../../state/force.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { report } from '../../state/report.ts';
import { conditionOf, type StatusItem } from '../../state/status.ts';
import {
  bridge,
  converged,
  inventoryOf,
  kept,
  linksAsPromised,
  observed,
  planOf,
  source,
  unitsOnDisk,
  unreadable,
  view,
  withLinks,
} from './build.ts';

const now = Date.parse('2026-11-23T10:00:00.000Z');

/** The report of a converged host on this directory. */
function reported(
  now_: DirectoryView,
  lastGood: readonly SourceFile[],
  options: {
    before?: readonly StatusItem[];
    at?: number;
    inventory?: Inventory;
    failures?: ReadonlyMap<ResourceKey, string>;
    change?: (seen: ReturnType<typeof observed>) => ReturnType<typeof observed>;
  } = {},
) {
  const desired: Desired = desire(inForce(now_, kept(...lastGood), new Set()), capabilitiesOf(252));
  const whole = observed(252, { units: unitsOnDisk(desired), links: linksAsPromised(desired) });
  const seen = options.change?.(whole) ?? whole;
  const inventory = options.inventory ?? inventoryOf(desired);
  const evidence = {
    desired,
    observed: seen,
    inventory,
    plan: planOf({ desired, observed: seen, inventory }),
    failures: options.failures ?? new Map(),
    progress: new Map([
      [
        'ContainerBridge/a' as const,
        { attempts: 2, nextAt: now + 5_000, since: now, cause: 'drift' as const, repairs: {} },
      ],
    ]),
    now: options.at ?? now,
  };
  return report(evidence, now_.files, options.before ?? []);
}

const wordsOf = (items: readonly StatusItem[]) =>
  items.map(
    ({ kind, metadata, status }) => `${kind}/${metadata.name} ${conditionOf(status, 'Ready')?.reason}`,
  );
const messageOf = (item: StatusItem | undefined) => item && conditionOf(item.status, 'Ready')?.message;

describe('the report', () => {
  const a = source('a.yaml', bridge('a'));
  const b = source('b.yaml', bridge('c'), bridge('b'));

  it('has an item a resource, by kind and name, with its place, units and links', () => {
    const { items, converged: done } = reported(view(b, a), []);
    expect(wordsOf(items)).to.deep.equal(
      ['a', 'b', 'c'].map((name) => `ContainerBridge/${name} ReconciliationSucceeded`),
    );
    expect([...done].sort()).to.deep.equal(['a', 'b', 'c'].map((name) => `ContainerBridge/${name}`));
    expect(items[1]).to.deep.include({ apiVersion: 'osa-net.dev/v1alpha1', kind: 'ContainerBridge' });
    expect(items[1]?.metadata).to.deep.equal({
      name: 'b',
      source: '/etc/osa-net.d/b.yaml:3',
      creationTimestamp: '2026-01-01T00:00:00.000Z',
      generation: 1,
    });
    expect(items[1]?.status.units).to.deep.equal(['05-osa-net-br-b.netdev', '05-osa-net-br-b.network']);
    expect(items[1]?.status).not.to.have.property('retry');
  });

  it('says when a resource that is not as it should be is looked at again', () => {
    const change = (seen: ReturnType<typeof observed>) => withLinks(seen, { 'br-a': undefined });
    const { items, converged: done } = reported(view(a), [], { change });
    expect(items[0]?.status.retry).to.deep.equal({ attempts: 2, nextAt: '2026-11-23T10:00:05.000Z' });
    expect(done.size).to.equal(0);
  });

  it('keeps the very objects of what did not change', () => {
    const first = reported(view(a, b), []).items;
    const second = reported(view(a, b), [], { before: first, at: now + 60_000 }).items;
    expect(second.map((item, i) => item === first[i])).to.deep.equal([true, true, true]);
    const change = (seen: ReturnType<typeof observed>) => withLinks(seen, { 'br-a': undefined });
    const third = reported(view(a, b), [], { before: second, at: now + 60_000, change }).items;
    expect(third.map((item, i) => item === first[i])).to.deep.equal([false, true, true]);
  });

  it('blames each problem on the document in which it stands', () => {
    const bad = source('b.yaml', bridge('c', { mtuu: 1 }), bridge('b', { mtu: 'x' }), bridge('d'));
    const { items } = reported(view(a, bad), [a, b]);
    expect(wordsOf(items)).to.deep.equal([
      'ContainerBridge/a ReconciliationSucceeded',
      'ContainerBridge/b ValidationFailed',
      'ContainerBridge/c ValidationFailed',
      'ContainerBridge/d ValidationFailed',
    ]);
    expect(messageOf(items[1])).to.match(/^\/etc\/osa-net\.d\/b\.yaml:3:\d+: /);
    expect(messageOf(items[2])).to.match(/^\/etc\/osa-net\.d\/b\.yaml:1:\d+: .*mtuu/);
    expect(messageOf(items[3])?.split('\n'), 'all, where it has none of its own').to.have.length(2);
    expect(items[1]?.status.links, 'still in force').to.have.length(1);
    expect(items[3]?.status.links, 'never in force').to.have.length(0);
  });

  it('leaves a document alone whose text is the same in a file with problems elsewhere', () => {
    const bad = source('b.yaml', bridge('c', { mtuu: 1 }), bridge('b'));
    expect(wordsOf(reported(view(bad), [b]).items)).to.deep.equal([
      'ContainerBridge/b ReconciliationSucceeded',
      'ContainerBridge/c ValidationFailed',
    ]);
    const changed = source('b.yaml', bridge('c', { mtuu: 1 }), bridge('b', { mtu: 1400 }));
    expect(wordsOf(reported(view(changed), [b]).items)[0]).to.equal('ContainerBridge/b ValidationFailed');
    const dropped = source('b.yaml', bridge('c', { mtuu: 1 }));
    expect(wordsOf(reported(view(dropped), [b]).items)[0]).to.equal('ContainerBridge/b ValidationFailed');
  });

  it('tells a document that moved into a file with problems, and no other', () => {
    const [a, b] = [bridge('a'), bridge('b')];
    const both = source('old.yaml', a, b);
    const broken = source('new.yaml', bridge('a', { mtuu: 1 }));
    const alone = source('old.yaml', b);
    for (const [now_, ready] of [
      [view(broken), 'False'],
      [view(alone, broken), 'False'],
      [view(both, broken), 'True'],
    ] as const) {
      const { items } = reported(now_, [both]);
      const [first] = items;
      expect(first?.metadata.name).to.equal('a');
      const condition = first && conditionOf(first.status, 'Ready');
      expect(condition?.status).to.equal(ready);
      if (ready === 'False') expect(condition?.reason).to.equal('ValidationFailed');
    }
  });

  it('has an item for a file that names no resource, and tells its resources', () => {
    const { items } = reported(view(unreadable('b.yaml'), source('x.yaml', 'nothing')), [b]);
    expect(wordsOf(items)).to.deep.equal([
      'ContainerBridge/b ValidationFailed',
      'ContainerBridge/c ValidationFailed',
      'File/b.yaml ValidationFailed',
      'File/x.yaml ValidationFailed',
    ]);
    expect(items[2]?.metadata).to.deep.include({ source: '/etc/osa-net.d/b.yaml:1', generation: 0 });
    expect(messageOf(items[0])).to.equal('/etc/osa-net.d/b.yaml:1:1: cannot read the file; make it readable');
  });

  it('has an item for a refused document that never was in force', () => {
    const rival = source('z.yaml', bridge('z', { interface: 'br-a' }));
    const { items } = reported(view(a, rival), []);
    expect(wordsOf(items)).to.deep.equal([
      'ContainerBridge/a ReconciliationSucceeded',
      'ContainerBridge/z Conflict',
    ]);
    expect(items[1] && conditionOf(items[1].status, 'Stalled')?.status).to.equal('True');
    expect(messageOf(items[1])).to.include('ContainerBridge/a');
  });

  it('tells a second document with one name through its file: the first one is ready', () => {
    const again = source('z.yaml', bridge('z'), bridge('a', { mtu: 1400 }));
    const { items } = reported(view(a, again), []);
    expect(wordsOf(items)).to.deep.equal([
      'ContainerBridge/a ReconciliationSucceeded',
      'ContainerBridge/z ReconciliationSucceeded',
      'File/z.yaml Conflict',
    ]);
    expect(messageOf(items[2])).to.match(
      /^\/etc\/osa-net\.d\/z\.yaml:\d+:\d+: .*ContainerBridge\/a .*a\.yaml/,
    );
  });

  it('has an item for a document that is gone while something of it is left', () => {
    const { inventory } = converged(252, bridge('old'));
    const doomed = reported(view(a), [], { inventory }).items;
    expect(wordsOf(doomed)).to.deep.equal([
      'ContainerBridge/a ReconciliationSucceeded',
      'ContainerBridge/old Progressing',
    ]);
    expect(messageOf(doomed[1])).to.equal('its document is gone; its links and units are being deleted');
    const former = { identity: '', mtu: 1500, addresses: [], routes: [] };
    const returning = produce(inventory, (draft) => {
      if (draft.links['br-old']) draft.links['br-old'].former = former;
    });
    expect(messageOf(reported(view(a), [], { inventory: returning }).items[1])).to.match(
      /; br-old becomes again what it was before$/,
    );
    const failures = new Map([['ContainerBridge/old' as const, 'cannot delete a link: busy']]);
    const stuck = reported(view(a), [], { inventory, failures }).items;
    expect([wordsOf(stuck)[1], messageOf(stuck[1])]).to.deep.equal([
      'ContainerBridge/old PruneFailed',
      'cannot delete a link: busy',
    ]);
    const resolver = { ...emptyInventory, resolver: { owner: 'Resolver/host' as const, dropIn: true } };
    expect(wordsOf(reported(view(), [], { inventory: resolver }).items)).to.deep.equal([
      'Resolver/host Progressing',
    ]);
  });
});

describe('conditions', () => {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'ReconciliationSucceeded',
    message: 'fine',
  } as const;
  const synced = { ...ready, type: 'Synced' } as const;
  const early = '2026-01-01T00:00:00.000Z';
  const late = '2026-01-02T00:00:00.000Z';
  const first = nextConditions([], [synced, ready], 1, early);

  it('are sorted by type', () => {
    expect(first.map(({ type }) => type)).to.deep.equal(['Ready', 'Synced']);
  });

  it('stay the same objects while nothing changes', () => {
    expect(nextConditions(first, [ready, synced], 1, late)).to.equal(first);
    const changed = nextConditions(first, [{ ...ready, message: 'better' }, synced], 1, late);
    expect([changed[0] === first[0], changed[1] === first[1]]).to.deep.equal([false, true]);
  });

  for (const [what, verdict, generation, time] of [
    ['message', { ...ready, message: 'other' }, 1, early],
    ['reason', { ...ready, reason: 'DriftCorrected' }, 1, early],
    ['generation', ready, 2, early],
    ['status', { ...ready, status: 'False' }, 1, late],
  ] as const) {
    it(`move their time ${time === late ? '' : 'not '}with the ${what}`, () => {
      const [next] = nextConditions(first, [verdict, synced], generation, late);
      expect(next).to.deep.equal({ ...verdict, observedGeneration: generation, lastTransitionTime: time });
    });
  }

  it('go when nothing speaks of them, and come back with a new time', () => {
    const gone = nextConditions(first, [ready], 1, late);
    expect(gone).to.deep.equal([first[0]]);
    expect(nextConditions(gone, [ready, synced], 1, late)[1]?.lastTransitionTime).to.equal(late);
  });
});
