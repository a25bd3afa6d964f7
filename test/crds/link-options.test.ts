import { expect } from 'chai';
import type { SectionsSpec } from '../../crds/kinds/sections.ts';
import { comparedOptions, linkOptions, unsetOption } from '../../crds/networkd/link-options.ts';
import { expectationOf, resource } from './documents.ts';

/** Field of info_data and value, as they are promised. */
function promised(kind: string, spec: SectionsSpec): Readonly<Record<string, string>> {
  return Object.fromEntries(linkOptions(spec, kind).map(({ field, value }) => [field, value]));
}

describe('the settings of a kind of link', () => {
  const cases: readonly [string, SectionsSpec, Readonly<Record<string, string>>][] = [
    // Seconds of a bridge become hundredths, rounded up as networkd does (DIV_ROUND_UP).
    ['bridge', { Bridge: { ForwardDelaySec: 4 } }, { forward_delay: '400' }],
    ['bridge', { Bridge: { HelloTimeSec: '1500ms' } }, { hello_time: '150' }],
    ['bridge', { Bridge: { MaxAgeSec: '6.001' } }, { max_age: '601' }],
    ['bridge', { Bridge: { AgeingTimeSec: '0.29' } }, { ageing_time: '29' }],
    ['bridge', { Bridge: { AgeingTimeSec: '5min' } }, { ageing_time: '30000' }],
    ['bridge', { Bridge: { ForwardDelaySec: 0 } }, {}],
    ['bridge', { Bridge: { ForwardDelaySec: 'infinity' } }, {}],
    ['bridge', { Bridge: { STP: true, VLANFiltering: 'off' } }, { stp_state: '1', vlan_filtering: '0' }],
    ['bridge', { Bridge: { STP: 'perhaps' } }, {}],
    ['bridge', { Bridge: { DefaultPVID: 'none' } }, { vlan_default_pvid: '0' }],
    ['bridge', { Bridge: { DefaultPVID: 20, Priority: '08' } }, { vlan_default_pvid: '20', priority: '8' }],
    ['bridge', { Bridge: { VLANProtocol: '802.1ad' } }, { vlan_protocol: '802.1ad' }],
    ['bridge', { Bridge: { STP: [true, false] } }, { stp_state: '0' }],
    ['bridge', { VLAN: { Id: 5 } }, {}],
    [
      'bond',
      { Bond: { Mode: '802.3ad', TransmitHashPolicy: 'layer3+4' } },
      { mode: '802.3ad', xmit_hash_policy: 'layer3+4' },
    ],
    ['bond', { Bond: { LACPTransmitRate: 'fast', MinLinks: 2 } }, { ad_lacp_rate: 'fast', min_links: '2' }],
    // Milliseconds of a bond are cut; its delays are cut to multiples of the monitor's by the kernel.
    ['bond', { Bond: { MIIMonitorSec: '0.1005' } }, { miimon: '100' }],
    ['bond', { Bond: { MIIMonitorSec: '100ms', UpDelaySec: '250ms' } }, { miimon: '100', updelay: '200' }],
    ['bond', { Bond: { MIIMonitorSec: '100ms', DownDelaySec: '50ms' } }, { miimon: '100', downdelay: '0' }],
    ['bond', { Bond: { UpDelaySec: '250ms' } }, {}],
    [
      'bond',
      { Bond: { LearnPacketIntervalSec: 2, AllSlavesActive: 'yes' } },
      { lp_interval: '2', all_slaves_active: '1' },
    ],
    ['vlan', { VLAN: { Id: 7, Protocol: '802.1Q' } }, { id: '7', protocol: '802.1q' }],
    ['vxlan', { VXLAN: { VNI: 42, DestinationPort: 4789 } }, { id: '42', port: '4789' }],
    ['vxlan', { VXLAN: { Id: 42, MacLearning: false } }, { id: '42', learning: 'false' }],
    [
      'vxlan',
      { VXLAN: { Local: '10.0.0.1', Remote: 'FD00:0::2' } },
      { local: '10.0.0.1', remote6: 'fd00::2' },
    ],
    ['vxlan', { VXLAN: { Local: 'dhcp4', Group: '239.0.0.1' } }, { group: '239.0.0.1' }],
    ['macvtap', { MACVTAP: { Mode: 'vepa' } }, { mode: 'vepa' }],
    ['ipvlan', { IPVLAN: { Mode: 'L3S' } }, { mode: 'l3s' }],
    ['vrf', { VRF: { Table: 100 } }, { table: '100' }],
    ['dummy', { Bridge: { STP: true } }, {}],
  ];
  for (const [kind, spec, expected] of cases) {
    it(`are, of ${kind} ${JSON.stringify(spec)}, ${JSON.stringify(expected)}`, () => {
      expect(promised(kind, spec)).to.deep.equal(expected);
    });
  }

  it('say what sets them, and which only a new link can have', () => {
    const words = (kind: string, spec: SectionsSpec) => linkOptions(spec, kind).map((option) => option.words);
    expect(words('bridge', { Bridge: { STP: true } })).to.deep.equal([['stp_state', '1']]);
    expect(words('bond', { Bond: { LACPTransmitRate: 'slow' } })).to.deep.equal([['lacp_rate', 'slow']]);
    expect(words('vxlan', { VXLAN: { MacLearning: false } })).to.deep.equal([['nolearning']]);
    expect(words('vxlan', { VXLAN: { MacLearning: true, Remote: 'fd00::1' } })).to.deep.equal([
      ['remote', 'fd00::1'],
      ['learning'],
    ]);
    for (const [kind, spec] of [
      ['vlan', { VLAN: { Id: 7 } }],
      ['vxlan', { VXLAN: { VNI: 7 } }],
      ['bond', { Bond: { Mode: 'broadcast' } }],
      ['vrf', { VRF: { Table: 7 } }],
    ] as const) {
      expect(words(kind, spec)).to.deep.equal([undefined]);
    }
  });

  it('are promised of the link of a NetDev', () => {
    const netdev = resource('NetDev', 'b', { NetDev: { Name: 'b0', Kind: 'bridge' }, Bridge: { STP: true } });
    expect(expectationOf('b0', 252, netdev).options).to.deep.equal([
      { key: 'Bridge.STP', field: 'stp_state', value: '1', words: ['stp_state', '1'], unset: '0' },
    ]);
    const plain = resource('NetDev', 'd', { NetDev: { Name: 'd0', Kind: 'dummy' } });
    expect(expectationOf('d0', 252, plain)).to.not.have.property('options');
  });

  it('have another value where nobody asks for them, unless that depends', () => {
    expect(unsetOption('Bridge.AgeingTimeSec')).to.deep.include({ value: '30000', tolerance: 1 });
    expect(unsetOption('VXLAN.MacLearning')?.words).to.deep.equal(['learning']);
    for (const key of ['VLAN.Id', 'VXLAN.Remote', 'Bond.MIIMonitorSec', 'address', 'net/ipv4/ip_forward']) {
      expect(unsetOption(key), key).to.equal(undefined);
    }
  });

  it('are told by section', () => {
    expect(comparedOptions['VXLAN']).to.deep.equal([
      'VNI',
      'Id',
      'DestinationPort',
      'Local',
      'Remote',
      'Group',
      'TTL',
      'MacLearning',
    ]);
  });
});
