import { suggest } from '../suggest.ts';

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
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  Link: ['WakeOnLanPassword'],
  MACsecReceiveAssociation: ['Key'],
  MACsecTransmitAssociation: ['Key'],
  MobileNetwork: ['Password', 'PIN'],
  Network: ['IPv6StableSecretAddress'],
  WireGuard: ['PrivateKey'],
  WireGuardPeer: ['PresharedKey'],
};
const secretNames = Object.values(secretKeys).flat();

/** Whether a line of a unit must not be read by everybody. */
export function isSecret(section: string, key: string): boolean {
  return Object.hasOwn(secretKeys, section) && (secretKeys[section]?.includes(key) ?? false);
}

/**
 * Whether somebody may have put a secret there, wherever it stands and however it is spelled: into the file of a key the
 * key itself, into a section of another device what belongs into this.
 */
export function mayBeSecret(key: string): boolean {
  return /key|passw|secret|psk|^pin$/i.test(key) || suggest(key, secretNames) !== undefined;
}
