import { splitAlternatives } from './notation.ts';

type Words = (...args: readonly string[]) => string;

const range: Words = (from_to = '') => (from_to === '' ? '' : ` from ${from_to.replace('..', ' to ')}`);

/** Atoms in words, with an example where the name alone does not tell. */
const atomWords: Readonly<Record<string, Words>> = {
  boolean: () => 'yes or no',
  int: (...args) => `a number${range(...args)}`,
  hexadecimal: () => 'a hexadecimal number',
  decimal: (...args) => `a number${range(...args)}`,
  seconds: () => 'a span of time such as 5min, or infinity',
  'finite-seconds': () => 'a span of time such as 5min',
  span: (...args) => `a span of time${range(...args)}`,
  usec: () => 'a span of time such as 5ms',
  size: () => 'a size such as 1500 or 4K',
  'si-size': () => 'a rate such as 100M',
  address: () => 'an address',
  'address-not-null': () => 'an address',
  ipv4: () => 'an IPv4 address',
  ipv6: () => 'an IPv6 address',
  'ipv4-not-null': () => 'an IPv4 address',
  'ipv6-not-null': () => 'an IPv6 address',
  prefix: () => 'an address with or without prefix length',
  cidr: () => 'an address with its prefix length, such as 10.0.3.2/24',
  'ipv4-prefix': () => 'an IPv4 address with or without prefix length',
  'ipv6-prefix': () => 'an IPv6 address with or without prefix length',
  'ipv4-cidr': () => 'an IPv4 address with its prefix length',
  'ipv6-cidr': () => 'an IPv6 address with its prefix length',
  mac: () => 'a MAC address such as 02:00:00:00:03:02',
  'unicast-mac': () => 'a MAC address such as 02:00:00:00:03:02',
  'hardware-address': () => 'a MAC address such as 02:00:00:00:03:02',
  ifname: () => 'the name of a link',
  altname: () => 'the name of a link',
  'route-table-name': () => 'the name of a table in networkd.conf',
  'port-range': () => 'a port or a range of ports such as 1000-2000',
  'tidy-path': () => 'an absolute path',
  hostname: () => 'a host name',
  domain: () => 'a domain name',
  path: () => 'an absolute path',
  text: () => 'a text',
  ascii: () => 'a text of ASCII characters',
  'address-cidr': () => 'an address with its prefix length, such as 10.0.3.2/24',
  netlabel: () => 'a NetLabel label',
  'address-nft-set': () => 'a set of nftables, such as address:inet:table:set',
  'vlan-range': () => 'a VLAN id or a range such as 100-200',
  'restart-delay': () => 'a span of time such as 100ms',
  'time-quantum': () => 'a span of time such as 10ns',
  'class-words': () => 'texts of at most 255 bytes',
  'escaped-url': () => 'a URL such as https://example.org/',
  'delegated-prefix': () => 'an IPv6 prefix length or prefix, such as ::/56',
  'raw-duid': () => 'bytes such as 00:00:ab:11',
  'duid-kind': () => 'a type such as link-layer or vendor',
  'duid-kind-or-number': () => 'a type such as link-layer, vendor or a number',
  'dhcp-host-name': () => 'a host name',
  'dhcp-option': () => 'an option such as 42:string:text',
  'dhcp-option-data': () => 'an option such as 42:string:text',
  'dhcp-vendor-option': () => 'an option such as 1234:42:string:text',
  'server-address': () => 'an address with its prefix length, such as 10.0.3.2/24',
  'time-from-5min': () => 'a span of time of 5min or more',
  'relay-agent-string': () => 'string: and a text',
  'lease-hostname': () => 'a host name',
  'dns-server': () => 'an address such as 192.0.2.53, with :port, %interface and #name if need be',
  'search-domain': () => 'a domain name, with ~ before it if only for routing',
  'metric-triple': () => 'three rising numbers such as 512:1024:2048',
  'weighted-gateway': () => 'a gateway, with @interface and a weight if need be',
  'multipath-hop': () => 'a gateway, with @interface and a weight if need be',
  'multipath-hop-or-device': () => 'a gateway or @interface, with a weight if need be',
  token: () => 'a token such as ::1a or prefixstable',
  'label-prefix': () => 'an IPv6 prefix',
  'ipv6-label-prefix': () => 'an IPv6 prefix',
  'pref64-prefix': () => 'an IPv6 prefix of 96, 64, 56, 48, 40 or 32 bits',
  'prefix-of-3-bits-or-more': () => 'an IPv6 prefix',
  'prefix-token': () => 'a token such as ::1a or eui64',
  'domain-to-announce': () => 'a domain name',
  'interface-label': () => 'a label of at most 15 characters, such as eth0:1',
  'match-kernel-names': () => 'names of links, patterns allowed, ! before them to negate',
  'match-names': () => 'names of links, patterns allowed, ! before them to negate',
  'match-properties': () => 'udev properties such as ID_NET_NAME=eth0',
  'match-words': () => 'words, patterns allowed, ! before them to negate',
  'mud-http-url': () => 'a URL such as https://example.org/',
  'neighbor-address': () => 'an address',
  nothing: () => 'no value: systemd only warns of it',
  no: () => 'no',
  'localhost-name': () => 'a name for the own host',
  'ipv4-link-local-dynamic': () => 'an IPv4 address from 169.254.1.0 to 169.254.254.255',
  'nexthop-group': () => 'ids with weights, such as 1:10 2:20',
  'range-of-states': () => 'one or two operational states, such as carrier:routable',
  'firewall-mark': () => 'a mark with or without mask, such as 7/255',
  'firewall-mark-or-zero': () => 'a mark with or without mask, such as 7/255',
  'named-protocol': () => 'a protocol of IP such as tcp, or its number',
  'port-or-range': () => 'a port or a range of ports such as 1000-2000',
  'user-range': () => 'a user id or a range such as 1000-2000',
  'time-zone': () => 'a time zone such as Europe/Berlin',
  'netfilter-set': () => 'a set of nftables, such as prefix:inet:table:set',
  permille: () => 'a share such as 50% or 500‰',
  'share-permille': () => 'a share such as 50%',
  'share-permyriad': () => 'a share such as 50%',
  'safe-text': () => 'a text without control characters',
  'safe-ascii': () => 'a text of ASCII characters',
  'balanced-words': () => 'words with balanced quotes',
  'tc-handle': () => 'a handle such as 1:10',
  'short-time': () => 'a span of time such as 5ms',
  'ets-priorities': () => 'at most 16 numbers',
  'ets-quanta': () => 'at most 16 sizes',
  'vlan-qos-map': () => 'pairs such as 1-7',
  'arp-targets': () => 'IPv4 addresses, at most 16',
  'ipv6-prefix-not-zero': () => 'an IPv6 prefix',
  'l2tp-local': () => 'an address',
  'multicast-address': () => 'a multicast address',
  'address-not-multicast': () => 'an address other than multicast',
  'allowed-ips': () => 'prefixes such as 10.0.0.0/8, fd00::/8',
  'allowed-ips-masked': () => 'prefixes without host bits, such as 10.0.0.0/8',
  'credential-reference': () => '@ and the name of a credential',
  'wireguard-endpoint': () => 'an endpoint such as 192.0.2.1:51820',
  'wireguard-endpoint-or-credential': () => 'an endpoint such as 192.0.2.1:51820',
  'wireguard-key': () => 'a key of 32 bytes in base64',
  'macsec-key': () => 'a key of 16 bytes in hexadecimal digits',
  'macsec-key-id': () => 'a key id of at most 16 bytes in hexadecimal digits',
  'path-outside-api': () => 'an absolute path',
  'interface-alias': () => 'a text',
  'udev-assignments': () => 'assignments such as NAME=value',
  'udev-properties': () => 'names of udev properties',
  'coalesce-time': () => 'a span of time such as 50us',
  'cpu-list': () => 'CPUs such as 0-3,5',
  empty: () => 'nothing',
};

/**
 * What a shape takes, for a hint: `yes, no, ipv4 or ipv6`. Atoms of one thing in several versions end in the version.
 * @throws TypeError where nobody wrote down the words for an atom
 */
export function inWords(shape: string): string {
  const parts = splitAlternatives(shape).filter(
    (part, _, all) => !part.startsWith('!') && (part !== '<empty>' || all.length === 1),
  );
  return oneOf([...new Set(parts.flatMap(alternativeInWords))]);
}

/** `yes, no or ipv4` */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function alternativeInWords(part: string): readonly string[] {
  if (part.endsWith('...'))
    return [`a list of: ${inWords(part.slice(0, -'...'.length).replace(/^\((.*)\)$/, '$1'))}`];
  if (part === '<boolean>') return ['yes', 'no'];
  if (!part.startsWith('<')) return [part.replace(/^~/, '')];
  const [name = '', ...args] = part.slice(1, -1).split(' ');
  const words = atomWords[name.replace(/-2\d\d$/, '')];
  if (!words) throw new TypeError(`expected words for the atom ${name}, got none`);
  return [words(...args)];
}
