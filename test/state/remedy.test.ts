import { expect } from 'chai';
import type { Observed, ObservedLink } from '../../state/observed.ts';
import type { Rung } from '../../state/progress.ts';
import { describeStep } from '../../state/step.ts';
import { wantsOf } from '../../state/wants.ts';
import { bridge, converged, desired, doc, netdev, planOf, withLinks } from './build.ts';

const network = (name: string, sections: object) =>
  doc('Network', name, { Match: { Name: name }, ...sections });
const nat = { addresses: ['10.0.0.1/24'], gateway: '10.0.0.254', forwarding: 'ipv4', masquerade: 'ipv4' };
const documents = [
  bridge('a', { ...nat, dhcpServer: {} }),
  netdev('v', 'vlan', { VLAN: { Id: 7 } }),
  netdev('b', 'bridge', { Bridge: { STP: true } }),
  network('b', {
    Network: { Address: '10.1.0.1/24', DNS: '10.1.0.53' },
    Route: [
      { Destination: '10.7.0.0/16', Gateway: '10.1.0.2' },
      { Destination: '10.8.0.0/16', MTUBytes: 1400 },
    ],
    RoutingPolicyRule: [
      { From: '10.1.0.0/24', Table: 100 },
      { From: '10.2.0.0/24', User: 'root' },
    ],
  }),
];

/** The steps of a host on which all is as promised but for what is given. */
function steps(
  host: Partial<Observed>,
  changes: Readonly<Record<string, Partial<ObservedLink>>> = {},
  rung: Rung = 0,
) {
  const known = converged(252, ...documents);
  const route = { family: 4, protocol: 4, table: 254, type: 1, link: 'b' } as const;
  const whole: Partial<Observed> = {
    defaultRoutes: [{ link: 'br-a', gateway: '10.0.0.254' }],
    routes: [
      { ...route, destination: '10.7.0.0/16', gateway: '10.1.0.2' },
      { ...route, destination: '10.8.0.0/16' },
    ],
    rules: [
      { family: 4, priority: 32_765, from: '10.1.0.0/24', table: 100, isInverted: false },
      { family: 4, priority: 32_764, from: '10.2.0.0/24', table: 254, isInverted: false },
    ],
    sysctls: new Map([['net/ipv4/ip_forward', '1']]),
    masqueraded: ['10.0.0.0/24'],
    dhcpServers: new Set(['br-a']),
  };
  const seen = withLinks(
    { ...known.observed, ...whole, ...host },
    { 'br-a': { carrier: true }, ...changes, b: { kind: 'bridge', ...changes['b'] } },
  );
  return planOf({ ...known, observed: seen }, { rungOf: () => rung }).steps.map(describeStep);
}

