import { expect } from 'chai';
import { compileAll } from '../../crds/compile.ts';
import type { ResolverIntent } from '../../crds/compiled.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { linesOf, rendered, resource } from './documents.ts';

function intentOf(spec: object): ResolverIntent | undefined {
  return compileAll([resource('Resolver', 'host', spec)], capabilitiesOf(252))[0]?.resolver;
}

describe('unit of a LinkPolicy', () => {
  const policies: readonly [reason: string, spec: object, unit: string, lines: readonly string[]][] = [
    [
      'every device by default',
      { macAddressPolicy: 'persistent' },
      '99-default.link',
      ['[Match] OriginalName=*', '[Link] MACAddressPolicy=persistent'],
    ],
    [
      'what the policy says',
      {
        unitName: '10-storage',
        match: { Driver: ['mlx5_core', 'i40e'], Type: ['ether'] },
        namePolicy: ['keep', 'slot'],
        mtu: 9000,
      },
      '10-storage.link',
      [
        '[Match] Driver=mlx5_core',
        '[Match] Driver=i40e',
        '[Match] Type=ether',
        '[Link] NamePolicy=keep slot',
        '[Link] MTUBytes=9000',
      ],
    ],
  ];
  for (const [reason, spec, unit, lines] of policies) {
    it(`is for ${reason}`, () => {
      expect(linesOf(rendered(252, resource('LinkPolicy', 'p', spec)), unit)).to.deep.equal(lines);
    });
  }
});

describe('intent of a Resolver', () => {
  it('is a link and the service, without units, links or a drop-in', () => {
    const [compiled] = compileAll([resource('Resolver', 'host', {})], capabilitiesOf(252));
    expect(compiled).to.deep.equal({
      key: 'Resolver/host',
      fragments: [],
      links: [],
      resolver: { resolvConf: { mode: 'uplink' }, enableService: true },
    });
  });

  it('has a drop-in with everything that resolved reads', () => {
    const intent = intentOf({
      resolvConf: 'stub',
      enableService: false,
      dns: ['9.9.9.9#dns.quad9.net', '2620:fe::fe'],
      fallbackDNS: ['1.1.1.1'],
      domains: ['example.org', '~.'],
      dnssec: 'allow-downgrade',
      dnsOverTLS: 'opportunistic',
      cache: 'no-negative',
      stubListenerExtra: ['10.0.3.2', 'udp:[fd00::2]:53'],
    });
    expect(intent).to.deep.include({ resolvConf: { mode: 'stub' }, enableService: false });
    expect(intent?.dropIn?.split('\n')).to.deep.equal([
      '# Written by osa-net for Resolver/host. Changes made here are overwritten:',
      '# change the document instead ("osa-net status" names its file).',
      '',
      '[Resolve]',
      'DNS=9.9.9.9#dns.quad9.net 2620:fe::fe',
      'FallbackDNS=1.1.1.1',
      'Domains=example.org ~.',
      'DNSSEC=allow-downgrade',
      'DNSOverTLS=opportunistic',
      'Cache=no-negative',
      'DNSStubListenerExtra=10.0.3.2',
      'DNSStubListenerExtra=udp:[fd00::2]:53',
      '',
    ]);
  });

  it('writes resolv.conf with what resolv.conf can say', () => {
    const { resolvConf } =
      intentOf({
        resolvConf: 'static',
        dns: [
          '9.9.9.9#dns.quad9.net',
          '10.0.3.2:53',
          '10.0.3.3:5353',
          '[2620:fe::fe]:53#dns.quad9.net',
          '[2620:fe::9]:853',
          'fe80::1%eth0',
        ],
        domains: ['example.org', '~corp.example.org', 'example.net', '~.', '.'],
      }) ?? {};
    expect(resolvConf?.mode === 'static' && resolvConf.text.split('\n').slice(3)).to.deep.equal([
      'nameserver 9.9.9.9',
      'nameserver 10.0.3.2',
      'nameserver 2620:fe::fe',
      'nameserver fe80::1%eth0',
      'search example.org example.net',
      '',
    ]);
  });

  it('writes a resolv.conf without search where there are no domains', () => {
    const { resolvConf } = intentOf({ resolvConf: 'static', dns: ['9.9.9.9'] }) ?? {};
    expect(resolvConf?.mode === 'static' && resolvConf.text).to.match(/\n\nnameserver 9\.9\.9\.9\n$/);
  });
});
