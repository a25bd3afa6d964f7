import { expect } from 'chai';
import { askedAfter, askedBefore, leftoversOf } from '../../state/asked.ts';
import { bridge, converged, desired, doc, link, links, netdev, observed, planOf } from './build.ts';

const everyone = () => true;
const told = (addresses: readonly string[]) => desired(252, bridge('a', { addresses }));

describe('addresses that units of ours asked for', () => {
  const before = { ...converged(252).inventory, asked: { 'br-a': ['10.0.0.1/24'] } };

  it('stay on record beside those that a new text asks for', () => {
    expect(askedBefore(before, told(['10.0.0.2/24']), everyone)).to.deep.equal({
      'br-a': ['10.0.0.1/24', '10.0.0.2/24'],
    });
  });

  it('are not recorded for a resource whose units are not written', () => {
    expect(askedBefore(before, told(['10.0.0.2/24']), () => false)).to.equal(before.asked);
  });

  it('are forgotten when they are neither wanted nor there', () => {
    const asked = { ...before, asked: { 'br-a': ['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24'] } };
    const seen = observed(252, { links: links(link('br-a', { addresses: ['10.0.0.3/24'] })) });
    expect(askedAfter(asked, told(['10.0.0.2/24']), seen)).to.deep.equal({
      'br-a': ['10.0.0.2/24', '10.0.0.3/24'],
    });
  });

  it('are the very same record while nothing changes', () => {
    expect(askedBefore(before, told(['10.0.0.1/24']), everyone)).to.equal(before.asked);
    expect(askedAfter(before, told(['10.0.0.1/24']), observed(252))).to.equal(before.asked);
  });

  it('are left over where an earlier text asked for them, and neither by hand nor by a lease', () => {
    const network = '05-osa-net-br-a.network';
    const expected = { link: 'br-a', made: true, field: '', network, addresses: ['10.0.0.2/24'] };
    const asked = { 'br-a': ['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24'] };
    const seen = link('br-a', {
      addresses: ['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24', '10.0.0.9/24'],
      leased: ['10.0.0.3/24'],
    });
    expect(leftoversOf(expected, seen, { asked }, { linksOf: new Map() })).to.deep.equal(['10.0.0.1/24']);
  });
});

describe('an address that is left from an earlier text', () => {
  const known = converged(252, bridge('a', { addresses: ['10.0.0.2/24'] }));
  const inventory = { ...known.inventory, asked: { 'br-a': ['10.0.0.1/24', '10.0.0.2/24'] } };
  const seen = known.observed.links.get('br-a');
  const withLeft = (fields: object) => ({
    ...known,
    inventory,
    observed: {
      ...known.observed,
      links: new Map([
        ...known.observed.links,
        ...links({ ...link('br-a'), ...seen, addresses: ['10.0.0.1/24', '10.0.0.2/24'], ...fields }),
      ]),
    },
  });

  it('is removed, and nothing else is done', () => {
    const steps = planOf(withLeft({})).steps.map(({ kind }) => kind);
    expect(steps).to.deep.equal(['remove-address']);
  });

  it('is left to networkd while that is at work', () => {
    expect(planOf(withLeft({ setup: 'configuring' })).steps.map(({ kind }) => kind)).not.to.include(
      'remove-address',
    );
  });

  it('is not what another resource asks for on the same link', () => {
    const apart = converged(
      252,
      netdev('x', 'dummy'),
      doc('Network', 'x', { Match: { Name: 'x' }, Network: { Address: '10.1.0.1/24' } }),
    );
    const recorded = { ...apart.inventory, asked: { x: ['10.1.0.1/24'] } };
    expect(planOf({ ...apart, inventory: recorded }).steps).to.deep.equal([]);
  });
});
