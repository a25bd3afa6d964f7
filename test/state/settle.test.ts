import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { settledOf } from '../../state/settle.ts';
import {
  bridge,
  converged,
  desired,
  link,
  links,
  netdev,
  observed,
  planOf,
  source,
  unitsOnDisk,
  withLinks,
  withUnits,
} from './build.ts';
import { fresh, intent, settled } from './passing.ts';

describe('the inventory after a plan', () => {
  it('forgets what is gone, and the document with the last of it', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    expect(settled(known, observed(252))).to.deep.equal(emptyInventory);
  });

  it('remembers a unit that somebody deleted until it is the turn of its owner, whose port it may be', () => {
    const known = {
      ...converged(252, bridge('a', { interfaces: ['eth1'] })),
      desired: desired(252, bridge('a')),
    };
    const unit = '05-osa-net-eth1.network';
    const after = withUnits(known.observed, { [unit]: undefined });
    const away = { ...after, networkd: { ...after.networkd, state: 'unavailable' as const } };
    expect(settled({ ...known, observed: away }, away).units).to.have.property(unit);
    const taken = withLinks(after, { 'br-a': { kind: 'dummy' } });
    expect([...planOf({ ...known, observed: taken }).foreign.keys()]).to.deep.equal(['ContainerBridge/a']);
    expect(settled({ ...known, observed: taken }, taken).units).to.have.property(unit);
    expect(settled({ ...known, observed: after }, after).units).to.not.have.property(unit);
  });

  it('remembers what could not be deleted', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    const after = observed(252, { links: known.observed.links });
    const inventory = settled(known, after);
    expect([Object.keys(inventory.units), Object.keys(inventory.links)]).to.deep.equal([[], ['br-a']]);
    expect(inventory.resources).to.have.keys('ContainerBridge/a');
  });

  it('forgets a link when another of its name has taken its place', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    const after = observed(252, { links: links(link('br-a', { kind: 'dummy' })) });
    expect(settled(known, after).links).to.deep.equal({});
  });

  it('forgets a document that came back broken, once nothing of the earlier one is left', () => {
    const known = converged(252, bridge('a'));
    const nothing = desired(252);
    const present = new Set<ResourceKey>(['ContainerBridge/a']);
    const broken = { ...known, desired: { ...nothing, inForce: { ...nothing.inForce, present } } };
    const gone = { ...known.inventory, units: {}, links: {} };
    expect(settled({ ...broken, inventory: gone }, observed(252)).resources).to.deep.equal({});
    const held = { blocked: 'half of them', held: ['ContainerBridge/a'] as const };
    const still = { ...broken.desired, inForce: { ...broken.desired.inForce, prune: held } };
    expect(settled({ ...broken, desired: still, inventory: gone }, observed(252)).resources).to.have.keys(
      'ContainerBridge/a',
    );
    const good = new Map([['a.yaml', source('a.yaml', bridge('a'))]]);
    const refused = { ...broken.desired, inForce: { ...broken.desired.inForce, good } };
    expect(settled({ ...broken, desired: refused, inventory: gone }, observed(252)).resources).to.have.keys(
      'ContainerBridge/a',
    );
  });

  it('forgets nothing of documents that are held or stand in the directory', () => {
    const known = converged(252, bridge('a'));
    const nothing = desired(252);
    const present = new Set<ResourceKey>(['ContainerBridge/a']);
    const spared = { ...nothing, inForce: { ...nothing.inForce, present } };
    expect(settled({ ...known, desired: spared }, known.observed)).to.equal(known.inventory);
  });

  it('lets go of what is to stay in place', () => {
    const kept = converged(252, bridge('a', {}, { 'osa-net.dev/prune': 'disabled' }), bridge('b'));
    const inventory = intent(kept);
    const known = { ...kept, inventory, desired: desired(252, bridge('b')) };
    expect(planOf(known).steps).to.deep.equal([]);
    const after = settled(known, kept.observed);
    expect(Object.keys(after.links)).to.deep.equal(['br-b']);
    expect(Object.keys(after.resources)).to.deep.equal(['ContainerBridge/b']);
  });

  it('does not count what somebody else has put where a new unit was to be', () => {
    const known = fresh(252, bridge('a'));
    const inventory = intent(known);
    const after = { ...observed(252), units: new Map([['05-osa-net-br-a.netdev', { hash: 'theirs' }]]) };
    const steps = planOf(known).steps.filter(({ kind }) => kind === 'write-unit');
    expect(steps.map((step) => step.kind === 'write-unit' && step.isNew)).to.deep.equal([true, true]);
    const left = settledOf(inventory, known.desired, planOf(known), {
      done: [],
      before: known.observed,
      after,
      isQuiet: true,
    });
    expect([Object.keys(left.units), left.links]).to.deep.equal([['05-osa-net-br-a.network'], {}]);
  });

  it('takes a unit that could not be written for none that somebody edited or deleted', () => {
    const known = converged(252, bridge('a'));
    const wanted = desired(252, bridge('a', { mtu: 1400 }), bridge('b'));
    const seen = withUnits(known.observed, {});
    const input = { ...known, desired: wanted, observed: seen };
    const reasons = (fields: Parameters<typeof planOf>[0]) =>
      planOf(fields).steps.flatMap((step) => (step.kind === 'write-unit' ? step.reason : []));
    const first = reasons(input);
    expect(first).to.deep.equal(['the document changed', 'new', 'new']);
    const after = settled({ ...input, inventory: intent(input) }, seen, ['write-unit']);
    expect(reasons({ ...input, inventory: after })).to.deep.equal(first);
  });

  it('keeps a reload in mind until it was done', () => {
    const known = fresh(252, bridge('a'));
    const inventory = intent(known);
    const after = { ...observed(252), units: unitsOnDisk(known.desired) };
    expect(settled({ ...known, inventory }, after, ['reload']).reloadPending).to.equal(true);
    expect(settled({ ...known, inventory }, after).reloadPending).to.equal(false);
  });

  it('knows a link that was made anew, even when it is back before anybody looked', () => {
    const old = converged(252, netdev('x', 'veth', { Peer: { Name: 'y' } }));
    const changed = desired(
      252,
      netdev('x', 'veth', { Peer: { Name: 'y', MACAddress: '02:00:00:00:00:01' } }),
    );
    const known = { ...old, desired: changed };
    const hash = changed.units.get('05-osa-net-x.netdev')?.hash;
    const stillThere = settled(known, old.observed);
    expect(stillThere.links['x']?.madeFrom).to.equal(old.inventory.links['x']?.madeFrom);
    const written = { ...old.observed, units: unitsOnDisk(changed) };
    const anew = settled(known, withLinks(written, { x: { ifindex: 77 }, y: { ifindex: 78 } }));
    expect([anew.links['x']?.madeFrom, anew.links['y']?.madeFrom]).to.deep.equal([hash, hash]);
    const gone = settled(known, withLinks(written, { x: undefined, y: undefined }));
    expect(gone.links['x']?.madeFrom).to.equal(hash);
    const early = settled(known, withLinks(old.observed, { x: undefined, y: undefined }));
    expect(early.links['x']?.madeFrom, 'made from what is on disk').to.equal(stillThere.links['x']?.madeFrom);
    const next = {
      desired: changed,
      observed: withUnits({ ...old.observed, units: unitsOnDisk(changed) }, {}),
      inventory: anew,
    };
    expect(planOf(next).steps).to.deep.equal([]);
  });
});

