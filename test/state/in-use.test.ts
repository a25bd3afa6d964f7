import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { type Changes, changesOf } from '../../state/changes.ts';
import type { Desired } from '../../state/desired.ts';
import { lossOf, usersOf } from '../../state/in-use.ts';
import type { Inventory } from '../../state/inventory.ts';
import { judge } from '../../state/judge.ts';
import type { ObservedLink } from '../../state/observed.ts';
import type { PlanInput } from '../../state/plan-input.ts';
import type { Progress } from '../../state/progress.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import { describeStep } from '../../state/step.ts';
import type { Transaction } from '../../state/transaction.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  inventoryOf,
  link,
  links,
  netdev,
  observed,
  planOf,
  unitsOnDisk,
  withLinks,
} from './build.ts';

type Known = Pick<PlanInput, 'desired' | 'observed' | 'inventory'>;

const goingBack = (changes: Changes) =>
  ({ phase: 'reverting', changes, scene: {} }) as unknown as Transaction;
type LinkChanges = Readonly<Record<string, Partial<ObservedLink> | undefined>>;

const leave = { 'osa-net.dev/recreate': 'allowed' };
const time = '2026-01-01T00:00:00.000Z';

function changed(version: number, documents: readonly string[], changes: LinkChanges): Known {
  const known = converged(version, ...documents);
  return { ...known, observed: withLinks(known.observed, changes) };
}

/** The judgement of the first document of a host on which nothing was done since this plan. */
function judged(
  known: Known,
  fields: Partial<PlanInput> = {},
  progress: readonly [ResourceKey, Progress][] = [],
) {
  const [resource] = known.desired.resources.values();
  if (!resource) throw new Error('no resource');
  const plan = planOf(known, fields);
  const evidence = { ...known, plan, failures: new Map(), progress: new Map(progress), now: 1_000 };
  const { verdicts, waits } = judge(resource, evidence, []);
  return {
    words: verdicts.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    waits,
    message: verdicts[0]?.message,
  };
}

describe('the users of a link', () => {
  const documents = [bridge('a'), integration('m', 'br-a')];
  const lossesOf = (
    name: string,
    changes: LinkChanges,
    elsewhere?: ReadonlyMap<string, readonly string[]>,
  ) => {
    const known = changed(252, documents, changes);
    return lossOf(usersOf(name, { ...known, observed: { ...known.observed, usersElsewhere: elsewhere } }));
  };

  for (const [what, name, changes, loss] of [
    ['are none where documents describe them all', 'br-a', {}, ''],
    ['are none of a pair whose links all are ours', 'mv-m-v1', {}, ''],
    ['are ports that nobody described', 'br-a', { 'vb-1': { master: 'br-a' } }, 'unplugs vb-1'],
    ['are links on top', 'br-a', { guest: { kind: 'macvlan', parent: 'br-a' } }, 'deletes guest'],
    [
      'are those on top of the other end of a pair',
      'mv-m-v1',
      { guest: { kind: 'ipvlan', parent: 'mv-m-v2' } },
      'deletes guest',
    ],
    [
      'are those on top of what goes with it',
      'mv-m-v1',
      { guest: { kind: 'vlan', parent: 'mv-m' } },
      'deletes guest',
    ],
    [
      'are ports of what goes with it',
      'mv-m-v1',
      { dum: { parent: 'mv-m-v2', kind: 'bridge' }, p: { master: 'dum' } },
      'unplugs p and deletes dum',
    ],
    [
      'are not those of a link of the same name elsewhere',
      'br-a',
      { guest: { kind: 'macvlan', parent: 'br-a', parentElsewhere: true } },
      '',
    ],
    [
      'are the other end of a pair, in a container',
      'mv-m-v1',
      { 'mv-m-v1': { parent: 'eth0', parentElsewhere: true } },
      'deletes the other end of mv-m-v1 in another namespace',
    ],
    [
      'are sorted',
      'br-a',
      { b: { master: 'br-a' }, a: { master: 'br-a' }, d: { parent: 'br-a' }, c: { parent: 'br-a' } },
      'unplugs a, b and deletes c, d',
    ],
  ] as const) {
    it(what, () => {
      expect(lossesOf(name, changes)).to.equal(loss);
    });
  }

  it('are macvlans in containers, by the addresses that their parent receives for them', () => {
    const held = new Map([['mv-m-v2', ['02:00:00:00:00:02', '02:00:00:00:00:01']]]);
    expect(lossesOf('mv-m-v1', {}, held)).to.equal(
      'deletes a link on mv-m-v2 in another namespace (02:00:00:00:00:01), a link on mv-m-v2 in another namespace (02:00:00:00:00:02)',
    );
    expect(lossesOf('br-a', {}, held)).to.equal('');
    const seen = {
      'mv-m': { mac: '02:00:00:00:00:01' },
      guest: { mac: '02:00:00:00:00:02', parent: 'mv-m-v2' },
    };
    expect(lossesOf('mv-m-v1', seen, held)).to.equal('deletes guest');
  });

  it('are those of suspended documents too, which would not come back', () => {
    const suspended = integration('m', 'br-a', {}, { 'osa-net.dev/reconcile': 'suspended' });
    const known = converged(252, bridge('a'), suspended);
    expect(lossOf(usersOf('br-a', known))).to.equal('unplugs mv-m-v1');
  });
});

