import { isIP } from 'node:net';
import type { Atoms, Shapes } from '../notation.ts';

/** [Bond] */
export const bondShapes: Shapes = {
  ad_actor_sys_prio: '<int 1..65535>',
  ad_actor_system: '<unicast-mac>',
  ad_user_port_key: '<int 0..1023>',
  arp_ip_target_address: '<empty> | <arp-targets>',
  bond_ad_select: 'stable | bandwidth | count',
  bond_arp_all_targets: 'any | all',
  bond_arp_validate: 'none | active | backup | all',
  bond_fail_over_mac: 'none | active | follow',
  bond_lacp_rate: 'slow | fast',
  bond_mode: 'balance-rr | active-backup | balance-xor | broadcast | 802.3ad | balance-tlb | balance-alb',
  bond_primary_reselect: 'always | better | failure',
  bond_xmit_hash_policy: 'layer2 | layer3+4 | layer2+3 | encap2+3 | encap3+4',
};

export const bondAtoms: Atoms = {
  'arp-targets': isArpTargets,
};

/** BOND_MAX_ARP_TARGETS of the kernel. */
const mostTargets = 16;

/** networkd stops at the first address behind a full set, even at one that is already in it. */
function isArpTargets(text: string): boolean {
  const addresses = text.split(/\s+/);
  const isFull = new Set(addresses.slice(0, -1)).size >= mostTargets;
  return addresses.every((one) => isIP(one) === 4) && !isFull;
}
