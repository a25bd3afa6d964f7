import { routeTable } from '../network/route.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { rangeOf } from '../numbers.ts';

const kinds = [
  'bareudp | bridge | bond | vlan | macvlan | macvtap | ipvlan | ipvtap | vxlan | ipip | gre | gretap',
  'ip6gre | ip6gretap | sit | veth | vti | vti6 | dummy | tun | tap | ip6tnl | vrf | vcan | geneve | vxcan',
  'wireguard | fou | erspan | l2tp | macsec | nlmon | xfrm | ifb',
].join(' | ');

const wlanTypes =
  'ad-hoc | station | ap | ap-vlan | wds | monitor | mesh-point | p2p-client | p2p-go | p2p-device | ocb | nan';

/** [NetDev] and the kinds of device that need few words: bridge, VLAN, VRF, macvlan, wlan and so on. */
export const deviceShapes: Shapes = {
  netdev_kind: {
    247: `${kinds} | netdevsim`,
    248: `${kinds} | netdevsim | batadv`,
    250: `${kinds} | netdevsim | batadv | ipoib`,
    251: `${kinds} | netdevsim | batadv | ipoib | wlan`,
    258: `${kinds} | netdevsim | batadv | ipoib | wlan | hsr`,
    262: `${kinds} | batadv | ipoib | wlan | hsr`,
  },
  'netdev_hw_addr ETH_ALEN': '<empty> | none | <mac>',
  unsigned: '<int 0..4294967295>',

  // [Bridge] and [VLAN]
  bridge_fdb_max_learned: '<empty> | <int 0..4294967295>',
  bridge_igmp_version: '<empty> | <int 2..3>',
  default_port_vlanid: 'none | <int 0..4094>',
  vlan_qos_maps: '<empty> | <vlan-qos-map>...',
  vlanid: '<int 0..4094>',
  vlanprotocol: '<empty> | 802.1ad | 802.1AD | 802.1q | 802.1Q',

  // [BatmanAdvanced]; the first is spelled so in systemd
  badadv_bandwidth: '<si-size 0..429496729599999>',
  batadv_gateway_mode: 'off | client | server',
  batadv_routing_algorithm: 'batman-v | batman-iv',

  // [HSR]; AlternativeName= of a .link is read in the same way
  hsr_protocol: 'hsr | prp',
  ifnames: { 247: '<empty> | <altname-247>...', 252: '<empty> | <altname>...' },

  // [IPoIB]
  ipoib_pkey: '<empty> | <int 1..32767> | <int 32769..65535>',

  // [IPVLAN], [MACVLAN] and their taps
  ipvlan_flags: 'bridge | private | vepa',
  ipvlan_mode: 'L2 | L3 | L3S',
  macvlan_broadcast_queue_size: '<empty> | <int 0..4294967294>',
  macvlan_broadcast_queue_threshold: '<empty> | no | <int 0..2147483647>',
  macvlan_mode: 'private | vepa | bridge | passthru | source',

  // [VRF]; RouteTable= of networkd.conf may give tables further names, which are not known here
  vrf_table: routeTable,

  // [WLAN]; what is not a number is taken for the name of a device
  wiphy: '<empty> | <text>',
  wlan_iftype: {
    251: `<empty> | ${wlanTypes}`,
    262: `<empty> | ${wlanTypes} | nan-data | pd`,
  },
};

export const deviceAtoms: Atoms = {
  // Priorities from and to, in any order.
  'vlan-qos-map': (text) => rangeOf(text)?.every((one) => one >= 0n && one < 2n ** 32n) ?? false,
};
