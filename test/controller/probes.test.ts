import { expect } from 'chai';
import { portsIn } from '../../controller/probes/automatic.ts';
import { connectionsTo, defaultGateway } from '../../controller/probes/proc.ts';
import { serversIn } from '../../controller/probes/requests.ts';

// Copied from a host: addresses are words of a little-endian machine.
const route4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
br-mgmt\t00000000\t010200C0\t0003\t0\t0\t1024\t00000000\t0\t0\t0
eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t2000\t00000000\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
const zero = '0'.repeat(32);
const route6 = `20010db8000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
${zero} 00 ${zero} 00 fe80000000000000000000000000aa01 00000400 00000001 00000000 00000003     eth0
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
`;
const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt';
const tcp4 = `${header}
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 020200C0:0016 07020 0C0:C8A3 01
   2: 020200C0:0016 070200C0:C8A3 01 00000000:00000000 00:00000000 00000000     0        0 2
   3: 020200C0:01BB 070200C0:C8A4 01 00000000:00000000 00:00000000 00000000     0        0 3
   4: 020200C0:0016 080200C0:C8A5 06 00000000:00000000 00:00000000 00000000     0        0 4
`;
const tcp6 = `${header}
   0: B80D0120000000000000000002000000:0016 B80D0120000000000000000007000000:C8A3 01 00000000:00000000 00:0 0 0 0 5
   1: 0000000000000000FFFF0000020200C0:0016 0000000000000000FFFF0000090200C0:C8A6 01 00000000:00000000 00:0 0 0 0 6
`;

describe('the default gateway', () => {
  it('is that of the lowest metric', () => {
    expect(defaultGateway(4, route4)).to.deep.include({ link: 'eth0', address: '10.0.0.1' });
    expect(defaultGateway(6, route6)).to.deep.include({ link: 'eth0', address: 'fe80::aa01' });
  });

  it('has no address where the route leads straight onto a link', () => {
    const only = route4.split('\n').filter((line) => !/^(br-mgmt|eth0)/.test(line));
    expect(defaultGateway(4, only.join('\n'))).to.deep.include({ link: 'tun0', address: undefined });
  });

  it('is none without a default route, and an unreachable one is none', () => {
    expect(defaultGateway(4, route4.split('\n')[0] ?? '')).to.equal(undefined);
    expect(defaultGateway(6, route6.split('\n')[2] ?? '')).to.equal(undefined);
    expect(defaultGateway(6, '')).to.equal(undefined);
  });
});

describe('the ssh connections of a host', () => {
  it('are the established ones to the ports of sshd', () => {
    expect(connectionsTo(new Set([22]), tcp4)).to.deep.equal([
      { local: { address: '192.0.2.2', port: 22 }, peer: { address: '192.0.2.7', port: 51_363 } },
    ]);
    expect(connectionsTo(new Set([443]), tcp4).map(({ peer }) => peer.port)).to.deep.equal([51_364]);
  });

  it('may be IPv6, and IPv4 in its clothes', () => {
    expect(connectionsTo(new Set([22]), tcp6)).to.deep.equal([
      { local: { address: '2001:db8::2', port: 22 }, peer: { address: '2001:db8::7', port: 51_363 } },
      { local: { address: '192.0.2.2', port: 22 }, peer: { address: '192.0.2.9', port: 51_366 } },
    ]);
  });

  it('go to the ports that its settings name, else to 22', () => {
    expect([...portsIn('')]).to.deep.equal([22]);
    expect([...portsIn('#Port 2200\nport 2222\n  Port=2022\nPortX 1\n')]).to.deep.equal([2222, 2022]);
  });
});

describe('the servers of a resolv.conf', () => {
  it('are its addresses, and nothing else', () => {
    const text = '# nameserver 192.0.2.1\nnameserver 9.9.9.9\nnameserver\tnone\nnameserver 2620:fe::fe\n';
    expect(serversIn(text)).to.deep.equal(['9.9.9.9', '2620:fe::fe']);
  });
});
