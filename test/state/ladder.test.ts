import { expect } from 'chai';
import type { ObservedLink } from '../../state/observed.ts';
import { pendingAfter } from '../../state/pending.ts';
import type { PlanInput } from '../../state/plan-input.ts';
import { describeStep } from '../../state/step.ts';
import { bridge, converged, doc, integration, link, netdev, planOf, withLinks } from './build.ts';

const lines = (...args: Parameters<typeof planOf>) => planOf(...args).steps.map(describeStep);
const atRung = (rung: number | 'settling') => ({ rungOf: () => rung });

/** A converged host of which these links changed. */
function drifted(
  version: number,
  documents: readonly string[],
  changes: Readonly<Record<string, Partial<ObservedLink> | undefined>>,
): Pick<PlanInput, 'desired' | 'observed' | 'inventory'> {
  const known = converged(version, ...documents);
  return { ...known, observed: withLinks(known.observed, changes) };
}

describe('the ladder', () => {
  const documents = [
    bridge('a', { addresses: ['10.0.0.1/24'] }),
    netdev('x', 'dummy'),
    doc('Network', 'x', { Match: { Name: 'x' }, Network: { Address: '10.1.0.1/24' } }),
  ];
  const kindsAt = (rung: number, changes: Readonly<Record<string, Partial<ObservedLink> | undefined>>) =>
    planOf(drifted(252, documents, changes), atRung(rung)).steps.map(({ kind }) => kind);

  it('reconfigures, reloads, makes anew, and begins again', () => {
    const failed = { 'br-a': { setup: 'failed' } };
    expect([0, 1, 2, 3].map((rung) => kindsAt(rung, failed))).to.deep.equal([
      ['reconfigure-link'],
      ['touch-dependents', 'reload'],
      ['delete-link', 'reload'],
      ['reconfigure-link'],
    ]);
  });

  it('makes no link anew for want of carrier, whatever else that takes away', () => {
    const unplugged = { operational: 'no-carrier', addresses: [] };
    expect(kindsAt(2, { 'br-a': { addresses: [] } })).to.deep.equal(['delete-link', 'reload']);
    expect(kindsAt(2, { 'br-a': unplugged })).to.deep.equal(['reconfigure-link']);
    expect(kindsAt(2, { 'br-a': { ...unplugged, setup: 'configuring' } })).to.not.include('delete-link');
    expect(kindsAt(2, { 'br-a': { ...unplugged, setup: 'failed' } })).to.deep.equal([
      'delete-link',
      'reload',
    ]);
  });

  it('does not delete what others use, nor what it did not make', () => {
    const used = { 'br-a': { setup: 'failed' }, 'vb-guest': { master: 'br-a' } };
    expect(kindsAt(2, used)).to.deep.equal(['reconfigure-link']);
    const stacked = { 'br-a': { setup: 'failed' }, 'mv-guest': { parent: 'br-a' } };
    expect(kindsAt(2, stacked)).to.deep.equal(['reconfigure-link']);
    const elsewhere = { 'br-a': { setup: 'failed' }, guest: { parent: 'br-a', parentElsewhere: true } };
    expect(kindsAt(2, elsewhere)).to.deep.equal(['delete-link', 'reload']);
  });

  it('touches the .netdev of a missing link from the second try on', () => {
    const missing = { 'br-a': undefined };
    const at = (rung: number) => lines(drifted(252, documents, missing), atRung(rung));
    expect(at(0)).to.deep.equal(['reload systemd-networkd: links must be made or looked at anew']);
    expect(at(1)).to.deep.equal([
      'touch-dependents 05-osa-net-br-a.netdev: they name links that are made anew',
      'reload systemd-networkd: links must be made or looked at anew',
    ]);
  });

  it('has the kernel tell of a bridge again for which a port waits in vain', () => {
    const port = [bridge('a', { dummies: ['d0'] })];
    const waiting = drifted(252, port, { d0: { setup: 'configuring', master: undefined } });
    expect(lines(waiting, atRung(1))).to.include('announce-link br-a: d0 waits for it in vain');
    const plugged = drifted(252, port, { d0: { setup: 'configuring' } });
    expect(lines(plugged, atRung(1)).join()).not.to.include('announce-link');
  });

  it('has the unit of such a port read again before it makes anything anew, and then restarts networkd', () => {
    const port = [bridge('a', { dummies: ['d0'] })];
    const waiting = drifted(252, port, { d0: { setup: 'configuring', master: undefined } });
    const stepsAt = (rung: number) => planOf(waiting, atRung(rung)).steps.map(({ kind }) => kind);
    expect(stepsAt(2)).to.include.members(['touch-dependents', 'reload']).and.not.include('delete-link');
    expect(stepsAt(5)).to.include.members(['touch-dependents', 'restart-networkd']);
    const plan = planOf(waiting, atRung(5));
    expect(pendingAfter(waiting.inventory, plan), 'it may plug in the port by then').to.deep.equal({});
  });

  it('has a failed port looked at again although the bridge of others is away that it was plugged into', () => {
    const failed = { 'mv-m-v1': { setup: 'failed', operational: 'off', master: undefined } };
    const stepsIn = (documents: readonly string[], more: Parameters<typeof drifted>[2]) =>
      planOf(drifted(252, documents, { ...failed, ...more }), { rungOf: () => 'settling' as const }).steps;
    const foreign = stepsIn([integration('m', 'br-f')], {});
    expect(foreign.map(({ kind }) => kind)).to.deep.equal(['reconfigure-link']);
    const ours = stepsIn([integration('m', 'br-a'), bridge('a')], { 'br-a': undefined });
    expect(ours.map(({ kind }) => kind)).to.not.include('reconfigure-link');
  });

  it('restarts a networkd up to v256 that does not make a link again', () => {
    expect(kindsAt(2, { 'br-a': undefined })).to.deep.equal(['touch-dependents', 'reload']);
    expect(kindsAt(5, { 'br-a': undefined })).to.deep.equal(['touch-dependents', 'restart-networkd']);
    const later = drifted(257, documents, { 'br-a': undefined });
    expect(planOf(later, atRung(2)).steps.map(({ kind }) => kind)).to.deep.equal([
      'touch-dependents',
      'reload',
    ]);
  });

  it('steps in for a networkd that stays at work, on higher rungs', () => {
    const stuck = { 'br-a': { setup: 'configuring' } };
    expect([0, 1].map((rung) => kindsAt(rung, stuck))).to.deep.equal([[], ['touch-dependents', 'reload']]);
  });

  it('cannot make a link that others must make', () => {
    const documents = [bridge('a', { interfaces: ['eth7'] })];
    const known = drifted(252, documents, { eth7: undefined });
    expect([0, 1, 2].map((rung) => lines(known, atRung(rung)))).to.deep.equal([[], [], []]);
    expect(link('eth7').name).to.equal('eth7');
  });
});
