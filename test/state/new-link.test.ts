import { expect } from 'chai';
import type { Inventory } from '../../state/inventory.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import { describeStep } from '../../state/step.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  inventoryOf,
  netdev,
  planOf,
  unitsOnDisk,
  withLinks,
} from './build.ts';

const peer = { Peer: { Name: 'y' } };
const vlan = (id: number) => netdev('x', 'vlan', { VLAN: { Id: id } });
const veth = (mtu: number) =>
  doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'veth', MTUBytes: mtu }, ...peer });
const stp = (on: boolean) => netdev('x', 'bridge', { Bridge: { STP: on } });

describe('a changed .netdev of an existing link', () => {
  const remake = 'its .netdev changed and networkd cannot change an existing link';

  for (const [what, before, after, versions] of [
    [
      'a veth, which no systemd changes',
      veth(1400),
      veth(1500),
      { 249: 'anew', 252: 'anew', 257: 'anew', 262: 'anew' },
    ],
    [
      'a bridge, which v257 changes in place',
      stp(false),
      stp(true),
      { 249: 'anew', 252: 'anew', 256: 'anew', 257: '' },
    ],
    [
      'a stacked link, stale from v250 to v256',
      vlan(1),
      vlan(2),
      { 249: 'anew', 250: 'restart', 256: 'restart', 257: '' },
    ],
  ] as const) {
    for (const [version, expected] of Object.entries(versions)) {
      it(`makes ${what}, on v${version}: ${expected || 'in place'}`, () => {
        const known = converged(Number(version), before);
        const steps = planOf({ ...known, desired: desired(Number(version), after) }).steps;
        const lines = steps.map(describeStep);
        expect(lines[0]).to.equal('write-unit 05-osa-net-x.netdev: the document changed');
        expect(lines.includes(`delete-link x: ${remake} (recreate)`)).to.equal(expected !== '');
        expect(steps.some(({ kind }) => kind === 'restart-networkd')).to.equal(expected === 'restart');
        expect(steps.some(({ kind }) => kind === 'reload')).to.equal(expected !== 'restart');
      });
    }
  }

  const known = converged(252, veth(1400));
  const after = desired(252, veth(1500));
  const written = { ...known.observed, units: unitsOnDisk(after) };
  /** The unit was written, and then the process was killed. */
  const killed = {
    desired: after,
    observed: written,
    inventory: { ...inventoryOf(after), links: known.inventory.links },
  };

  it('is made good after a kill between the file and the link', () => {
    expect(planOf(killed).steps.map(describeStep)).to.deep.equal([
      `delete-link x: ${remake} (recreate)`,
      `delete-link y: ${remake} (recreate)`,
      'reload systemd-networkd: links must be made or looked at anew',
    ]);
  });

  it('deletes no link that networkd would not make, as its .netdev is not there', () => {
    const units = new Map([...written.units].filter(([name]) => !name.endsWith('.netdev')));
    const fought = { mayRepair: (_: unknown, field: string) => !field.endsWith('.netdev') };
    const { steps } = planOf({ ...killed, observed: { ...written, units } }, fought);
    expect(steps.map(({ kind }) => kind)).to.not.include('delete-link');
  });

  it('deletes a link that comes back as it was not over and over', () => {
    expect(planOf(killed, { rungOf: () => 'settling' }).steps).to.deep.equal([]);
    expect(planOf(killed, { mayRepair: (_, field) => !field.endsWith(' kind') }).steps).to.deep.equal([]);
    expect([...planOf(killed).repaired]).to.deep.equal([['NetDev/x', ['x kind', 'y kind']]]);
  });

  it('is a change and no repair, even while an earlier change settles', () => {
    const plan = planOf({ ...known, desired: after }, { rungOf: () => 'settling', mayRepair: () => false });
    expect(plan.steps.map(({ kind }) => kind)).to.deep.equal([
      'write-unit',
      'delete-link',
      'delete-link',
      'reload',
    ]);
    expect([plan.repaired.size, [...plan.changed]]).to.deep.equal([0, ['NetDev/x']]);
  });

  it('does not matter to a link that is not there, or not of that kind', () => {
    const gone = withLinks(written, { x: undefined, y: undefined });
    expect(planOf({ ...killed, observed: gone }).steps.map(({ kind }) => kind)).to.deep.equal(['reload']);
  });
});