describe('what is lost of the way of packets', () => {
  it('is nothing while all is there', () => {
    expect(steps({})).to.deep.equal([]);
  });

  const cases: readonly (readonly [string, Parameters<typeof steps>, readonly string[]])[] = [
    [
      'a default route is added, and nothing else disturbed',
      [{ defaultRoutes: [] }],
      ['add-route default via 10.0.0.254 dev br-a: default route through 10.0.0.254 is missing'],
    ],
    [
      'routes are added one by one, those that only networkd can set through it',
      [{ routes: [] }],
      [
        'add-route 10.7.0.0/16 via 10.1.0.2 dev b: route 10.7.0.0/16 via 10.1.0.2 is missing',
        'reconfigure-link b: route 10.8.0.0/16 is missing (link flap)',
      ],
    ],
    [
      'a rule without a priority gets the lowest place that is free',
      [{ rules: [{ family: 4, priority: 32_764, from: '10.2.0.0/24', table: 254, isInverted: false }] }],
      ['add-rule from 10.1.0.0/24 priority 32765 table 100: rule from 10.1.0.0/24 table 100 is missing'],
    ],
    [
      'and the next one below where that is taken',
      [{ rules: [{ family: 4, priority: 32_765, from: '10.2.0.0/24', table: 254, isInverted: false }] }],
      ['add-rule from 10.1.0.0/24 priority 32764 table 100: rule from 10.1.0.0/24 table 100 is missing'],
    ],
    [
      'a rule that only networkd can set is set through it',
      [{ rules: [{ family: 4, priority: 32_765, from: '10.1.0.0/24', table: 100, isInverted: false }] }],
      ['reconfigure-link b: rule from 10.2.0.0/24 table 254 is missing (link flap)'],
    ],
    [
      'a switch is set in place',
      [{ sysctls: new Map([['net/ipv4/ip_forward', '0']]) }],
      ['set-sysctl net/ipv4/ip_forward 1: net/ipv4/ip_forward is 0, should be 1'],
    ],
    [
      'a network goes back into the table of nftables',
      [{ masqueraded: [] }],
      ['masquerade 10.0.0.0/24: 10.0.0.0/24 is not masqueraded'],
    ],
    [
      'servers and domains are reverted',
      [{}, { b: { names: { dns: [], domains: [], ntp: [] } } }],
      ['revert-names b: DNS server 10.1.0.53 is missing'],
    ],
    [
      'a DHCP server is started by networkd alone',
      [{ dhcpServers: new Set() }],
      ['reconfigure-link br-a: its DHCP server does not listen (link flap)'],
    ],
    [
      'a setting of a bridge is set in place',
      [{}, { b: { data: { stp_state: 0 } } }],
      ['set-option b stp_state 1: Bridge.STP is 0 (stp_state), should be 1'],
    ],
    [
      'a VLAN of another id is made anew',
      [{}, { v: { data: { id: 6 } } }],
      [
        'delete-link v: VLAN.Id is 6 (id), should be 7 (recreate)',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
    [
      'with the addresses gone too, one step brings all back',
      [{ defaultRoutes: [] }, { 'br-a': { addresses: [] } }],
      ['reconfigure-link br-a: address 10.0.0.1/24 is missing (link flap)'],
    ],
    [
      'of a link that is down, its state comes first',
      [{ defaultRoutes: [] }, { 'br-a': { operational: 'off' } }],
      ['reconfigure-link br-a: default route through 10.0.0.254 is missing (link flap)'],
    ],
    [
      'nothing is done while networkd is at work',
      [
        { defaultRoutes: [], routes: [] },
        { 'br-a': { setup: 'configuring' }, b: { setup: 'configuring' } },
      ],
      [],
    ],
    [
      'what did not help is followed by the next rung, but for what networkd never does',
      [{ defaultRoutes: [], masqueraded: [] }, {}, 1],
      [
        'touch-dependents 05-osa-net-br-a.network: they name links that are made anew',
        'reload systemd-networkd: links must be made or looked at anew',
        'masquerade 10.0.0.0/24: 10.0.0.0/24 is not masqueraded',
      ],
    ],
    [
      'a DHCP server alone is never worth a new link',
      [{ dhcpServers: new Set() }, {}, 2],
      ['reconfigure-link br-a: its DHCP server does not listen (link flap)'],
    ],
    [
      'a default route may be, in the end',
      [{ defaultRoutes: [] }, {}, 2],
      [
        'delete-link br-a: default route through 10.0.0.254 is missing (recreate)',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
  ];
  for (const [what, given, expected] of cases) {
    it(what, () => {
      expect(steps(...given)).to.deep.equal(expected);
    });
  }
});

describe('what has to be read of a host', () => {
  it('is what documents promise, and whom it concerns', () => {
    const wants = wantsOf(desired(252, ...documents));
    expect(wants).to.deep.include({
      gateways: true,
      routeProtocols: [4],
      rules: true,
      sysctls: ['net/ipv4/ip_forward', 'net/ipv4/conf/br-a/forwarding'],
      natFamilies: ['ip'],
      dhcpServers: true,
    });
    expect([...wants.named]).to.deep.equal(['b']);
    expect([...wants.owners.routes]).to.deep.equal(['ContainerBridge/a', 'Network/b']);
    expect([...wants.owners.rules]).to.deep.equal(['Network/b']);
    expect([...wants.owners.nat]).to.deep.equal(['ContainerBridge/a']);
  });

  it('is nothing beyond links where no document asks for it', () => {
    const wants = wantsOf(desired(252, bridge('plain', { addresses: ['10.0.0.1/24'] })));
    expect(wants).to.deep.include({
      gateways: false,
      routeProtocols: [],
      rules: false,
      sysctls: [],
      natFamilies: [],
      dhcpServers: false,
    });
  });
});
