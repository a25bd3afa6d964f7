import { expect } from 'chai';
import { hasDeparting } from '../../state/departed.ts';
import type { Inventory } from '../../state/inventory.ts';
import { settledOf } from '../../state/settle.ts';
import { bridge, converged, desired, integration, planOf, withLinks } from './build.ts';
import { fresh, intent } from './passing.ts';

describe('a link that goes before it came', () => {
  const known = fresh(252, bridge('a', {}));
  const recorded = { ...known, inventory: intent(known) };
  const without = desired(252);
  const plan = planOf({ ...recorded, desired: without });
  const forgotten = (isQuiet: boolean, inventory: Inventory) =>
    settledOf(inventory, without, plan, { done: [], before: known.observed, after: known.observed, isQuiet });
  const read = { ...recorded.inventory, reloadPending: false };

  it('stays on record while networkd may still be making it', () => {
    expect(forgotten(false, read).links).to.have.property('br-a');
    expect(forgotten(true, { ...read, reloadPending: true }).links).to.have.property('br-a');
    expect(hasDeparting(read, without, known.observed)).to.equal(true);
  });

  it('is known again when networkd makes it once more, and left to whoever took its name', () => {
    const made = converged(252, bridge('a', {}), integration('m', 'br-a', { mode: 'bridge' }));
    const gone = desired(252);
    const doomed = planOf({ ...made, desired: gone });
    const done = doomed.steps.filter(({ kind }) => kind === 'delete-link');
    const leftWith = (changes: Parameters<typeof withLinks>[1]) => {
      const bare = { ...made.observed, units: new Map(), links: new Map() };
      const carried = { done, before: made.observed, after: withLinks(bare, changes), isQuiet: true };
      return Object.keys(settledOf(made.inventory, gone, doomed, carried).links);
    };
    const anew = { kind: 'macvlan', parent: 'mv-m-v2', ifindex: 77 };
    expect(leftWith({})).to.deep.equal([]);
    expect(leftWith({ 'mv-m': anew })).to.deep.equal(['mv-m']);
    expect(leftWith({ 'mv-m': { ...anew, parent: 'eth0' } })).to.deep.equal([]);
    expect(
      leftWith({ 'br-a': { kind: 'bridge', ifindex: 78 } }),
      'networkd makes no bridge unasked',
    ).to.deep.equal([]);
  });

  it('is known where networkd was started by others just before its unit went, and somebody had its name until then', () => {
    const made = converged(252, bridge('a', {}));
    const gone = desired(252);
    const leftWith = (kind: string, isStartedAnew = false) => {
      const taken = withLinks(made.observed, { 'br-a': { kind, ifindex: 70 } });
      const doomed = planOf({ ...made, observed: taken, desired: gone });
      const bare = { ...made.observed, units: new Map(), links: new Map() };
      const after = withLinks(bare, { 'br-a': { kind: 'bridge', ifindex: 77 } });
      const carried = { done: doomed.steps, before: taken, after, isQuiet: true, isStartedAnew };
      return Object.keys(settledOf(made.inventory, gone, doomed, carried).links);
    };
    expect(leftWith('vcan')).to.deep.equal(['br-a']);
    expect(leftWith('bridge'), 'that may be ours, and was').to.deep.equal([]);
    expect(leftWith('bridge', true), 'and went before networkd started').to.deep.equal(['br-a']);
  });

  it('is forgotten once networkd was told long ago', () => {
    const left = forgotten(true, read);
    expect(left.links).to.deep.equal({});
    expect(hasDeparting(left, without, known.observed)).to.equal(false);
  });
});
