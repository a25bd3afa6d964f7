import { expect } from 'chai';
import { languageOf } from '../../crds/language/document.ts';
import type { Reading } from '../../crds/language/reading.ts';
import type { Kind } from '../../crds/resource.ts';
import { resourcesOf } from './documents.ts';
import { brief, documentOf, expectMarked, type MarkedSpec, unmarked } from './marked.ts';

const network = (text: string) => `Match: {Name: eth0}\n${text}`;
/** What systemd of a version makes of a document's text. */
function readingIn(text: string, version: number): Reading {
  const [resource] = resourcesOf(text);
  return resource ? languageOf(resource, version) : { unread: [], warnings: [] };
}

const device = (kind: string, text = '') => `NetDev: {Name: x, Kind: ${kind}}\n${text}`.trimEnd();

/** What no version of networkd reads without a word. */
const tables: { readonly [K in Kind]?: readonly MarkedSpec[] } = {
  Network: [
    ['a section misspelt', network('»Netwrok: {}'), ['UNKNOWN_FIELD', /did you mean Network\?/]],
    ['a section of another file', network('»Bond: {}'), ['UNKNOWN_FIELD', /see systemd\.network\(5\)/]],
    [
      'a key misspelt',
      network('Network: {»Adress: 10.0.0.1/24}'),
      ['UNKNOWN_FIELD', /did you mean Address\?/],
    ],
    [
      'a key of another section',
      network('Network: {»MTUBytes: 1500}'),
      ['UNKNOWN_FIELD', /it is a key of .*\[Link\]/],
    ],
    [
      'a key of its section in lower case',
      network('Network: {»dhcp: yes}'),
      ['UNKNOWN_FIELD', /mean DHCP\?/],
    ],
    ['no boolean', network('Network: {LLDP: »perhaps}'), ['BAD_VALUE', /use yes, no or routers-only/]],
    ['no address', network('Network: {Address: [10.0.0.1/24, »10.0.0.900/24]}'), ['BAD_VALUE']],
    ['a number too large', network('Link: {Group: »4294967296}'), ['BAD_VALUE', /from 0 to 2147483647/]],
    ['no span of time', network('DHCPServer: {MaxLeaseTimeSec: »soon}'), ['BAD_VALUE', /such as 5min/]],
    ['no MAC address', network('Link: {MACAddress: »"02:00"}'), ['BAD_VALUE', /02:00:00:00:03:02/]],
    ['a word of another key', network('Network: {DHCP: »ipv8}'), ['BAD_VALUE', /use yes, no, ipv4 or ipv6/]],
    ['a route to nowhere', network('Route: [»{Metric: 5}]'), ['MISSING_FIELD', /Destination/]],
    [
      'a route by two ways',
      network('Route: [{Destination: 10.1.0.0/16, Gateway: 10.0.0.2, »NextHop: 5}]'),
      ['BAD_VALUE', /cannot have both Gateway and NextHop/],
    ],
    ['an address section without one', network('»Address: {Label: x}'), ['MISSING_FIELD', /needs Address/]],
  ],
  NetDev: [
    ['a kind misspelt', 'NetDev: {Name: x, Kind: »brigde}', ['BAD_VALUE', /did you mean bridge\?/]],
    [
      'a section of another kind',
      device('bridge', '»VLAN: {Id: 7}'),
      ['UNKNOWN_FIELD', /a bridge has \[NetDev\], \[Bridge\]/],
    ],
    ['a vlan without Id', device('vlan', '»VLAN: {Protocol: 802.1q}'), ['MISSING_FIELD', /needs Id/]],
    ['an Id too large', device('vlan', 'VLAN: {Id: »4095}'), ['BAD_VALUE', /from 0 to 4094/]],
    ['a veth without peer', device('veth'), ['MISSING_FIELD', /a veth needs Name/]],
    ['two kinds', 'NetDev: {Name: x, Kind: [dummy, »bridge]}', ['BAD_VALUE', /is dummy already/]],
    [
      'two kinds in two sections',
      'NetDev: [{Name: x, Kind: dummy}, {Kind: »bridge}]',
      ['BAD_VALUE', /is dummy already/],
    ],
    ['a VNI of 25 bits', device('vxlan', 'VXLAN: {VNI: »16777216}'), ['BAD_VALUE', /16777215/]],
    [
      'a vxlan with two ends',
      device('vxlan', 'VXLAN: {VNI: 7, Group: 239.0.0.1, »Remote: 192.0.2.1}'),
      ['BAD_VALUE', /both Group and Remote/],
    ],
  ],
  LinkPolicy: [
    ['an address that is none', 'match: {MACAddress: [»02:00]}', ['BAD_VALUE', /02:00:00:00:03:02/]],
  ],
  Link: [
    ['a key of a .network', 'Match: {OriginalName: eth0}\nLink: {»RequiredForOnline: no}', ['UNKNOWN_FIELD']],
    [
      'a policy that is none',
      'Match: {OriginalName: eth0}\nLink: {MACAddressPolicy: »sticky}',
      ['BAD_VALUE', /persistent/],
    ],
  ],
};