describe('a restart of networkd for a new link', () => {
  const known = converged(252, integration('m', 'br-f', { mode: 'bridge' }), bridge('f'));
  const next = desired(252, integration('m', 'br-f', { mode: 'passthru' }), bridge('f'));
  const plan = planOf({ ...known, desired: next });
  const intent = intentOf(known.inventory, next, plan, known.observed, '2026-01-01T00:00:00.000Z');
  const gone = withLinks({ ...known.observed, units: unitsOnDisk(next) }, { 'mv-m': undefined });
  const settled = (done: typeof plan.steps) =>
    settledOf(intent, next, plan, { done, before: known.observed, after: gone, isQuiet: true });

  it('that fails, or is cut off by a crash, is made good', () => {
    const failed = settled(plan.steps.filter(({ kind }) => kind !== 'restart-networkd'));
    for (const inventory of [intent, failed]) {
      const steps = planOf({ desired: next, observed: gone, inventory }).steps.map(({ kind }) => kind);
      expect(steps).to.include('restart-networkd').and.not.include('reload');
    }
  });

  it('that failed just now is a reload until it is tried again', () => {
    const failed = settled(plan.steps.filter(({ kind }) => kind !== 'restart-networkd'));
    const steps = planOf({ desired: next, observed: gone, inventory: failed }, { mayRestart: false }).steps;
    expect(steps.map(({ kind }) => kind))
      .to.include('reload')
      .and.not.include('restart-networkd');
  });

  it('that failed leaves a link made from the text of before, which is made anew with the next one', () => {
    const vlan = (Id: number) =>
      doc('NetDev', 'v', { NetDev: { Name: 'v', Kind: 'macsec' }, MACsec: { Port: Id } });
    const first = converged(252, vlan(7));
    const later = desired(252, vlan(8));
    const change = planOf({ ...first, desired: later });
    expect(change.steps.map(({ kind }) => kind))
      .to.include('delete-link')
      .and.include('restart-networkd');
    const recorded = intentOf(first.inventory, later, change, first.observed, '2026-01-01T00:00:00.000Z');
    const done = change.steps.filter(({ kind }) => kind !== 'restart-networkd');
    const after = withLinks({ ...first.observed, units: unitsOnDisk(later) }, { v: { ifindex: 99 } });
    const inventory = settledOf(recorded, later, change, {
      done,
      before: first.observed,
      after,
      isQuiet: true,
    });
    const again = { desired: later, observed: after, inventory };
    const waiting = planOf(again, { mayRestart: false });
    expect(waiting.steps.map(({ kind }) => kind)).to.not.include('delete-link');
    expect([...waiting.deferred.keys()]).to.deep.equal(['NetDev/v']);
    expect(planOf(again).steps.map(({ kind }) => kind))
      .to.include('delete-link')
      .and.include('restart-networkd');
  });

  it('is not made twice', () => {
    const inventory = settled(plan.steps);
    expect(inventory).to.not.have.property('restartPending');
    const steps = planOf({ desired: next, observed: gone, inventory }).steps.map(({ kind }) => kind);
    expect(steps).to.include('reload').and.not.include('restart-networkd');
  });
});

describe('a macvlan', () => {
  const inMode = (mode: string) => integration('m', 'br-f', { mode });
  const planned = (version: number, from: string, to: string, inventory?: Inventory) => {
    const known = converged(version, inMode(from), bridge('f'));
    const next = desired(version, inMode(to), bridge('f'));
    return planOf({ ...known, ...(inventory && { inventory }), desired: next }).steps.map(describeStep);
  };

  it('gets another mode in place', () => {
    for (const version of [249, 252, 257]) {
      expect(planned(version, 'bridge', 'vepa').join()).not.to.include('delete-link');
    }
  });

  for (const [from, to] of [
    ['bridge', 'passthru'],
    ['passthru', 'bridge'],
  ] as const) {
    it(`is made anew from ${from} to ${to}, where it must be by a restart of networkd`, () => {
      const deletion = 'delete-link mv-m: mode passthru cannot be changed in place (recreate)';
      const restart =
        'restart-networkd systemd-networkd: this systemd keeps the old settings of a changed .netdev until it restarts (v250 to v256) (service restart)';
      for (const version of [249, 252, 257]) {
        expect(planned(version, from, to)).to.include(deletion);
        expect(planned(version, from, to).includes(restart)).to.equal(version === 252);
      }
    });
  }
});
