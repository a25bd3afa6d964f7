import { expect } from 'chai';
import * as fc from 'fast-check';
import { dependenciesOf } from '../../crds/depends-on.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { changesOf } from '../../state/changes.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { inDependencyOrder } from '../../state/order.ts';
import type { PlanInput } from '../../state/plan-input.ts';
import { intentOf } from '../../state/record.ts';
import { report } from '../../state/report.ts';
import { type Standing, standingIn } from '../../state/standing.ts';
import { conditionOf } from '../../state/status.ts';
import { targetOf } from '../../state/step.ts';
import {
  bridge,
  converged,
  desired,
  integration,
  inventoryOf,
  observed,
  planOf,
  unitsOnDisk,
  withLinks,
} from './build.ts';

const on = (...keys: readonly string[]) => ({ 'osa-net.dev/depends-on': keys.join(',') });
const time = '2026-01-01T00:00:00.000Z';

/** What a plan writes for an empty host, where these resources stand so and the others not at all. */
function written(
  documents: readonly string[],
  standings: Readonly<Record<string, Standing>>,
): readonly string[] {
  const known = { desired: desired(252, ...documents), observed: observed(252), inventory: emptyInventory };
  const plan = planOf(known, { standingOf: (key) => standings[key] ?? 'not ready' });
  const units = plan.steps.flatMap((step) => (step.kind === 'write-unit' ? targetOf(step) : []));
  return units.filter((name) => name.endsWith('.netdev')).map((name) => name.slice('05-osa-net-'.length, -7));
}

