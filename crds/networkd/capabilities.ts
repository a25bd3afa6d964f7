/**
 * The version cliffs of systemd-networkd in one table: everything in which the versions osa-net runs on (v247 … v262) behave
 * otherwise is a field here, and nothing else asks for a version number. Which keys and values each of them reads is the
 * vocabulary's.
 */
export interface Capabilities {
  readonly version: number;
  /** `IPForward=` works (≤ v255); from v256 it only warns and `IPv4Forwarding=`/`IPv6Forwarding=` take over. */
  readonly ipForward: boolean;
  /** `IPMasquerade=` takes `ipv4|ipv6|both` (v248+); v247 knows a boolean, for IPv4 only. */
  readonly masqueradeFamilies: boolean;
  /** NAT is a table of nftables where the kernel has them (v248+); before, rules of iptables. */
  readonly natTable: boolean;
  /** `IPMasquerade=` lets all of the host forward (≤ v255, v257+); v256 only the link. */
  readonly masqueradeForwardsAll: boolean;
  /** `Type=` in [RoutingPolicyRule] exists (v248+). */
  readonly ruleTypes: boolean;
  /** `KeepMaster=` exists (v250+). */
  readonly keepMaster: boolean;
  /** `PersistLeases=` in [DHCPServer] exists (v256+). */
  readonly persistLeases: boolean;
  /** `PersistLeases=runtime` exists (v258+): leases survive networkd's restart without waiting for persistent storage. */
  readonly persistLeasesRuntime: boolean;
  /** `ActivationPolicy=`, `RequiredFamilyForOnline=` and `ServerAddress=` era: [Network] keys of v249. */
  readonly dhcpServerRouter: boolean;
  /** `Describe()` on D-Bus (v249+). */
  readonly describe: boolean;
  /** A changed .netdev of a stacked kind takes effect only after networkd restarts (v250 … v256, systemd#34907). */
  readonly staleStackedNetdev: boolean;
  /** An existing device of the right kind is taken over by a new .netdev (≤ v256); later: "File exists". */
  readonly adoptsExistingDevice: boolean;
  /** A changed .netdev is applied to the existing device where the kernel allows it (v257+, systemd#34909). */
  readonly changesNetdevInPlace: boolean;
  /** networkd retries `failed` links by itself, at most 5 times in 10 s (v257+): our backoff starts at 10 s there. */
  readonly retriesFailedLinks: boolean;
}

/** The oldest and the newest version whose behaviour was measured. */
export const oldestSystemd = 247;
export const newestSystemd = 262;

/**
 * What networkd of a version can do.
 * @throws TypeError if the version is not a whole number; versions outside the measured range act like the nearest.
 */
export function capabilitiesOf(version: number): Capabilities {
  if (!Number.isInteger(version))
    throw new TypeError(`expected a systemd version such as 252, got ${version}`);
  return {
    version,
    ipForward: version <= 255,
    masqueradeFamilies: version >= 248,
    natTable: version >= 248,
    masqueradeForwardsAll: version !== 256,
    ruleTypes: version >= 248,
    keepMaster: version >= 250,
    persistLeases: version >= 256,
    persistLeasesRuntime: version >= 258,
    dhcpServerRouter: version >= 250,
    describe: version >= 249,
    staleStackedNetdev: version >= 250 && version <= 256,
    adoptsExistingDevice: version <= 256,
    changesNetdevInPlace: version >= 257,
    retriesFailedLinks: version >= 257,
  };
}
