import { expect } from 'chai';
import type { Desired } from '../../state/desired.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import { desired, doc, observed, planOf } from './build.ts';

const at = '2026-11-23T10:00:00.000Z';
type Known = { desired: Desired; observed: Observed; inventory: Inventory };

const intent = (known: Known, now = at) =>
  intentOf(known.inventory, known.desired, planOf(known), known.observed, now);
const settled = (known: Known, after: Observed, failed: readonly string[] = []) => {
  const plan = planOf(known);
  const done = plan.steps.filter(({ kind }) => !failed.includes(kind));
  return settledOf(known.inventory, known.desired, plan, {
    done,
    before: known.observed,
    after,
    isQuiet: true,
  });
};
const fresh = (version: number, ...documents: readonly string[]): Known => ({
  desired: desired(version, ...documents),
  observed: observed(version),
  inventory: emptyInventory,
});

describe('the inventory and the resolver', () => {
  const resolver = (resolvConf: object, dropIn?: string) => ({
    resolvConf: resolvConf as Observed['resolver']['resolvConf'],
    dropIn,
    service: 'running' as const,
    enabled: true,
    provided: ['stub', 'uplink'] as const,
  });
  const original = { type: 'file', text: 'nameserver 192.0.2.53\n' };
  const uplink = { type: 'link', target: '/run/systemd/resolve/resolv.conf' };
  const host = doc('Resolver', 'host', { dns: ['9.9.9.9'] });
  const first = fresh(252, host);
  const before = { ...first, observed: { ...first.observed, resolver: resolver(original) } };
  const owned = { owner: 'Resolver/host', previous: original, written: [uplink], dropIn: true };

  it('remembers what was there first, once', () => {
    const inventory = intent(before);
    expect(inventory.resolver).to.deep.equal(owned);
    const seen = { ...before.observed, resolver: resolver(uplink, before.desired.resolver?.intent.dropIn) };
    expect(intent({ ...before, inventory, observed: seen })).to.equal(inventory);
    const other = {
      ...fresh(252, doc('Resolver', 'other', { resolvConf: 'stub' })),
      inventory,
      observed: seen,
    };
    const stub = { type: 'link', target: '/run/systemd/resolve/stub-resolv.conf' };
    expect(intent(other).resolver, 'the old one too: it may not be replaced').to.deep.equal({
      ...owned,
      owner: 'Resolver/other',
      written: [uplink, stub],
    });
  });

  it('remembers nothing to put back where resolv.conf is left alone', () => {
    const known = {
      ...before,
      desired: desired(252, doc('Resolver', 'host', { resolvConf: 'unmanaged', dns: ['9.9.9.9'] })),
    };
    expect(intent(known).resolver).to.deep.equal({
      owner: 'Resolver/host',
      previous: undefined,
      dropIn: true,
    });
  });

  it("forgets the resolver once it is undone, so that resolv.conf is nobody's again", () => {
    const inventory = intent(before);
    const known = { ...before, desired: desired(252), inventory };
    const undone = { ...before.observed, resolver: resolver(original) };
    expect(settled(known, undone)).to.deep.equal({ ...emptyInventory, documents: ['Resolver/host'] });
    const changedLater = { ...before.observed, resolver: resolver({ type: 'file', text: 'by hand' }) };
    expect(
      planOf({ ...known, inventory: settled(known, undone), observed: changedLater }).steps,
    ).to.deep.equal([]);
    const notYet = { ...before.observed, resolver: resolver(uplink) };
    expect(settled(known, notYet).resolver).to.deep.equal(owned);
  });

  it('puts nothing back where somebody else has written since', () => {
    const inventory = intent(before);
    const left = desired(252, doc('Resolver', 'host', { resolvConf: 'unmanaged', dns: ['9.9.9.9'] }));
    const theirs = { ...before.observed, resolver: resolver({ type: 'file', text: 'by hand' }) };
    const unmanaged = intent({ ...before, desired: left, inventory, observed: theirs });
    expect(unmanaged.resolver).to.deep.equal(owned);
    const gone = { ...before, desired: desired(252), inventory: unmanaged, observed: theirs };
    expect(planOf(gone).steps.map(({ kind }) => kind)).to.not.include('write-resolv-conf');
    const ours = { ...gone, observed: { ...theirs, resolver: resolver(uplink) } };
    expect(planOf(ours).steps.map(({ kind }) => kind)).to.include('write-resolv-conf');
  });

  it('lets go of a resolver that is to stay', () => {
    const kept = {
      ...before,
      desired: desired(252, doc('Resolver', 'host', {}, { 'osa-net.dev/prune': 'disabled' })),
    };
    const inventory = intent(kept);
    expect(settled({ ...before, desired: desired(252), inventory }, before.observed)).to.deep.equal({
      ...emptyInventory,
      documents: ['Resolver/host'],
    });
  });
});
