import type { Kind } from '../../crds/resource.ts';
import { checkMarked, type MarkedSpec } from './marked.ts';

const tables: { readonly [K in Kind]?: readonly MarkedSpec[] } = {
  ConnectivityProbe: [
    ['nothing to ask', 'timeout: 1s', ['MISSING_FIELD', /none of ping, tcp, dns and http/]],
    [
      'more than one question',
      '»tcp: {host: db, port: 1}\nping: {host: db}\n»dns:\n  name: db',
      ['BAD_VALUE', /spec\.ping as well as spec\.tcp/],
      ['BAD_VALUE', /spec\.ping as well as spec\.dns/],
    ],
    ['a host with a prefix length', 'ping: {host: »10.0.0.1/24}', ['BAD_ADDRESS', /such as 10\.0\.0\.1$/]],
    ['a host that is a URL', 'ping: {host: »"http://db.example/x"}', ['BAD_ADDRESS', /such as db\.example$/]],
    ['a host with a port', 'tcp: {host: »"db:80", port: 80}', ['BAD_ADDRESS', /such as db$/]],
    ['a host that looks like an address', 'ping: {host: »10.0.0.300}', ['BAD_ADDRESS']],
    ['an option of a program', 'ping: {host: »-f}', ['BAD_ADDRESS']],
    ['a port too high', 'tcp: {host: db, port: »65536}', ['OUT_OF_RANGE', /from 1 to 65535/]],
    ['no port', '»tcp: {host: db}', ['MISSING_FIELD', /spec\.tcp\.port/]],
    ['a name that is none', 'dns: {name: »a..b}', ['BAD_VALUE', /is not a DNS name/]],
    ['a server that is a name', 'dns: {name: a, server: »dns.example}', ['BAD_ADDRESS']],
    ['a URL of ftp', 'http: {url: »"ftp://a/"}', ['BAD_VALUE', /http or https/]],
    ['a URL without a scheme', 'http: {url: »a/b}', ['BAD_VALUE', /is not a URL/]],
    ['a URL with a password', 'http: {url: »"http://u:p@a/"}', ['BAD_VALUE', /password/]],
    ['a status that is none', 'http: {url: "http://a", status: »99}', ['OUT_OF_RANGE', /from 100 to 599/]],
    ['a time too long', 'ping: {host: a}\ntimeout: »2min', ['OUT_OF_RANGE', /from 1s to 60s/]],
    ['a time too short', 'ping: {host: a}\ntimeout: »500ms', ['BAD_VALUE']],
  ],
  MacvlanIntegration: [
    ['no bridge', 'mode: bridge', ['MISSING_FIELD', /spec\.bridge/]],
    ['a mode of ipvlan', 'bridge: br0\nmode: »l2', ['BAD_VALUE', /bridge, private, vepa, passthru/]],
    [
      'a side too long',
      'bridge: br0\nveth: {bridgeSide: »mv-very-long-name}',
      ['INTERFACE_NAME_TOO_LONG', /17 characters/],
    ],
    [
      'two links of one name',
      'bridge: br0\nveth: {bridgeSide: a0, macvlanSide: »a0}',
      ['DUPLICATE_INTERFACE'],
    ],
    [
      'a name that another has by default',
      'bridge: br0\nveth: {bridgeSide: »mv-test-v2}',
      ['DUPLICATE_INTERFACE', /spec\.veth\.macvlanSide/],
    ],
    ['a bridge that it makes itself', 'bridge: »mv-test', ['SELF_REFERENCE']],
    ['a bridge that is its veth', 'bridge: »a0\nveth: {macvlanSide: a0}', ['SELF_REFERENCE']],
    ['a name that systemd configures', 'bridge: br0\ninterface: »vt-x', ['BAD_INTERFACE_NAME']],
  ],
  LinkPolicy: [
    ['a policy that is none', 'macAddressPolicy: »persistant', ['BAD_VALUE', /did you mean persistent/]],
    ['a name policy that is none', 'namePolicy: [keep, »slots]', ['BAD_VALUE', /did you mean slot/]],
    ['an empty list', 'namePolicy: »[]', ['BAD_VALUE', /remove the key/]],
    ['no match at all', 'match: »{}', ['BAD_VALUE', /OriginalName/]],
    [
      'an unknown key to match',
      'match: {»Originalname: [eth0]}',
      ['UNKNOWN_FIELD', /did you mean OriginalName/],
    ],
    ['a pattern with a line end', 'match: {Driver: [»"a\\nb"]}', ['BAD_VALUE']],
    ['unit names that are paths', 'unitName: »../../x', ['BAD_NAME']],
    ['a unit name with its ending', 'unitName: »10-eth.link', ['BAD_NAME', /10-eth$/]],
    ['a unit name of dots', 'unitName: »..', ['BAD_NAME']],
    ['a pattern that would swallow the next line', "match: {Driver: [»'a\\']}", ['BAD_VALUE']],
    ['an empty unit name', 'unitName: »""', ['BAD_NAME']],
  ],
  Resolver: [
    [
      'true where yes is meant',
      'dnssec: »true\ndnsOverTLS: »false',
      ['WRONG_TYPE', /write yes$/],
      ['WRONG_TYPE', /write no$/],
    ],
    ['a number where a word is meant', 'cache: »0', ['WRONG_TYPE', /use one of: yes, no, no-negative/]],
    ['a way that there is not', 'resolvConf: »stubb', ['BAD_VALUE', /did you mean stub/]],
    ['a static file without servers', 'resolvConf: static', ['MISSING_FIELD', /dns: \[/]],
    [
      'servers that are none',
      'dns: [»dns.quad9.net, »9.9.9.9:0, »9.9.9.9:70000, »"2620:fe::fe:53:x", »"[9.9.9.9]:53", »9.9.9.9#, »a b]',
      ...Array.from({ length: 7 }, (): readonly [string] => ['BAD_ADDRESS']),
    ],
    [
      'servers in every form',
      'dns: [9.9.9.9, 9.9.9.9:53, "[2620:fe::fe]:53", "2620:fe::fe", "fe80::1%eth0", "9.9.9.9:853%eth0#dns.quad9.net"]',
    ],
    [
      'domains that are none',
      'domains: [example.org, ~., ~corp.example., »-a.org, »a..b, »"a b", »""]',
      ['BAD_VALUE'],
      ['BAD_VALUE'],
      ['BAD_VALUE'],
      ['BAD_VALUE'],
    ],
    [
      'listeners',
      'stubListenerExtra: [10.0.3.2, "udp:10.0.3.2:53", "tcp:[fd00::2]:53", »"sctp:10.0.3.2", »eth0]',
      ['BAD_ADDRESS'],
      ['BAD_ADDRESS'],
    ],
  ],
  NetDev: [
    ['neither name nor kind', '»»NetDev: {}', ['MISSING_FIELD', /Name/], ['MISSING_FIELD', /Kind/]],
    ['no kind', '»NetDev: {Name: br0}', ['MISSING_FIELD', /Kind: bridge/]],
    ['no section at all', '{}', ['MISSING_FIELD'], ['MISSING_FIELD']],
    ['a name too long', 'NetDev: {Name: »a-name-much-too-long, Kind: bridge}', ['INTERFACE_NAME_TOO_LONG']],
    ['a peer that is none', 'NetDev: {Name: a0, Kind: veth}\nPeer: {Name: »a/b}', ['BAD_INTERFACE_NAME']],
    ['a section that is a text', 'NetDev: {Name: a0, Kind: veth}\nPeer: »b', ['WRONG_TYPE', /map/]],
    [
      'a section in lower case',
      'NetDev: {Name: a0, Kind: dummy}\n»bridge: {}',
      ['UNKNOWN_FIELD', /spelling/],
    ],
    [
      'the section that is ours',
      'NetDev: {Name: a0, Kind: dummy}\n»X-OsaNet: {Owner: me}',
      ['UNKNOWN_FIELD', /osa-net writes it/],
    ],
    [
      'a key with an equals sign',
      'NetDev: {Name: a0, Kind: dummy, »"MTUBytes=1\\n[Peer]": x}',
      ['UNKNOWN_FIELD'],
    ],
    [
      'a value of two lines',
      'NetDev: {Name: a0, Kind: dummy, Description: »"a\\nb"}',
      ['BAD_VALUE', /one line/],
    ],
    [
      'a value that would swallow the next line',
      "NetDev: {Name: a0, Kind: dummy, Description: »'a\\'}",
      ['BAD_VALUE', /backslash/],
    ],
    ['a value that is a map', 'NetDev: {Name: a0, Kind: dummy, Description: »{a: 1}}', ['WRONG_TYPE']],
    ['no value', 'NetDev: {Name: a0, Kind: dummy, »Description: }', ['WRONG_TYPE', /""/]],
    [
      'numbers that YAML reads otherwise',
      'NetDev: {Name: a0, Kind: vlan}\nVLAN: {Id: »010, A: »1.10, B: »0x1f, C: »1e3, D: ».inf, E: »99999999999999999999, F: 10, G: -1.5}',
      ...Array.from({ length: 6 }, (): readonly [string, RegExp] => ['BAD_VALUE', /quote it/]),
    ],
    [
      'a state that nobody can require, and more',
      'requiredState: »up\nNetDev: {Name: a0, Kind: dummy, »"a b": 1}',
      ['BAD_VALUE'],
      ['UNKNOWN_FIELD'],
    ],
    [
      'lists of sections and values',
      'NetDev: {Name: a0, Kind: wireguard}\nWireGuardPeer:\n  - {AllowedIPs: [10.0.0.0/8, »{}]}\n  - »x',
      ['WRONG_TYPE'],
      ['WRONG_TYPE'],
    ],
  ],
  Network: [
    ['no match', 'Network: {DHCP: yes}', ['MISSING_FIELD', /Match: \{Name: eth0\}/]],
    ['an empty match', '»Match: {}', ['MISSING_FIELD', /empty/]],
  ],
  Link: [
    ['no match', 'Link: {MTUBytes: 1500}', ['MISSING_FIELD']],
    [
      'a state, which devices do not have',
      '»requiredState: up\nMatch: {OriginalName: eth0}',
      ['UNKNOWN_FIELD'],
    ],
  ],
};

describe('a field that is not what it should be', () => {
  for (const [kind, cases] of Object.entries(tables)) {
    describe(kind, () => {
      for (const [reason, spec, ...wanted] of cases) it(reason, () => checkMarked(kind, spec, wanted));
    });
  }
});
