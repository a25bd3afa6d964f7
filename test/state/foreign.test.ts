import { expect } from 'chai';
import { foreignConflicts, isForeignLink } from '../../state/foreign.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  inventoryOf,
  link,
  links,
  observed,
  planOf,
  unitsOnDisk,
  withUnits,
} from './build.ts';

const adopt = { 'osa-net.dev/adopt': 'true' };
const foreignUnit = { hash: 'of somebody else' };
const unit = '05-osa-net-br-a.network';

function conflictsOf(
  wanted: ReturnType<typeof desired>,
  seen: ReturnType<typeof observed>,
  inventory = emptyInventory,
): Readonly<Record<string, string>> {
  return Object.fromEntries(foreignConflicts(wanted, seen, inventory));
}

describe('names that others have taken', () => {
  it('are no conflict on an empty or a converged host', () => {
    const known = converged(252, bridge('a'), integration('m', 'br-f'));
    expect(conflictsOf(known.desired, observed(252))).to.deep.equal({});
    expect(conflictsOf(known.desired, known.observed, known.inventory)).to.deep.equal({});
  });

  it('are told with the place of the name in the document and what to do', () => {
    const wanted = desired(252, bridge('a', { interface: 'br-x' }), bridge('b'));
    const seen = observed(252, { links: links(link('br-x', { kind: 'bridge' })) });
    expect(conflictsOf(wanted, seen)).to.deep.equal({
      'ContainerBridge/a':
        '/etc/osa-net.d/000.yaml:1:124: link br-x exists and osa-net did not make it; delete it, or take it over with the annotation osa-net.dev/adopt: "true"',
    });
  });

  it('are those of units too', () => {
    const wanted = desired(252, bridge('a'));
    const seen = withUnits(observed(252), { [unit]: foreignUnit });
    expect(conflictsOf(wanted, seen)['ContainerBridge/a']).to.match(
      /^\/etc\/osa-net\.d\/000\.yaml:1:\d+: 05-osa-net-br-a\.network exists and osa-net did not write it; /,
    );
  });

  it('are ours when the inventory, the signature or the very bytes say so', () => {
    const wanted = desired(252, bridge('a'));
    const [hash = ''] = [wanted.units.get(unit)?.hash];
    for (const known of [
      { seen: foreignUnit, inventory: inventoryOf(wanted) },
      { seen: { hash: 'older', intactOwner: 'ContainerBridge/a' as const }, inventory: emptyInventory },
      { seen: { hash }, inventory: emptyInventory },
    ]) {
      const seen = withUnits(observed(252), { [unit]: known.seen });
      expect(conflictsOf(wanted, seen, known.inventory)).to.deep.equal({});
    }
  });

  it('may be taken over where the document says so and the kind is right', () => {
    const wanted = desired(252, bridge('a', {}, adopt));
    const taken = (kind?: string) =>
      withUnits(observed(252, { links: links(link('br-a', { kind })) }), { [unit]: foreignUnit });
    expect(conflictsOf(wanted, taken('bridge'))).to.deep.equal({});
    expect(conflictsOf(wanted, taken('dummy'))['ContainerBridge/a']).to.include(
      'is a dummy link and cannot be taken over',
    );
    expect(conflictsOf(wanted, taken())['ContainerBridge/a']).to.include(
      'is a hardware link and cannot be taken over',
    );
  });

  it('are a conflict again when another made a link of another kind in the place of ours', () => {
    const known = converged(252, bridge('a'));
    const kind = (name: string) => ({
      ...known.observed,
      links: links(link('br-a', { kind: name, ifindex: 99 })),
    });
    expect(conflictsOf(known.desired, kind('bridge'), known.inventory)).to.deep.equal({});
    expect(conflictsOf(known.desired, kind('dummy'), known.inventory)).to.have.keys('ContainerBridge/a');
  });

  it('are not ours by a name and a kind alone, as in a state directory from an old backup', () => {
    const { desired: wanted, observed: seen, inventory } = converged(252, bridge('a'));
    const other = links(link('br-a', { kind: 'bridge', ifindex: 99 }));
    const bare = { ...seen, units: new Map() };
    expect(conflictsOf(wanted, bare, inventory), 'the same link').to.deep.equal({});
    expect(conflictsOf(wanted, { ...seen, links: other }, inventory), 'made by our .netdev').to.deep.equal(
      {},
    );
    expect(conflictsOf(wanted, { ...bare, links: other }, inventory)).to.have.keys('ContainerBridge/a');
    expect(conflictsOf(wanted, { ...bare, epoch: 'next boot' }, inventory)).to.have.keys('ContainerBridge/a');
  });

  it('are ours by our .netdev only where that makes a link of this name and kind', () => {
    const pair = { NetDev: { Name: 'z', Kind: 'veth' }, Peer: { Name: 'z-p' } };
    const wanted = desired(252, doc('NetDev', 'z', pair));
    const seen = (makes: Record<string, string> | undefined, kind: string) =>
      withUnits(observed(252, { links: links(link('z-p', { kind })) }), {
        '05-osa-net-z.netdev': { hash: 'older', intactOwner: 'NetDev/z', ...(makes && { makes }) },
      });
    const isTaken = (...given: Parameters<typeof seen>) => 'NetDev/z' in conflictsOf(wanted, seen(...given));
    expect(isTaken({ z: 'veth', 'z-p': 'veth' }, 'veth')).to.equal(false);
    expect(isTaken({ z: 'veth', 'z-p': 'veth' }, 'dummy')).to.equal(true);
    expect(isTaken({ z: 'dummy' }, 'dummy'), 'made by somebody else under the name of the new peer').to.equal(
      true,
    );
    expect(isTaken(undefined, 'veth'), 'an emptied .netdev says nothing').to.equal(false);
    expect(isTaken(undefined, 'dummy')).to.equal(true);
  });

  it('are ours in this boot when nobody saw the link before its .netdev was deleted by hand', () => {
    const known = converged(252, bridge('a'));
    const before = { ...known.observed, links: new Map(), units: new Map() };
    const planned = planOf({ desired: known.desired, observed: before, inventory: emptyInventory });
    const intent = intentOf(emptyInventory, known.desired, planned, before, '2026-01-01T00:00:00.000Z');
    const written = { ...before, units: unitsOnDisk(known.desired) };
    const afterDoing = (...kinds: readonly string[]) => {
      const done = planned.steps.filter(({ kind }) => kinds.includes(kind));
      return settledOf(intent, known.desired, planned, { done, before, after: written, isQuiet: false });
    };
    const inventory = afterDoing('write-unit', 'reload');
    const made = { ...known.observed, units: new Map() };
    expect(conflictsOf(known.desired, made, inventory)).to.deep.equal({});
    expect(conflictsOf(known.desired, { ...made, epoch: 'next boot' }, inventory)).to.have.keys(
      'ContainerBridge/a',
    );
    expect(
      conflictsOf(known.desired, made, afterDoing('write-unit')),
      'networkd was never told of it',
    ).to.have.keys('ContainerBridge/a');
  });

  it('are ours without an inventory while the .netdev on disk bears our signature', () => {
    const known = converged(252, integration('m', 'br-f'));
    expect(conflictsOf(known.desired, known.observed)).to.deep.equal({});
    const edited = withUnits(known.observed, { '05-osa-net-mv-m.netdev': { hash: 'edited' } });
    expect(conflictsOf(known.desired, edited)).to.have.keys('MacvlanIntegration/m');
  });

  it('do not matter for links that a document does not make', () => {
    const wanted = desired(252, bridge('a', { interfaces: ['eth0'] }));
    const [, port] = wanted.linksOf.get('ContainerBridge/a') ?? [];
    expect(port?.link).to.equal('eth0');
    expect(port && isForeignLink(port, link('eth0'), observed(252), emptyInventory)).to.equal(false);
    expect(unitsOnDisk(wanted).size).to.equal(wanted.units.size);
  });
});
