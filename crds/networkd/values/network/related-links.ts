import type { Atoms, Shapes } from '../notation.ts';

/** The links that a link carries or takes its settings from, and when the host may count it as online. */
export const relatedLinksShapes: Shapes = {
  required_family_for_online: 'ipv4 | ipv6 | both | any',
  required_for_online: '<empty> | <boolean> | <range-of-states>',
  stacked_netdev: { 247: '<ifname>', 262: '<empty> | <ifname>...' },
  // [DHCPServer] and [IPv6SendRA] refuse `:self`, [DHCPPrefixDelegation] refuses `:none`.
  uplink: '<empty> | :auto | :none | :self | <int 1..2147483647> | <altname>',
};

export const relatedLinksAtoms: Atoms = {
  'range-of-states': isRangeOfStates,
};

/** From the least to the most. */
const states = [
  'missing',
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'degraded',
  'enslaved',
  'routable',
];

/** `state`, or `least:most` of which one may be absent. */
function isRangeOfStates(text: string): boolean {
  if (text === '' || text === ':') return false;
  const [low = '', ...rest] = text.split(':');
  const high = rest.join(':');
  const least = low === '' ? 0 : states.indexOf(low);
  const most = high === '' ? states.length - 1 : states.indexOf(high);
  return least >= 0 && most >= least;
}
