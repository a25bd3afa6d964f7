import type { Kernel, ModelLink } from './kernel.ts';
import type { Network } from './networks.ts';

/** networkd's idea of a link. */
export interface Managed {
  readonly ifindex: number;
  readonly name: string;
  setup: 'initialized' | 'configuring' | 'configured' | 'unmanaged' | 'failed';
  operational: string;
  /** The .network that is applied. */
  network: Network | undefined;
  /** Waits for its bridge before it is configured. */
  waits: boolean;
  /** Everything is set that can be set now. */
  isApplied: boolean;
  /** It will be looked at soon, whether it is configured. */
  isChecked: boolean;
  hasCarrier: boolean;
  /** Counts configurations: an older one that is still under way has no say any more. */
  round: number;
  /** When it was given another try after a failure. */
  tries: readonly number[];
}

/** What decides over a link besides its .network. */
export interface Circumstances {
  readonly version: number;
  readonly kernel: Kernel;
  /** It was there when networkd started, and is configured for the first time since. */
  readonly isStarting: boolean;
}

/** The bridge of a link; `none yet` where there will be one, `refused` where the link cannot become a port of it. */
export function masterFor(
  link: ModelLink,
  { bridge, file }: Network,
  { version, kernel }: Circumstances,
): number | undefined | 'none yet' | 'refused' {
  const { master } = link;
  // A bridge that has no .netdev: "NetDev could not be found, ignoring assignment".
  if (!bridge) return keepsMaster(file, version) ? master : undefined;
  if (bridge.state === 'ready') {
    const isThere = kernel.links.has(bridge.ifindex ?? 0);
    if (isThere) return master === bridge.ifindex || kernel.canBePort(link) ? bridge.ifindex : 'refused';
    // It is gone, and networkd does not know it yet.
    return version >= 249 ? 'refused' : master;
  }
  return bridge.state === 'gone' && version <= 247 ? master : 'none yet';
}

/** Without ConfigureWithoutCarrier= there are addresses only where there is carrier. */
export function addressesFor(
  link: ModelLink,
  { file }: Network,
  { version, kernel, isStarting }: Circumstances,
): readonly string[] {
  if (!file.withoutCarrier && !kernel.hasCarrier({ ...link, up: true })) return [];
  // Where there is no udev to wait for, these versions configure links before they have read what addresses there are.
  const spares = isStarting && version >= 250 && version <= 256;
  return [...new Set([...(spares ? link.addresses : []), ...file.addresses])];
}

/** What becomes of the link-local address of a link. */
export function linkLocalFor(
  link: ModelLink,
  network: Network,
  { version, isStarting }: Circumstances,
): Partial<ModelLink> {
  if (!wantsLinkLocal(network, version)) return { makesLinkLocal: false, linkLocal: false };
  // A link that is up makes its address only with a change of the mode; and up to v249 not even then.
  const isMade = isStarting || !link.up || (!link.makesLinkLocal && version >= 250);
  return { makesLinkLocal: true, ...(isMade && { linkLocal: true }) };
}

/** Whether a link has all that its .network asks for (link_check_ready). */
export function isReady(managed: Managed, link: ModelLink, version: number): boolean {
  if (!managed.network || !managed.isApplied) return false;
  // A link that is set down is not looked at before it is up again.
  if (!link.up) return false;
  const { withoutCarrier, addresses } = managed.network.file;
  const needsCarrier = addresses.length > 0 || version <= 249 || needsLinkLocal(managed, version);
  if (!withoutCarrier && needsCarrier && !managed.hasCarrier) return false;
  return link.linkLocal || !needsLinkLocal(managed, version);
}

/** Whether it is not configured before it has a link-local address. */
export function needsLinkLocal({ network, hasCarrier }: Managed, version: number): boolean {
  if (!network || !wantsLinkLocal(network, version)) return false;
  return !network.file.withoutCarrier || (version <= 249 && hasCarrier);
}

/** LinkLocalAddressing= of ports is `no` by default (network_verify). */
function wantsLinkLocal({ file, bridge }: Network, version: number): boolean {
  return file.linkLocal ?? (bridge === undefined && !keepsMaster(file, version));
}

function keepsMaster(file: Network['file'], version: number): boolean {
  return file.keepsMaster && version >= 250;
}
