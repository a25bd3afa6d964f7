import { expect } from 'chai';
import { compileAll } from '../../crds/compile.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { linesOf, rendered, resource } from './documents.ts';

const network = '05-osa-net-br-a.network';
const addresses = ['10.0.3.2/24', 'fd00::2/64'];

function lines(version: number, spec: object): readonly string[] {
  return linesOf(rendered(version, resource('ContainerBridge', 'a', spec)), network);
}

describe('units of a ContainerBridge', () => {
  it('are a bridge and its network, which needs no carrier, no router and no boot', () => {
    const all = rendered(252, resource('ContainerBridge', 'a', {}));
    expect(all.units.map(({ name }) => name)).to.deep.equal(['05-osa-net-br-a.netdev', network]);
    expect(linesOf(all, '05-osa-net-br-a.netdev')).to.deep.equal([
      '[NetDev] Name=br-a',
      '[NetDev] Kind=bridge',
    ]);
    expect(linesOf(all, network)).to.deep.equal([
      '[Match] Name=br-a',
      '[Link] RequiredForOnline=no',
      '[Network] ConfigureWithoutCarrier=yes',
      '[Network] IPv6AcceptRA=no',
    ]);
  });

  const forwarding: readonly [families: string, version: number, lines: readonly string[]][] = [
    ['none', 252, []],
    ['none', 257, []],
    ['ipv4', 247, ['IPForward=ipv4']],
    ['ipv6', 255, ['IPForward=ipv6']],
    ['both', 255, ['IPForward=yes']],
    ['ipv4', 256, ['IPv4Forwarding=yes']],
    ['ipv6', 257, ['IPv6Forwarding=yes']],
    ['both', 262, ['IPv4Forwarding=yes', 'IPv6Forwarding=yes']],
  ];
  for (const [families, version, expected] of forwarding) {
    it(`forward ${families} on v${version}: ${expected.join(' ') || 'nothing'}`, () => {
      const found = lines(version, { forwarding: families }).filter((line) => line.includes('Forward'));
      expect(found).to.deep.equal(expected.map((line) => `[Network] ${line}`));
    });
  }

  const masquerade: readonly [families: string, version: number, lines: readonly string[]][] = [
    ['none', 247, []],
    ['ipv4', 247, ['[Network] IPMasquerade=yes']],
    ['ipv4', 248, ['[Network] IPMasquerade=ipv4']],
    ['ipv6', 248, ['[Network] IPMasquerade=ipv6']],
    ['both', 262, ['[Network] IPMasquerade=both']],
  ];
  for (const [families, version, expected] of masquerade) {
    it(`masquerade ${families} on v${version}`, () => {
      const found = lines(version, { addresses, masquerade: families }).filter((line) =>
        line.includes('Masquerade'),
      );
      expect(found).to.deep.equal(expected);
    });
  }

  const unsupported: readonly [field: string, version: number, spec: object][] = [
    ['masquerade', 247, { addresses, masquerade: 'ipv6' }],
    ['masquerade', 247, { addresses, masquerade: 'both' }],
    ['persistLeases', 255, { addresses: ['10.0.3.2/24'], dhcpServer: { persistLeases: true } }],
  ];
  for (const [field, version, spec] of unsupported) {
    it(`v${version} cannot do ${JSON.stringify(spec)}, and the place is named`, () => {
      const bridge = resource('ContainerBridge', 'a', spec);
      const { units, problems } = rendered(version, bridge);
      const [problem] = problems;
      expect(units).to.deep.equal([]);
      expect(problems.map(({ code }) => code)).to.deep.equal(['UNSUPPORTED_BY_SYSTEMD']);
      expect(problem?.location.excerpt.slice((problem?.location.column ?? 0) - 1)).to.match(
        field === 'masquerade' ? /^"(ipv6|both)"/ : /^true/,
      );
      expect(rendered(262, bridge).problems).to.deep.equal([]);
    });
  }

  it('are left out where systemd cannot do them, and those of the others stay', () => {
    const able = resource('ContainerBridge', 'b', {});
    const { units } = rendered(
      247,
      resource('ContainerBridge', 'a', { addresses, masquerade: 'both' }),
      able,
    );
    expect(units.map(({ owner }) => owner)).to.deep.equal(['ContainerBridge/b', 'ContainerBridge/b']);
    expect(compileAll([able], capabilitiesOf(247))[0]).to.not.have.property('problems');
  });

  const leases: readonly [set: boolean | undefined, version: number, line: string | undefined][] = [
    [undefined, 255, undefined],
    [false, 255, undefined],
    [undefined, 256, 'no'],
    [undefined, 257, 'no'],
    [undefined, 258, 'runtime'],
    [true, 256, 'yes'],
    [true, 262, 'yes'],
    [false, 262, 'no'],
  ];
  for (const [set, version, line] of leases) {
    it(`persistLeases ${set ?? 'unset'} on v${version}: ${line ?? 'nothing'}`, () => {
      const dhcpServer = set === undefined ? {} : { persistLeases: set };
      const found = lines(version, { addresses: ['10.0.3.2/24'], dhcpServer }).filter((one) =>
        one.includes('Persist'),
      );
      expect(found).to.deep.equal(line === undefined ? [] : [`[DHCPServer] PersistLeases=${line}`]);
    });
  }

  it('carry every setting of the DHCP server', () => {
    const dhcpServer = {
      poolOffset: 10,
      poolSize: 20,
      defaultLeaseTime: '3h',
      maxLeaseTime: '1d',
      emitDNS: true,
      dns: ['10.0.3.2', '_server_address'],
      emitNTP: false,
      ntp: ['10.0.3.3'],
      emitRouter: false,
      emitTimezone: true,
      timezone: 'Europe/Berlin',
    };
    const found = lines(252, { addresses: ['10.0.3.2/24'], dhcpServer });
    expect(found).to.include('[Network] DHCPServer=yes');
    expect(found.filter((line) => line.startsWith('[DHCPServer]'))).to.deep.equal([
      '[DHCPServer] PoolOffset=10',
      '[DHCPServer] PoolSize=20',
      '[DHCPServer] DefaultLeaseTimeSec=3h',
      '[DHCPServer] MaxLeaseTimeSec=1d',
      '[DHCPServer] EmitDNS=yes',
      '[DHCPServer] DNS=10.0.3.2 _server_address',
      '[DHCPServer] EmitNTP=no',
      '[DHCPServer] NTP=10.0.3.3',
      '[DHCPServer] EmitRouter=no',
      '[DHCPServer] EmitTimezone=yes',
      '[DHCPServer] Timezone=Europe/Berlin',
    ]);
  });

  it('plug in dummies, which they make, and existing links, which they do not', () => {
    const spec = { dummies: ['dummy0'], interfaces: ['eth1'], mtu: 9000, macAddress: '02:00:00:00:00:01' };
    const all = rendered(252, resource('ContainerBridge', 'a', spec));
    expect(all.units.map(({ name }) => name.slice('05-osa-net-'.length))).to.deep.equal([
      'br-a.netdev',
      'br-a.network',
      'dummy0.netdev',
      'dummy0.network',
      'eth1.network',
    ]);
    expect(linesOf(all, '05-osa-net-br-a.netdev')).to.include('[NetDev] MACAddress=02:00:00:00:00:01');
    expect(linesOf(all, network)).to.include('[Link] MTUBytes=9000');
    expect(linesOf(all, network)).to.not.include('[Link] RequiredForOnline=no');
    expect(linesOf(all, '05-osa-net-dummy0.netdev')).to.deep.equal([
      '[NetDev] Name=dummy0',
      '[NetDev] Kind=dummy',
    ]);
    expect(linesOf(all, '05-osa-net-dummy0.network')).to.deep.equal([
      '[Match] Name=dummy0',
      '[Link] MTUBytes=9000',
      '[Link] RequiredForOnline=no',
      '[Network] Bridge=br-a',
      '[Network] IPv6AcceptRA=no',
    ]);
    expect(linesOf(all, '05-osa-net-eth1.network')).to.deep.equal([
      '[Match] Name=eth1',
      '[Network] Bridge=br-a',
      '[Network] IPv6AcceptRA=no',
    ]);
    const ports = all.units.filter(({ name }) => /(dummy0|eth1)\.network/.test(name));
    expect(ports.map(({ dependsOn }) => dependsOn)).to.deep.equal([['br-a'], ['br-a']]);
  });

  it('do not look for duplicates of IPv6 addresses where the bridge may never have carrier', () => {
    const both = [...addresses, 'fd01::2/64'];
    expect(lines(252, { addresses: both }).filter((line) => line.includes('Ad'))).to.deep.equal([
      '[Network] Address=10.0.3.2/24',
      '[Address] Address=fd00::2/64',
      '[Address] DuplicateAddressDetection=none',
      '[Address] Address=fd01::2/64',
      '[Address] DuplicateAddressDetection=none',
    ]);
    for (const port of [{ dummies: ['dummy0'] }, { interfaces: ['eth1'] }]) {
      expect(lines(252, { addresses: both, ...port }).filter((line) => line.includes('Ad'))).to.deep.equal(
        both.map((address) => `[Network] Address=${address}`),
      );
    }
  });
});