for (const [kind, specs] of Object.entries(tables)) {
  describe(`a raw ${kind} that networkd would not read`, () => {
    for (const [reason, spec, ...wanted] of specs) {
      it(`says so: ${reason}`, () => {
        const { text, at } = unmarked(documentOf(kind, 'test', spec));
        for (const version of [252, 262]) expectMarked(readingIn(text, version).unread, at, wanted);
      });
    }
  });
}

describe('a raw document for a systemd that cannot read it', () => {
  const specs: readonly (readonly [version: number, kind: string, spec: string, text?: RegExp])[] = [
    [
      252,
      'Network',
      network('Network: {»IPv4Forwarding: yes}'),
      /write IPForward in \[Network\], or run systemd 256 or later/,
    ],
    [256, 'Network', network('Network: {IPv4Forwarding: yes}')],
    [
      247,
      'Network',
      network('Network: {IPMasquerade: »both}'),
      /does not take "both" for IPMasquerade; use yes or no, or run/,
    ],
    [252, 'Network', network('Network: {IPMasquerade: both}')],
    [257, 'Network', network('DHCPServer: {PersistLeases: »runtime}'), /run systemd 258 or later/],
    [258, 'Network', network('DHCPServer: {PersistLeases: runtime}')],
    [257, 'Network', network('Network: {MACVLAN: »a b}'), /or run systemd 262 or later/],
    [
      257,
      'NetDev',
      'NetDev: {Name: x, Kind: »hsr}\nHSR: {Ports: [a, b]}',
      /makes no hsr; run systemd 258 or later/,
    ],
    [262, 'NetDev', 'NetDev: {Name: x, Kind: »netdevsim}', /makes no netdevsim any more/],
    [
      248,
      'LinkPolicy',
      'match: {»Firmware: [uefi]}',
      /does not know Firmware in \[Match\]; run systemd 249 or later/,
    ],
    [250, 'Link', 'Match: {OriginalName: eth0}\nLink: {»SR-IOVVirtualFunctions: 4}', /251 or later/],
  ];
  for (const [version, kind, spec, pattern] of specs) {
    it(`${pattern ? 'says so' : 'is taken where it can'}: v${version} ${spec.split('\n').at(-1)}`, () => {
      const { text, at } = unmarked(documentOf(kind, 'test', spec));
      const problems = readingIn(text, version).unread;
      expect(problems.map(brief)).to.deep.equal(at.map((place) => `UNSUPPORTED_BY_SYSTEMD ${place}`));
      const [first] = problems;
      if (pattern) expect(`${first?.message}; ${first?.hint}`).to.match(pattern);
    });
  }
});

describe('a value that systemd takes with a warning', () => {
  const specs: readonly (readonly [versions: readonly number[], spec: string, text?: RegExp])[] = [
    [[247, 262], 'Network: {DHCP: »both}', /takes "both" for DHCP with a warning; use yes, no, ipv4 or ipv6/],
    [[247], 'Network: {IPMasquerade: yes}'],
    [[252, 262], 'Network: {IPMasquerade: »yes}', /use no, ipv4, ipv6 or both/],
    [[247, 262], 'Network: {Address: »10.0.0.1}', /10\.0\.3\.2\/24/],
    [
      [252, 262],
      'Address: {Address: 10.0.0.1/24, DuplicateAddressDetection: »yes}',
      /use none, both, ipv4 or ipv6/,
    ],
  ];
  for (const [versions, spec, pattern] of specs) {
    for (const version of versions) {
      it(`${pattern ? 'is warned of' : 'is as good as any'}: v${version} ${spec}`, () => {
        const { text, at } = unmarked(documentOf('Network', 'test', network(spec)));
        const { unread, warnings } = readingIn(text, version);
        expect(unread).to.deep.equal([]);
        expect(warnings.map(brief)).to.deep.equal(at.map((place) => `OBSOLETE_VALUE ${place}`));
        if (pattern) expect(`${warnings[0]?.message}; ${warnings[0]?.hint}`).to.match(pattern);
      });
    }
  }
});

describe('what a shaper is set to', () => {
  const read = (spec: string) =>
    readingIn(
      documentOf('Network', 'test', network(`TokenBucketFilter: {Rate: 1M, BurstBytes: 5K, ${spec}}`)),
      252,
    ).unread.map(({ code }) => code);

  it('is not there where it is 0', () => {
    expect(read('LimitBytes: 1M, LatencySec: 0')).to.deep.equal([]);
    expect(read('LimitBytes: 1M, LatencySec: 10ms')).to.deep.equal(['BAD_VALUE']);
    expect(read('LimitBytes: 0, LatencySec: 0ms')).to.deep.equal(['MISSING_FIELD']);
  });
});

