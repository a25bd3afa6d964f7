import type { Shapes } from '../notation.ts';

/** [SR-IOV], the same in .network and .link files. */
export const srIovShapes: Shapes = {
  sr_iov_boolean: '<empty> | <boolean>',
  sr_iov_link_state: '<empty> | auto | <boolean>',
  sr_iov_mac: '<empty> | <mac>',
  sr_iov_num_vfs: '<empty> | <int 0..2147483647>',
  'sr_iov_uint32 QualityOfService': '<empty> | <int 0..4294967295>',
  'sr_iov_uint32 VirtualFunction': '<empty> | <int 0..2147483646>',
  'sr_iov_uint32 VLANId': '<empty> | <int 1..4095>',
  sr_iov_vlan_proto: '<empty> | 802.1Q | 802.1ad',
};
