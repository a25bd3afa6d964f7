import { parseIp } from '../../../ip.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { localSources252, localSources262 } from './tunnel.ts';

/** Names of <netinet/in.h>, in any case, whose number fits into a byte. */
const protocols = [
  'ip hopopts icmp igmp ipip tcp egp pup udp idp tp dccp ipv6 routing fragment rsvp gre esp ah icmpv6 none',
  'dstopts mtp beetph encap pim comp sctp mh udplite mpls raw',
]
  .flatMap((line) => line.split(' '))
  .map((name) => `~${name}`)
  .join(' | ');

/** [VXLAN], [GENEVE], [BareUDP] and [FooOverUDP]: tunnels over UDP. */
export const udpTunnelShapes: Shapes = {
  ip_port: '<empty> | <int 1..65535>',

  df: '<boolean> | inherit',
  flow_label: '<int 0..1048575>',
  port_range: '<port-range>',
  'vxlan_address Group': {
    247: '<multicast-address>',
    252: '<empty> | <multicast-address>',
  },
  'vxlan_address Local': {
    247: '<address-not-multicast>',
    252: `<empty> | ${localSources252} | <address-not-multicast>`,
    262: `<empty> | ${localSources262} | <address-not-multicast>`,
  },
  'vxlan_address Remote': {
    247: '<address-not-multicast>',
    252: '<empty> | <address-not-multicast>',
  },
  vxlan_ttl: 'inherit | <int 0..255>',

  geneve_address: '<address-not-multicast>',
  geneve_df: '<boolean> | inherit',
  geneve_flow_label: '<int 0..1048575>',
  geneve_ttl: 'inherit | <int 0..255>',
  geneve_vni: '<int 0..16777215>',

  bare_udp_iftype: 'ipv4 | ipv6 | mpls-uc | mpls-mc',

  fou_encap_type: 'FooOverUDP | GenericUDPEncapsulation',
  fou_tunnel_address: '<address>',
  ip_protocol: {
    // A number without a name is taken without a word whatever its size, and has no effect.
    247: `<empty> | ${protocols} | <int 0..4294967295>`,
    // 262 has a name (mptcp), and is too large for a protocol.
    252: `<empty> | ${protocols} | ~ethernet | <int 0..261> | <int 263..4294967295>`,
    257: `<empty> | ${protocols} | ~ethernet | ~l2tp | <int 0..255>`,
  },
};

export const udpTunnelAtoms: Atoms = {
  'multicast-address': (text) => isMulticast(text) === true,
  'address-not-multicast': (text) => isMulticast(text) === false,
};

/** 224.0.0.0/4 and ff00::/8; undefined for what is no address. */
function isMulticast(text: string): boolean | undefined {
  const ip = parseIp(text);
  if (!ip) return undefined;
  return ip.family === 4 ? ip.value >> 28n === 0b1110n : ip.value >> 120n === 0xffn;
}
