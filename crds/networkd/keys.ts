/**
 * Keys of networkd's files that osa-net itself has to understand. Sources: systemd.network(5), systemd.netdev(5),
 * systemd.link(5) up to v262.
 */

/**
 * Keys of [Network] that make a link on top of the one that the unit is for, where `ip link` prints the lower one
 * behind the `@` of the upper one.
 */
export const stackingKeys = ['IPVLAN', 'IPVTAP', 'MACVLAN', 'MACVTAP', 'MACsec', 'VLAN'] as const;

/** Keys of [Network] that name other links. */
export const linkNamingKeys: ReadonlySet<string> = new Set([
  ...stackingKeys,
  'BatmanAdvanced',
  'Bond',
  'Bridge',
  'IPoIB',
  'Tunnel',
  'VRF',
  'VXLAN',
  'Xfrm',
]);

/** Keys whose value is itself a secret, by section. */
const secretKeys: Readonly<Record<string, string>> = {
  Link: 'WakeOnLanPassword',
  MACsecReceiveAssociation: 'Key',
  MACsecTransmitAssociation: 'Key',
  MobileNetwork: 'Password',
  Network: 'IPv6StableSecretAddress',
  WireGuard: 'PrivateKey',
  WireGuardPeer: 'PresharedKey',
};

/** Whether a line of a unit must not be read by everybody. */
export function isSecret(section: string, key: string): boolean {
  return Object.hasOwn(secretKeys, section) && secretKeys[section] === key;
}
