import type { Shapes } from '../notation.ts';

/** [BridgeFDB] and [BridgeMDB]: what a bridge forwards where. */
export const bridgeEntriesShapes: Shapes = {
  fdb_destination: '<address>',
  fdb_hwaddr: '<mac>',
  fdb_interface: '<empty> | <int 1..2147483647> | <altname>',
  fdb_ntf_flags: 'use | self | master | router',
  fdb_vlan_id: '<int 0..4094>',
  fdb_vxlan_vni: '<int 0..16777215>',
  mdb_group_address: {
    247: '<address>',
    257: '<mac> | <address>',
  },
  mdb_vlan_id: '<int 0..4094>',
};