describe('a link whose .netdev now says another kind', () => {
  const old = converged(252, netdev('x', 'dummy'));
  const changed = desired(252, netdev('x', 'veth', { Peer: { Name: 'y' } }));
  const gone = withLinks(old.observed, { x: undefined });
  const known = { ...old, desired: changed, observed: gone };
  const written = { ...gone, units: unitsOnDisk(changed) };
  const recorded = { ...known, inventory: intent(known) };
  const kindsOf = ({ links }: typeof old.inventory) => [links['x']?.kind, links['x']?.becomes];

  it('may still have been made from the text of before, until networkd was told long ago', () => {
    expect(kindsOf(recorded.inventory)).to.deep.equal(['dummy', 'veth']);
    const early = settled(recorded, written, [], false);
    expect(kindsOf(early)).to.deep.equal(['dummy', 'veth']);
    const next = { ...known, observed: written, inventory: early };
    expect(kindsOf(intent(next)), 'nobody has seen it by the next pass').to.deep.equal(['dummy', 'veth']);
    expect(kindsOf(settled(next, written))).to.deep.equal(['veth', undefined]);
  });

  it('is of the new kind where it was still there when networkd knew the new text, whatever happens to it then', () => {
    const there = { ...old, desired: changed };
    const told = { ...there, inventory: intent(there) };
    const outlived = settled(told, { ...old.observed, units: unitsOnDisk(changed) }, [], false);
    expect(kindsOf(outlived), 'it is there').to.deep.equal(['dummy', 'veth']);
    const next = { ...known, observed: written, inventory: outlived };
    expect(kindsOf(intent(next)), 'gone by the next pass').to.deep.equal(['veth', undefined]);
    expect(kindsOf(settled(next, written, [], false))).to.deep.equal(['veth', undefined]);
    const seen = withLinks(written, { x: { kind: 'dummy', ifindex: 77 } });
    const plan = planOf({ desired: changed, observed: seen, inventory: intent(next) });
    expect([...plan.foreign.keys()], 'others put it there').to.deep.equal(['NetDev/x']);
    const untold = settled(told, { ...old.observed, units: unitsOnDisk(changed) }, ['reload'], false);
    expect(kindsOf(intent({ ...next, inventory: untold })), 'networkd was not told').to.deep.equal([
      'dummy',
      'veth',
    ]);
    const edited = intent({ ...next, observed: gone });
    expect(kindsOf(edited), 'the older text is there again').to.deep.equal(['dummy', 'veth']);
  });

  for (const [where, before, isStartedAnew] of [
    ['others started networkd before the new text was there', netdev('x', 'dummy'), true],
    ['it stands on another link, whose return is enough', netdev('x', 'vlan', { VLAN: { Id: 7 } }), false],
  ] as const) {
    it(`may be made as it was once more where ${where}`, () => {
      const there = { ...converged(252, before), desired: changed };
      const told = { ...there, inventory: intent(there) };
      const newText = { ...there.observed, units: unitsOnDisk(changed) };
      const outlived = settled(told, newText, [], false, isStartedAnew);
      const next = { ...there, observed: withLinks(newText, { x: undefined }), inventory: outlived };
      const { kind } = there.inventory.links['x'] ?? {};
      expect(kindsOf(intent(next)), 'gone by the next pass').to.deep.equal([kind, 'veth']);
    });
  }

  it('may become that at a boot although it is to stay, until its .netdev says so', () => {
    const back = {
      ...old,
      inventory: recorded.inventory,
      observed: { ...old.observed, units: unitsOnDisk(changed) },
    };
    expect(kindsOf(intent(back))).to.deep.equal(['dummy', 'veth']);
    expect(kindsOf(intent({ ...back, observed: old.observed }))).to.deep.equal(['dummy', undefined]);
  });

  it('is ours as what it was, and is made anew', () => {
    const early = settled(recorded, written, [], false);
    const seen = withLinks(written, { x: { kind: 'dummy', ifindex: 77 } });
    const plan = planOf({ desired: changed, observed: seen, inventory: early });
    expect([...plan.foreign.keys()]).to.deep.equal([]);
    expect(plan.steps.map(({ kind }) => kind)).to.include('delete-link');
  });

  it('is ours where a networkd that others started made it of the kind of before once more, just before that', () => {
    const there = { ...old, desired: changed };
    const told = { ...there, inventory: intent(there) };
    const identityWith = (isStartedAnew: boolean, kind: string) => {
      const after = withLinks(written, { x: { kind, ifindex: 77 } });
      return settled(told, after, ['delete-link'], true, isStartedAnew).links['x']?.identity;
    };
    const before = told.inventory.links['x']?.identity;
    expect(identityWith(false, 'dummy'), 'others put it there').to.equal(before);
    expect(identityWith(true, 'dummy')).to.equal('boot 77');
    expect(identityWith(true, 'vcan'), 'others put it there').to.equal(before);
  });

  it('was made from the new text where an operator sees it of the new kind that did not when it was made', () => {
    const seen = withLinks(written, {
      x: { kind: 'veth', parent: 'y', ifindex: 77 },
      y: { kind: 'veth', parent: 'x', ifindex: 78 },
    });
    const next = { ...known, observed: seen, inventory: recorded.inventory };
    const { x } = intent(next).links;
    expect(x?.madeFrom).to.equal(changed.units.get('05-osa-net-x.netdev')?.hash);
    expect(planOf({ ...next, inventory: intent(next) }).steps.map(({ kind }) => kind)).not.to.include(
      'delete-link',
    );
  });

  it('is of the new kind as soon as that is seen', () => {
    const seen = withLinks(written, { x: { kind: 'veth', ifindex: 77 } });
    expect(kindsOf(settled(recorded, seen, [], false))).to.deep.equal(['veth', undefined]);
  });
});
