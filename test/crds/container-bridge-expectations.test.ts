import { expect } from 'chai';
import { expectationOf, expectationsOf, resource } from './documents.ts';

describe('expectations of a ContainerBridge', () => {
  it('are all that the document says of each link', () => {
    const spec = {
      interface: 'br0',
      addresses: ['10.0.3.2/24', 'fd00:0::2/64'],
      gateway: '10.0.3.1',
      dummies: ['dummy0'],
      interfaces: ['eth1', 'eth2'],
      mtu: 1400,
      macAddress: '02-00-00-00-00-0A',
    };
    expect(expectationsOf(252, resource('ContainerBridge', 'a', spec))).to.deep.equal({
      br0: {
        link: 'br0',
        made: true,
        kind: 'bridge',
        addresses: ['10.0.3.2/24', 'fd00::2/64'],
        gateways: ['10.0.3.1'],
        mtu: 1400,
        mac: '02:00:00:00:00:0a',
        requiredState: 'routable',
        netdev: '05-osa-net-br0.netdev',
        network: '05-osa-net-br0.network',
        field: 'spec.interface',
      },
      dummy0: {
        link: 'dummy0',
        made: true,
        kind: 'dummy',
        master: { name: 'br0', foreign: false },
        mtu: 1400,
        requiredState: 'carrier',
        netdev: '05-osa-net-dummy0.netdev',
        network: '05-osa-net-dummy0.network',
        field: 'spec.dummies.0',
      },
      eth1: {
        link: 'eth1',
        made: false,
        master: { name: 'br0', foreign: false },
        network: '05-osa-net-eth1.network',
        field: 'spec.interfaces.0',
      },
      eth2: {
        link: 'eth2',
        made: false,
        master: { name: 'br0', foreign: false },
        network: '05-osa-net-eth2.network',
        field: 'spec.interfaces.1',
      },
    });
  });

  const integration = resource('MacvlanIntegration', 'i', { bridge: 'br-a' });
  const port = resource('Network', 'p', { Match: { Name: 'en*' }, Network: { Bridge: 'br-a' } });
  const elsewhere = resource('MacvlanIntegration', 'e', { bridge: 'br-b' });
  const states: readonly [
    reason: string,
    spec: object,
    others: readonly (typeof integration)[],
    state: string,
  ][] = [
    ['no ports', { addresses: ['10.0.3.2/24'] }, [], 'no-carrier'],
    ['ports of another bridge', { addresses: ['10.0.3.2/24'] }, [elsewhere], 'no-carrier'],
    ['a dummy and an address', { addresses: ['10.0.3.2/24'], dummies: ['d0'] }, [], 'routable'],
    ['a link and an address', { addresses: ['fd00::2/64'], interfaces: ['eth1'] }, [], 'routable'],
    ['an integration and an address', { addresses: ['10.0.3.2/24'] }, [integration], 'routable'],
    ['a raw Network and an address', { addresses: ['10.0.3.2/24'] }, [port], 'routable'],
    ['ports and no address', { dummies: ['d0'] }, [], 'carrier'],
    [
      'ports and link-local addresses',
      { addresses: ['169.254.1.1/16', 'fe80::1/64'], dummies: ['d0'] },
      [],
      'degraded',
    ],
    [
      'ports, a link-local and another address',
      { addresses: ['169.254.1.1/16', '10.0.3.2/24'], dummies: ['d0'] },
      [],
      'routable',
    ],
    ['a state of its own', { requiredState: 'off', addresses: ['10.0.3.2/24'], dummies: ['d0'] }, [], 'off'],
  ];
  for (const [reason, spec, others, state] of states) {
    it(`ask for ${state} with ${reason}`, () => {
      const bridge = resource('ContainerBridge', 'a', spec);
      expect(expectationOf('br-a', 252, bridge, ...others).requiredState).to.equal(state);
    });
  }
});