describe('a link that must be made anew', () => {
  const stp = (on: boolean, annotations = {}) => netdev('x', 'bridge', { Bridge: { STP: on } }, annotations);
  const port = { guest: { master: 'x', ifindex: 77 } };

  /** The document changed, and its unit is written. */
  function edited(version: number, annotations = {}, changes: LinkChanges = port): Known {
    const before = converged(version, stp(false));
    const after = desired(version, stp(true, annotations));
    const seen = withLinks({ ...before.observed, units: unitsOnDisk(after) }, changes);
    return {
      desired: after,
      observed: seen,
      inventory: { ...inventoryOf(after), links: before.inventory.links },
    };
  }

  it('is not, while others use it and nobody gave leave', () => {
    const known = edited(252);
    expect(planOf(known).steps).to.deep.equal([]);
    const { words, message, waits } = judged(known);
    expect(words).to.deep.equal(['Ready=False InUse', 'Synced=False InUse', 'Stalled=True InUse']);
    expect(message).to.match(
      /^\/etc\/osa-net\.d\/000\.yaml:1:\d+: x must be made anew \(its \.netdev changed and networkd cannot change an existing link\), which unplugs guest; detach them, or give leave: annotate NetDev\/x with osa-net\.dev\/recreate: allowed, or run the operator with --allow-recreate$/,
    );
    expect(waits).to.equal(true);
  });

  for (const [what, version, first, next] of [
    ['other settings', 252, stp(false), stp],
    ['another kind', 257, netdev('x', 'dummy'), (_: boolean, a = {}) => netdev('x', 'bridge', {}, a)],
  ] as const) {
    it(`stays as it was altogether while it cannot have ${what}: nobody would watch the rest of the change`, () => {
      const known = converged(version, first);
      const guest = { guest: { ...port.guest, kind: 'vlan', parent: 'x' } };
      const seen = withLinks(known.observed, guest);
      const input = { ...known, desired: desired(version, next(true)), observed: seen };
      const plan = planOf(input);
      expect(plan.steps).to.deep.equal([]);
      expect([...plan.deferred.keys()]).to.deep.equal(['NetDev/x']);
      expect(changesOf(known.inventory, input.desired, plan, () => true)).to.deep.equal({});
      expect(judged(input).words).to.deep.equal([
        'Ready=False InUse',
        'Synced=False InUse',
        'Stalled=True InUse',
      ]);
      const given = { ...input, desired: desired(version, next(true, leave)) };
      expect(planOf(given).steps.map(({ kind }) => kind)).to.include('write-unit');
      const { 'NetDev/x': change } = changesOf(known.inventory, given.desired, planOf(given), () => true);
      expect(change).to.include({ change: 'changed', mayRecreate: true });
    });
  }

  it('stays so for a text that comes after one that was taken back, and not on the way back of that', () => {
    const known = converged(252, stp(false));
    const seen = withLinks(known.observed, port);
    const kindsWith = (specHash: string, texts: readonly string[]) => {
      const rolledBack = { 'NetDev/x': { specHash, file: '/etc/osa-net.d/000.yaml', message: '' } };
      const wanted = desired(252, ...texts);
      const refused = new Map(Object.entries(rolledBack)) as Desired['inForce']['rolledBack'];
      const inForce = { ...wanted.inForce, rolledBack: specHash === 'older' ? new Map() : refused };
      const inventory = { ...known.inventory, rolledBack };
      return planOf({ desired: { ...wanted, inForce }, observed: seen, inventory }).steps.map((s) => s.kind);
    };
    expect(kindsWith('older', [stp(true)])).to.deep.equal([]);
    expect(kindsWith('refused', [stp(true)])).to.deep.equal(['write-unit', 'reload']);
  });

  it('is on the way back of a change that had leave, although the text before had none', () => {
    const known = converged(252, stp(true, leave));
    const seen = withLinks(known.observed, port);
    const change = { change: 'changed', file: '', specHash: 'b', before: 'a', wasReady: true } as const;
    const kindsOf = (fields: object) => {
      const changes = { 'NetDev/x': { ...change, ...fields } } as const;
      const inventory = { ...known.inventory, transaction: goingBack(changes) };
      return planOf({ desired: desired(252, stp(false)), observed: seen, inventory }).steps.map(
        (s) => s.kind,
      );
    };
    expect(kindsOf({ mayRecreate: true })).to.deep.equal(['write-unit', 'delete-link', 'reload']);
    expect(kindsOf({})).to.deep.equal(['write-unit', 'reload']);
  });

  for (const [what, known, fields] of [
    ['with the annotation', edited(252, leave), {}],
    ['with the operator’s option', edited(252), { allowRecreate: true }],
    ['where nobody uses it', edited(252, {}, {}), {}],
  ] as const) {
    it(`is, ${what}`, () => {
      expect(planOf(known, fields).steps.map(({ kind }) => kind)).to.deep.equal(['delete-link', 'reload']);
    });
  }

  it('is changed in place on v257, whoever uses it', () => {
    expect(planOf(edited(257)).deferred.size).to.equal(0);
  });

  it('is left alone altogether where v257 cannot change its VLAN id either', () => {
    const vlan = (Id: number) => doc('NetDev', 'v', { NetDev: { Name: 'v', Kind: 'vlan' }, VLAN: { Id } });
    const before = converged(257, vlan(7));
    const guest = { v: { data: { id: 7 } }, guest: { kind: 'macvlan', parent: 'v' } };
    const known = {
      ...before,
      desired: desired(257, vlan(8)),
      observed: withLinks(before.observed, guest),
    };
    expect(planOf(known).steps).to.deep.equal([]);
    expect(judged(known).words[0]).to.equal('Ready=False InUse');
  });

  it('waits for its turn as RecreateRequired', () => {
    const { words, waits } = judged(edited(252, leave), { rungOf: () => 'settling' });
    expect(words).to.deep.equal([
      'Ready=False RecreateRequired',
      'Synced=False RecreateRequired',
      'Reconciling=True RecreateRequired',
    ]);
    expect(waits).to.equal(false);
  });

  for (const [what, changes] of [
    ['parent', { 'mv-m': { parent: 'eth0' } }],
    ['mode, to or from passthru', { 'mv-m': { mode: 'passthru' } }],
  ] as const) {
    it(`waits for leave where its ${what} is wrong`, () => {
      const guest = { guest: { kind: 'vlan', parent: 'mv-m' } };
      const documents = [integration('m', 'br-f')];
      const used = changed(252, documents, { 'br-f': { kind: 'bridge' }, ...changes, ...guest });
      expect(planOf(used).steps.filter(({ kind }) => kind === 'delete-link')).to.deep.equal([]);
      expect(judged(used).words[0]).to.equal('Ready=False InUse');
      const free = planOf(used, { allowRecreate: true }).steps.map(({ kind }) => kind);
      expect(free).to.include('delete-link');
    });
  }

  it('waits for leave where its document asks for another kind', () => {
    const before = converged(257, netdev('x', 'dummy'));
    const after = desired(257, netdev('x', 'bridge'));
    const seen = withLinks(
      { ...before.observed, units: unitsOnDisk(after) },
      { guest: { kind: 'vlan', parent: 'x' } },
    );
    const known = { ...before, desired: after, observed: seen };
    expect(planOf(known).steps).to.deep.equal([]);
    expect(judged(known).message).to.include('(kind is dummy, should be bridge), which deletes guest; ');
    expect(planOf(known, { allowRecreate: true }).steps.map(({ kind }) => kind)).to.include('delete-link');
  });

  describe('by the last rung of the ladder', () => {
    const failed = { 'br-a': { setup: 'failed' }, guest: { master: 'br-a' } };
    const known = changed(252, [bridge('a')], failed);
    const progress: Progress = { attempts: 2, nextAt: 0, since: 1, cause: 'drift', repairs: {} };
    const at = (attempts: number, rung: number | 'settling') => ({
      attemptsOf: () => attempts,
      rungOf: () => rung,
    });

    it('says so from the third try on, and goes on with what disturbs nobody', () => {
      expect(planOf(known, at(2, 2)).steps.map(({ kind }) => kind)).to.deep.equal(['reconfigure-link']);
      const told = [at(2, 2), at(2, 'settling'), at(3, 3)].map((fields) =>
        judged(known, fields, [['ContainerBridge/a', progress]]),
      );
      for (const { words, message, waits } of told) {
        expect(words[0]).to.equal('Ready=False InUse');
        expect(message).to.include('which unplugs guest; ');
        expect(waits).to.equal(false);
      }
      expect(
        judged(known, at(1, 1), [['ContainerBridge/a', { ...progress, attempts: 1 }]]).words[0],
      ).to.equal('Ready=False ProgressingWithRetry');
    });

    it('is made anew with leave', () => {
      const steps = planOf(known, { ...at(2, 2), allowRecreate: true }).steps;
      expect(steps.map(({ kind }) => kind)).to.deep.equal(['delete-link', 'reload']);
    });

    it('speaks of no users where there are none', () => {
      const alone = changed(252, [bridge('a')], { 'br-a': { setup: 'failed' } });
      expect(judged(alone, at(2, 'settling'), [['ContainerBridge/a', progress]]).words[0]).to.equal(
        'Ready=False ProgressingWithRetry',
      );
    });
  });

  describe('to take it over on a systemd that cannot adopt', () => {
    const adopt = { 'osa-net.dev/adopt': 'true' };
    const taken = (version: number, annotations: object, spec: object = {}): Known => ({
      desired: desired(version, bridge('a', spec, annotations)),
      observed: observed(version, {
        links: links(link('br-a', { kind: 'bridge' }), link('eth1', { ifindex: 2, master: 'br-a' })),
      }),
      inventory: { ...inventoryOf(desired(version)) },
    });

    it('is left alone altogether without leave', () => {
      const known = taken(257, adopt);
      const plan = planOf(known);
      expect([...plan.foreign.keys()]).to.deep.equal(['ContainerBridge/a']);
      expect(plan.steps).to.deep.equal([]);
      expect(intentOf(known.inventory, known.desired, plan, known.observed, time).links).to.deep.equal({});
      expect(judged(known).words[0]).to.equal('Ready=False InUse');
    });

    for (const [what, known] of [
      ['with leave', taken(257, { ...adopt, ...leave })],
      ['where documents describe the users', taken(257, adopt, { interfaces: ['eth1'] })],
    ] as const) {
      it(`is made anew ${what}`, () => {
        expect(planOf(known).steps.map(({ kind }) => kind)).to.include('delete-link');
      });
    }

    it('is taken over as it is where this systemd can', () => {
      const { steps, foreign } = planOf(taken(256, adopt));
      expect(foreign.size).to.equal(0);
      expect(steps.map(({ kind }) => kind)).to.not.include('delete-link');
    });
  });

  describe('with leave, although others plugged ports into it', () => {
    const known = edited(252, leave);
    const plan = planOf(known);
    const intent = intentOf(known.inventory, known.desired, plan, known.observed, time);
    const gone = withLinks(known.observed, { x: undefined, guest: { master: undefined } });
    const there = withLinks(gone, { x: { kind: 'bridge', ifindex: 99 } });
    const settled = (before: Inventory, after: typeof there) =>
      settledOf(before, known.desired, plan, {
        done: plan.steps,
        before: known.observed,
        after,
        isQuiet: true,
      });

    it('knows them before it deletes it, and until they are back', () => {
      expect(intent.replug).to.deep.equal({ guest: { master: 'x', owner: 'NetDev/x' } });
      expect(settled(intent, gone).replug).to.deep.equal(intent.replug);
      expect(settled(intent, there).replug).to.deep.equal(intent.replug);
      const back = withLinks(there, { guest: { master: 'x' } });
      expect(settled(intent, back)).to.not.have.property('replug');
    });

    it('puts them back as soon as the new one is there', () => {
      const later = { desired: known.desired, inventory: settled(intent, gone) };
      const lines = (seen: typeof there) => planOf({ ...later, observed: seen }).steps.map(describeStep);
      expect(lines(gone).filter((line) => line.startsWith('set-link'))).to.deep.equal([]);
      expect(lines(there)).to.deep.equal(['set-link guest master x: x was made anew']);
    });

    it('is not Ready until they are back', () => {
      const again = { ...known, observed: there, inventory: settled(intent, there) };
      const { words, message } = judged(again);
      expect([words[0], message]).to.deep.equal([
        'Ready=False Progressing',
        'guest must be plugged in again',
      ]);
    });

    for (const [what, after] of [
      ['was plugged in elsewhere meanwhile', withLinks(there, { guest: { master: 'br-other' } })],
      ['is gone', withLinks(there, { guest: undefined })],
    ] as const) {
      it(`lets go of a port that ${what}`, () => {
        expect(settled(intent, after)).to.not.have.property('replug');
      });
    }

    it('lets go of the ports of a bridge that no document wants any more', () => {
      const without = desired(252);
      const after = settledOf(intent, without, planOf({ ...known, desired: without }), {
        done: [],
        isQuiet: true,
        before: there,
        after: there,
      });
      expect(after).to.not.have.property('replug');
    });
  });
});

describe('a raw veth whose other end is in a container', () => {
  it('is not made anew for a changed text without leave', () => {
    const veth = (mtu: number) =>
      doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'veth', MTUBytes: mtu }, Peer: { Name: 'y' } });
    const before = converged(257, veth(1400));
    const seen = withLinks(before.observed, { x: { parent: 'eth0', parentElsewhere: true }, y: undefined });
    const plan = planOf({ ...before, desired: desired(257, veth(1500)), observed: seen });
    expect(plan.steps.map(({ kind }) => kind)).to.not.include('delete-link');
    expect(plan.deferred.get('NetDev/x')?.[0]?.users.stacked).to.deep.equal([
      'the other end of x in another namespace',
    ]);
  });
});
