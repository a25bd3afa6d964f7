import { isAddressNotNull, isLinkName, prefixed } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** Words for the local address of a tunnel that networkd is to take from its link. */
export const localSources252 = 'ipv4_link_local | ipv6_link_local | dhcp4 | dhcp6 | slaac';
export const localSources262 = `${localSources252} | dhcp_pd`;

/** [Tunnel], [L2TP] and [L2TPSession]: tunnels over IP. */
export const tunnelShapes: Shapes = {
  '6rd_prefix': '<ipv6-prefix-not-zero>',
  encap_limit: 'none | <int 0..255>',
  erspan_direction: '<empty> | ingress | egress',
  erspan_hwid: '<empty> | <int 0..63>',
  erspan_index: '<empty> | <int 0..1048575>',
  erspan_version: '<empty> | <int 0..2>',
  ip6tnl_mode: 'ip6ip6 | ipip6 | any',
  ipv6_flowlabel: {
    // What is negative is cut to its lowest bits without a word.
    247: 'inherit | <int -2147483648..1048575>',
    257: 'inherit | <int 0..1048575>',
  },
  tunnel_address: 'any | <address>',
  tunnel_key: '<ipv4> | <int 0..4294967295>',
  tunnel_local_address: {
    252: `<empty> | any | ${localSources252} | <address>`,
    262: `<empty> | any | ${localSources262} | <address>`,
  },
  tunnel_mode: 'any | ipip | ip6ip | ipip6 | ip6ip6',
  tunnel_remote_address: '<empty> | any | <address>',

  l2tp_encap_type: 'udp | ip',
  l2tp_session_id: '<int 1..4294967295>',
  l2tp_session_l2spec: 'none | default',
  l2tp_session_name: '<ifname>',
  'l2tp_tunnel_address Local': '<empty> | auto | static | dynamic | <address>',
  'l2tp_tunnel_address Remote': '<address>',
  l2tp_tunnel_id: '<int 1..4294967295>',
  l2tp_tunnel_local_address: '<empty> | <l2tp-local>',
  l2tp_tunnel_remote_address: '<empty> | <address-not-null>',
};

export const tunnelAtoms: Atoms = {
  'ipv6-prefix-not-zero': (text) =>
    prefixed('optional', 6)(text) && wholeNumber(text.split('/')[1] ?? '128') !== 0n,
  'l2tp-local': isL2tpLocal,
};

/** An address, or a word for one, and behind an `@` the link that has it. */
function isL2tpLocal(text: string): boolean {
  const [, address = '', link = ''] = /^@*([^@]+)(?:@+(.*))?$/.exec(text) ?? [];
  if (link !== '' && !isLinkName(link, 127)) return false;
  return ['auto', 'static', 'dynamic'].includes(address) || isAddressNotNull(address);
}
