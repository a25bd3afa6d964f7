import { expect } from 'chai';
import { askedAfter, askedBefore, followed } from '../../state/asked.ts';
import { identityOf } from '../../state/observed.ts';
import { bridge, converged, desired, doc, inventoryOf, link, links, observed } from './build.ts';

const everyone = () => true;
const stays = () => true;
const told = (addresses: readonly string[]) => desired(252, bridge('a', { addresses }));
const owner = 'ContainerBridge/a' as const;
const addressesOf = (values: readonly string[]) => ({ 'br-a': { address: { owner, values } } });

describe('what units of ours asked for', () => {
  const before = { ...converged(252).inventory, settings: addressesOf(['10.0.0.1/24']) };
  const seen = observed(252);

  it('stays on record beside what a new text asks for', () => {
    expect(askedBefore(before, told(['10.0.0.2/24']), seen, everyone)).to.deep.equal(
      addressesOf(['10.0.0.1/24', '10.0.0.2/24']),
    );
  });

  it('is that of who asks now where the one who did is gone', () => {
    const theirs = { 'br-a': { address: { owner: 'Network/gone', values: ['10.0.0.1/24'] } } } as const;
    const known = { ...before, settings: theirs };
    expect(askedBefore(known, told(['10.0.0.1/24']), seen, everyone)).to.deep.equal(
      addressesOf(['10.0.0.1/24']),
    );
  });

  it('is not recorded for a resource whose units are not written', () => {
    expect(askedBefore(before, told(['10.0.0.2/24']), seen, () => false)).to.equal(before.settings);
  });

  it('is forgotten when it is neither wanted nor to be remembered', () => {
    const settings = addressesOf(['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24']);
    const text = told(['10.0.0.2/24']);
    const isThird = (_link: string, _setting: string, value: string) => value === '10.0.0.3/24';
    expect(askedAfter({ ...before, settings }, text, isThird)).to.deep.equal(
      addressesOf(['10.0.0.2/24', '10.0.0.3/24']),
    );
    expect(askedAfter({ ...before, settings }, desired(252), () => false)).to.deep.equal({});
  });

  it('is the very same record while nothing changes', () => {
    expect(askedBefore(before, told(['10.0.0.1/24']), seen, everyone)).to.equal(before.settings);
    expect(askedAfter(before, told(['10.0.0.1/24']), stays)).to.equal(before.settings);
  });

  it('is on record with what was there before, as far as there is one value', () => {
    const text = desired(252, bridge('a', { mtu: 1400, forwarding: 'ipv4', addresses: ['10.0.0.1/24'] }));
    const host = observed(252, {
      links: links(link('br-a', { mtu: 1600 })),
      sysctls: new Map([['net/ipv4/ip_forward', '0']]),
    });
    expect(askedBefore(converged(252).inventory, text, host, everyone)).to.deep.equal({
      'br-a': {
        address: { owner, values: ['10.0.0.1/24'] },
        mtu: { owner, values: ['1400'], before: '1600' },
        'net/ipv4/ip_forward': { owner, values: ['1'], before: '0' },
        'net/ipv4/conf/br-a/forwarding': { owner, values: ['1'] },
      },
    });
    const later = desired(252, bridge('a', { mtu: 1450 }));
    const settings = { 'br-a': { mtu: { owner, values: ['1400'], before: '1600' } } } as const;
    const next = askedBefore({ ...before, settings }, later, host, everyone);
    expect(next['br-a']?.['mtu']).to.deep.equal({ owner, values: ['1400', '1450'], before: '1600' });
  });

  describe('of a link of others', () => {
    const text = desired(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Link: { MTUBytes: 1400 } }));
    const one = {
      owner: 'Network/eth1',
      values: ['1400'],
      before: '1300',
      identity: `${observed(252).epoch} 7000`,
    } as const;
    const known = { ...before, settings: { eth1: { mtu: one } } };
    const seenWith = (mtu: number) => observed(252, { links: links(link('eth1', { mtu })) });
    const mtuOf = (mtu: number) => askedBefore(known, text, seenWith(mtu), everyone)['eth1']?.['mtu'];

    it('is on record with which link it was, and what another one of the name had before', () => {
      const identity = identityOf(link('eth1'), seenWith(1500));
      expect(mtuOf(9000)).to.deep.equal({ ...one, before: '9000', identity });
    });

    it('is on record without what nobody has seen', () => {
      expect(mtuOf(1400)).to.not.have.property('before');
    });

    it('is on record with the MTU of before a reboot', () => {
      const settings = { eth1: { mtu: { ...one, identity: 'an-old-boot 3' } } };
      const asked = askedBefore({ ...before, settings }, text, seenWith(1400), everyone);
      expect(asked['eth1']?.['mtu']?.before).to.equal('1300');
    });

    it('is on record without the MAC address of a card that may be another one since a reboot', () => {
      const mac = '02:00:00:00:00:02';
      const card = doc('Network', 'eth1', { Match: { Name: 'eth1' }, Link: { MACAddress: mac } });
      const own = { ...one, values: [mac], before: '02:00:00:00:00:01', identity: 'an-old-boot 3' };
      const host = observed(252, { links: links(link('eth1', { mac })) });
      const settings = { eth1: { mac: own } };
      const asked = askedBefore({ ...before, settings }, desired(252, card), host, everyone);
      expect(asked['eth1']?.['mac']).to.not.have.property('before');
    });

    it('forgets addresses that another link of the name had, and those that are asked for no more', () => {
      const network = { Address: ['10.0.0.1/24'] };
      const text = desired(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: network }));
      const own = { ...one, values: ['10.0.0.1/24'], found: ['10.0.0.1/24'] };
      const settings = { eth1: { address: own } };
      const host = observed(252, { links: links(link('eth1')) });
      const asked = askedBefore({ ...before, settings }, text, host, everyone);
      expect(asked['eth1']?.['address']).to.not.have.property('found');
      const more = {
        eth1: { address: { ...own, values: ['10.0.0.1/24', '10.0.0.2/24'], found: ['10.0.0.2/24'] } },
      };
      const left = askedAfter({ ...before, settings: more }, text, () => false);
      expect(left['eth1']?.['address']?.found).to.deep.equal([]);
    });

    it('found nothing that a unit on record has brought', () => {
      const network = { Address: ['10.0.0.1/24'] };
      const text = desired(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: network }));
      const host = observed(252, { links: links(link('eth1', { addresses: network.Address })) });
      const known = { ...converged(252).inventory, units: inventoryOf(text).units };
      const asked = askedBefore(known, text, host, everyone);
      expect(asked['eth1']?.['address']).to.not.have.property('found');
    });

    it('is on record with the addresses that were there before', () => {
      const network = { Address: ['10.0.0.1/24', '10.0.0.2/24'] };
      const two = desired(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: network }));
      const host = observed(252, {
        links: links(link('eth1', { addresses: ['10.0.0.1/24', '10.0.0.3/24'] })),
      });
      const asked = askedBefore(converged(252).inventory, two, host, everyone)['eth1']?.['address'];
      expect(asked).to.deep.include({ values: network.Address, found: ['10.0.0.1/24'] });
    });
  });

  it('goes on with its ports where it is the MTU of a bridge', () => {
    const settings = { 'br-a': { mtu: { owner, values: ['1400'] } } };
    const host = observed(252, { links: links(link('br-a', { kind: 'bridge' })) });
    const step = { kind: 'set-link', link: 'br-a', property: 'mtu', value: '1450', owner } as const;
    const steps = [{ ...step, reason: '', disruption: 'none' }] as const;
    expect(followed(settings, steps, host)['br-a']?.['mtu']?.values).to.deep.equal(['1400', '1450']);
    expect(followed(settings, [], host)).to.equal(settings);
  });
});