describe('what is not known of a systemd', () => {
  const read = (version: number, spec: string) =>
    readingIn(documentOf('Network', 'test', network(spec)), version);

  it('is no reason to refuse: between two versions that were read through a value is taken as either takes it', () => {
    const masquerade = (version: number) => read(version, 'Network: {MACVLAN: a b}');
    expect([252, 257, 259, 262].map((version) => masquerade(version).unread.length)).to.deep.equal([
      1, 1, 0, 0,
    ]);
    expect(read(255, 'Network: {MACVLAN: a/b}').unread).to.have.length(1);
  });

  it('is only warned of where it is newer than all that were read', () => {
    for (const spec of ['Network: {Tomorrow: yes}', 'Tomorrow: {Key: yes}', 'Network: {DHCP: ipv8}']) {
      expect(read(262, spec).unread, spec).to.have.length(1);
      const { unread, warnings } = read(263, spec);
      expect([unread.length, warnings.length], spec).to.deep.equal([0, 1]);
    }
  });
});

describe('a secret in a raw document', () => {
  const secret = 'c2VjcmV0';
  const read = (kind: string, sections: string, version = 257) =>
    readingIn(documentOf('NetDev', 'test', `NetDev: {Name: x, Kind: ${kind}}\n${sections}`), version).unread;

  const documents: readonly (readonly [what: string, kind: string, sections: string, ...codes: string[]])[] =
    [
      ['that is wrong itself', 'wireguard', `WireGuard: {PrivateKey: ${secret}}`, 'BAD_VALUE'],
      ['of a key misspelt', 'wireguard', `WireGuard: {PrivatKey: ${secret}}`, 'UNKNOWN_FIELD'],
      [
        'beside something else',
        'wireguard',
        `WireGuard: {PrivateKey: ${secret}, ListenPrt: 1}`,
        'UNKNOWN_FIELD',
        'BAD_VALUE',
      ],
      ['in a section misspelt', 'wireguard', `Wireguard: {PrivateKey: ${secret}}`, 'UNKNOWN_FIELD'],
      ['in the section of another device', 'bridge', `WireGuard: {PrivateKey: ${secret}}`, 'UNKNOWN_FIELD'],
      [
        'in a section that lacks a key',
        'wireguard',
        `WireGuardPeer: [{PresharedKey: ${secret}}]`,
        'MISSING_FIELD',
        'BAD_VALUE',
      ],
      [
        'in the place of the file that it stands in',
        'wireguard',
        `WireGuard: {PrivateKeyFile: ${secret}}`,
        'BAD_VALUE',
      ],
      ['of a file misspelt', 'wireguard', `WireGuard: {PrivateKeyFil: ${secret}}`, 'UNKNOWN_FIELD'],
      ['of no key of any device', 'wireguard', `WireGuard: {MyPassword: ${secret}}`, 'UNKNOWN_FIELD'],
    ];
  for (const [what, kind, sections, ...codes] of documents) {
    it(`is shown to nobody: ${what}`, () => {
      const problems = read(kind, sections);
      expect(problems.map(({ code }) => code)).to.have.members(codes);
      expect(JSON.stringify(problems)).not.to.include(secret);
      for (const { location } of problems)
        expect([location.excerpt, location.line > 6]).to.deep.equal(['', true]);
    });
  }

  it('hides no line of a document that has none', () => {
    const [problem] = read('bridge', 'Bridge: {Priorty: 5}');
    expect(problem?.location.excerpt).to.equal('  Bridge: {Priorty: 5}');
  });
});

describe('what is not known of the versions between two that were read', () => {
  it('is no reason to refuse a key that the man pages do not date', () => {
    const read = (version: number) =>
      readingIn(documentOf('Network', 'test', network('DHCPServer: {Router: 10.0.0.1}')), version).unread;
    expect([247, 249, 252].map((version) => read(version).length)).to.deep.equal([1, 0, 0]);
  });

  it('ends at a hundred findings', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `Unknown${i}: 1`).join(', ');
    expect(
      readingIn(documentOf('Network', 'test', network(`Network: {${keys}}`)), 252).unread,
    ).to.have.length(100);
  });
});

describe('what a raw document has for old versions alone', () => {
  const specs: readonly (readonly [version: number, spec: string, text?: RegExp])[] = [
    [252, network('Network: {IPForward: yes}')],
    [
      256,
      network('Network: {»IPForward: yes}'),
      /is ignored since systemd 256; write IPv4Forwarding in \[Network\] instead/,
    ],
    [249, network('Network: {IPv6Token: "::1"}')],
    [250, network('Network: {»IPv6Token: "::1"}'), /write Token in \[IPv6AcceptRA\] instead/],
    [252, network('DHCP: {»UseDNS: yes}'), /write UseDNS in \[DHCPv4\] instead/],
    [252, network('Network: {»L2TP: x}'), /is ignored since systemd 251; remove it/],
  ];
  for (const [version, spec, pattern] of specs) {
    it(`${pattern ? 'is warned of' : 'is as good as any'}: v${version} ${spec.split('\n').at(-1)}`, () => {
      const { text, at } = unmarked(documentOf('Network', 'test', spec));
      const { unread, warnings } = readingIn(text, version);
      expect(unread).to.deep.equal([]);
      expect(warnings.map(brief)).to.deep.equal(at.map((place) => `OBSOLETE_KEY ${place}`));
      if (pattern) expect(`${warnings[0]?.message}; ${warnings[0]?.hint}`).to.match(pattern);
    });
  }
});
