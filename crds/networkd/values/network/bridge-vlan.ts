import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** [BridgeVLAN], up to 256 by the parsers that begin with brvlan, and the priority of a port of a bridge. */
export const bridgeVlanShapes: Shapes = {
  bridge_port_priority: '<int 0..63>',
  bridge_vlan_id: '<empty> | <int 0..4094> | ~no | ~n | ~false | ~f | ~off',
  bridge_vlan_id_range: '<empty> | <vlan-range>',
  brvlan_pvid: '<int 0..4094>',
  brvlan_untagged: '<vlan-range>',
  brvlan_vlan: '<vlan-range>',
};

export const bridgeVlanAtoms: Atoms = {
  'vlan-range': isVlanRange,
};

/** One VLAN, or two with a dash between them, the first not above the second. */
function isVlanRange(text: string): boolean {
  const dash = text.indexOf('-');
  if (dash === -1) return isVlan(text);
  const [first, last] = [text.slice(0, dash), text.slice(dash + 1)];
  return isVlan(first) && isVlan(last) && (wholeNumber(first) ?? 0n) <= (wholeNumber(last) ?? 0n);
}

function isVlan(text: string): boolean {
  return isWithin(wholeNumber(text), '0..4094');
}