describe('a resource that was never applied', () => {
  const documents = [bridge('a', {}, on('ContainerBridge/b', 'ContainerBridge/c')), bridge('b'), bridge('c')];

  it('is applied when all that it depends on stands', () => {
    expect(written(documents, {})).to.have.members(['br-b', 'br-c']);
    expect(written(documents, { 'ContainerBridge/b': 'ready' })).to.have.members(['br-b', 'br-c']);
    expect(
      written(documents, { 'ContainerBridge/b': 'ready', 'ContainerBridge/c': 'synced' }),
    ).to.have.members(['br-b', 'br-c']);
    const all = { 'ContainerBridge/b': 'ready', 'ContainerBridge/c': 'ready' } as const;
    expect(written(documents, all)).to.have.members(['br-a', 'br-b', 'br-c']);
  });

  it('is applied to a bridge that has all but the carrier of this very port', () => {
    const docs = [bridge('a'), integration('m', 'br-a', {}, on('ContainerBridge/a'))];
    expect(written(docs, { 'ContainerBridge/a': 'not ready' })).to.deep.equal(['br-a']);
    expect(written(docs, { 'ContainerBridge/a': 'synced' })).to.include('mv-m');
  });

  it('is nobody’s yet: nothing of it enters the inventory', () => {
    const known = { desired: desired(252, ...documents), observed: observed(252), inventory: emptyInventory };
    const plan = planOf(known, { standingOf: () => 'not ready' });
    const intent = intentOf(emptyInventory, known.desired, plan, known.observed, time);
    expect(Object.keys(intent.links)).to.have.members(['br-b', 'br-c']);
    expect(Object.keys(intent.units).some((name) => name.includes('br-a'))).to.equal(false);
  });

  it('is no part of the change that is on trial', () => {
    const known = { desired: desired(252, ...documents), observed: observed(252), inventory: emptyInventory };
    const plan = planOf(known, { standingOf: () => 'not ready' });
    const changes = changesOf(emptyInventory, known.desired, plan, () => false);
    expect(Object.keys(changes)).to.have.members(['ContainerBridge/b', 'ContainerBridge/c']);
  });

  it('waits alone, whatever else the plan does', (): void | Promise<void> => {
    return fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 10 }), (notReady) => {
        const docs = Array.from({ length: 10 }, (_, i) => bridge(`d${i}`));
        const users = Array.from({ length: 10 }, (_, i) => bridge(`u${i}`, {}, on(`ContainerBridge/d${i}`)));
        const standings = Object.fromEntries(
          docs.map(
            (_, i) => [`ContainerBridge/d${i}`, notReady.includes(i) ? 'not ready' : 'ready'] as const,
          ),
        );
        const links = written([...docs, ...users], standings);
        expect(links.filter((name) => name.startsWith('br-d'))).to.have.length(10);
        expect(links.filter((name) => name.startsWith('br-u')).sort()).to.deep.equal(
          users.flatMap((_, i) => (notReady.includes(i) ? [] : `br-u${i}`)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('a resource that was applied', () => {
  const documents = [bridge('a', {}, on('ContainerBridge/b')), bridge('b')];
  const notReady: Partial<PlanInput> = { standingOf: () => 'not ready' };

  it('stays and is repaired, although what it depends on fails', () => {
    const known = converged(252, ...documents);
    expect(planOf(known, notReady).steps).to.deep.equal([]);
    const seen = withLinks(known.observed, { 'br-a': undefined });
    expect(planOf({ ...known, observed: seen }, notReady).steps.map(({ kind }) => kind)).to.deep.equal([
      'reload',
    ]);
  });

  it('is known by its units where the inventory was lost', () => {
    const wanted = desired(252, ...documents);
    const seen = observed(252, { units: unitsOnDisk(wanted) });
    expect(
      planOf({ desired: wanted, observed: seen, inventory: emptyInventory }, notReady).unapplied.size,
    ).to.equal(0);
  });
});

/** The same host before the first document was applied. */
function withoutA<T extends Pick<PlanInput, 'inventory' | 'observed'>>(known: T): T {
  const isOthers = ([, { owner }]: readonly [string, { readonly owner: ResourceKey }]) =>
    owner !== 'ContainerBridge/a';
  const units = Object.fromEntries(Object.entries(known.inventory.units).filter(isOthers));
  const links = Object.fromEntries(Object.entries(known.inventory.links).filter(isOthers));
  const seen = new Map([...known.observed.units].filter(([name]) => units[name] !== undefined));
  return {
    ...known,
    inventory: { ...known.inventory, units, links },
    observed: { ...withLinks(known.observed, { 'br-a': undefined }), units: seen },
  };
}

describe('what is said of dependencies', () => {
  /** Ready conditions by name, on a host where these links changed. */
  function told(
    documents: readonly string[],
    changes: Parameters<typeof withLinks>[1],
    fields: Partial<PlanInput> = {},
  ) {
    const known = converged(252, ...documents);
    const seen = withLinks(known.observed, changes);
    const applied = { ...known, observed: seen };
    const plan = planOf(fields.standingOf ? withoutA(applied) : applied, fields);
    const { items, waiting } = report(
      { ...applied, plan, failures: new Map(), progress: new Map(), now: 1_000 },
      new Map(),
      [],
    );
    const words = items.map(({ metadata, status }) => {
      const ready = conditionOf(status, 'Ready');
      return [metadata.name, `${ready?.reason} ${ready?.message}`] as const;
    });
    return { words: Object.fromEntries(words), waiting, items };
  }

  it('is nothing while the resource is as promised', () => {
    const { words } = told([bridge('a', {}, on('ContainerBridge/b')), bridge('b')], { 'br-b': undefined });
    expect(words['a']).to.match(/^ReconciliationSucceeded/);
    expect(words['b']).to.match(/^Progressing/);
  });

  it('is which one is not Ready, and what is wrong meanwhile, once it is not', () => {
    const changes = { 'br-a': undefined, 'br-b': undefined };
    const { words } = told([bridge('a', {}, on('ContainerBridge/b')), bridge('b')], changes);
    expect(words['a']).to.match(
      /^DependencyNotReady \/etc\/osa-net\.d\/000\.yaml:1:\d+: waits for ContainerBridge\/b, which is not Ready; meanwhile br-a: does not exist$/,
    );
  });

  it('is the name of a resource that no document describes', () => {
    const { words, waiting } = told(
      [bridge('a', {}, on('Resolver/r', 'ContainerBridge/zz'))],
      {},
      {
        standingOf: () => 'not ready',
      },
    );
    expect(words['a']).to.include(
      'waits for ContainerBridge/zz, which no document describes, and Resolver/r, which no document describes, so nothing of it is applied yet',
    );
    expect([...waiting]).to.deep.equal(['ContainerBridge/a']);
  });

  it('goes along a chain, in one report', () => {
    const chain = [
      bridge('a', {}, on('ContainerBridge/b')),
      bridge('b', {}, on('ContainerBridge/c')),
      bridge('c'),
    ];
    const changes = { 'br-a': undefined, 'br-b': undefined, 'br-c': undefined };
    const { words } = told(chain, changes);
    expect(words['a']).to.include('waits for ContainerBridge/b, which is not Ready');
    expect(words['b']).to.include('waits for ContainerBridge/c, which is not Ready');
    expect(words['c']).to.match(/^Progressing/);
  });

  it('is that its turn has come, when it has', () => {
    const { words, items } = told(
      [bridge('a', {}, on('ContainerBridge/b')), bridge('b')],
      {},
      {
        standingOf: () => 'not ready',
      },
    );
    expect(words['a']).to.equal('Progressing what it depends on is Ready; it is applied next');
    const standingOf = standingIn(items);
    expect(['a', 'b', 'c'].map((name) => standingOf(`ContainerBridge/${name}`))).to.deep.equal([
      'not ready',
      'ready',
      'not ready',
    ]);
  });

  it('is that the bridge is held back, where osa-net would make it', () => {
    const suspended = bridge('a', {}, { 'osa-net.dev/reconcile': 'suspended' });
    const { words } = told([suspended, integration('m', 'br-a')], {
      'br-a': undefined,
      'mv-m-v1': { master: undefined },
    });
    expect(words['m']).to.include(
      'br-a is made by ContainerBridge/a, which is not applied: see its own condition',
    );
  });
});

describe('the order of resources', () => {
  it('has makers before their ports and everything after what it names', () => {
    const wanted = desired(
      252,
      integration('m', 'br-b', {}, on('ContainerBridge/c')),
      bridge('a', {}, on('MacvlanIntegration/m')),
      bridge('b'),
      bridge('c'),
    );
    expect(inDependencyOrder(wanted)).to.deep.equal([
      'ContainerBridge/c',
      'ContainerBridge/b',
      'MacvlanIntegration/m',
      'ContainerBridge/a',
    ]);
    expect(inDependencyOrder(desired(252, bridge('a'), bridge('b')))).to.deep.equal([
      'ContainerBridge/a',
      'ContainerBridge/b',
    ]);
  });

  it('has each resource once, after its dependencies, whatever they are', (): void | Promise<void> => {
    const edges = fc.array(fc.tuple(fc.nat({ max: 14 }), fc.nat({ max: 14 })), { maxLength: 30 });
    return fc.assert(
      fc.property(edges, (pairs) => {
        const documents = Array.from({ length: 15 }, (_, i) => {
          // Only from higher to lower: no circles.
          const below = pairs.flatMap(([x, y]) => (Math.max(x, y) === i && x !== y ? [Math.min(x, y)] : []));
          return bridge(
            `n${i}`,
            {},
            below.length > 0 ? on(...below.map((j) => `ContainerBridge/n${j}`)) : {},
          );
        }).reverse();
        const wanted = desired(252, ...documents);
        const order = inDependencyOrder(wanted);
        expect(order)
          .to.have.members([...wanted.resources.keys()])
          .and.have.length(15);
        for (const resource of wanted.resources.values()) {
          for (const key of dependenciesOf(resource) as ResourceKey[]) {
            expect(order.indexOf(key)).to.be.below(order.indexOf(resource.key));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('makes masters right before the ports that go into them', () => {
    const known = converged(252, integration('m', 'br-a'), bridge('a', { mtu: 1400 }));
    const seen = withLinks(known.observed, { 'br-a': { mtu: 1500 }, 'mv-m-v1': { master: undefined } });
    const targets = planOf({
      ...known,
      observed: seen,
      inventory: inventoryOf(known.desired, known.observed),
    }).steps.map(targetOf);
    expect(targets).to.deep.equal(['br-a mtu 1400', 'mv-m-v1 master br-a']);
  });
});
