import { signedUnit, type UnitSection } from '../../crds/unit.ts';

/** Something that happens to a host: to its units, to its links, or to networkd. */
export type Action =
  /** `isDated`: its time of modification stays as it was. */
  | { readonly do: 'write'; readonly unit: string; readonly text: string; readonly isDated?: true }
  | { readonly do: 'remove' | 'touch'; readonly unit: string }
  | { readonly do: 'reload' | 'restart' | 'stop' | 'start' }
  | { readonly do: 'reconfigure' | 'delete'; readonly link: string }
  /** By hand, and down. `on`: what a macvlan stands on, or the other end of a veth. */
  | { readonly do: 'add'; readonly link: string; readonly kind: ForeignKind; readonly on?: string }
  | { readonly do: 'set'; readonly link: string; readonly to: Setting };

export type ForeignKind = 'bridge' | 'veth' | 'macvlan';

/** What somebody sets by hand, one at a time; a master of '' is none, and the addresses are all that there are then. */
export type Setting =
  | { readonly mtu: number }
  | { readonly up: boolean }
  | { readonly master: string }
  | { readonly addresses: readonly string[] };

export const reload: Action = { do: 'reload' };
export const restart: Action = { do: 'restart' };
export const stop: Action = { do: 'stop' };
export const start: Action = { do: 'start' };

export const remove = (name: string): Action => ({ do: 'remove', unit: unitName(name) });
export const touch = (name: string): Action => ({ do: 'touch', unit: unitName(name) });
export const dated = (action: Action): Action =>
  action.do === 'write' ? { ...action, isDated: true } : action;
export const reconfigure = (link: string): Action => ({ do: 'reconfigure', link });
export const del = (link: string): Action => ({ do: 'delete', link });
export const set = (link: string, to: Setting): Action => ({ do: 'set', link, to });

export function add(link: string, kind: ForeignKind, on?: string): Action {
  return { do: 'add', link, kind, ...(on !== undefined && { on }) };
}

interface NetDevOptions {
  readonly mtu?: number;
  /** Of a veth. */
  readonly peer?: string;
  /** Of a macvlan. */
  readonly mode?: string;
  /** Of the file; that of the link is the default. */
  readonly unit?: string;
}

/** Writes a .netdev as osa-net does. */
export function netdev(name: string, kind: string, options: NetDevOptions = {}): Action {
  const { mtu, peer, mode, unit = name } = options;
  return write(`${unit}.netdev`, [
    section('NetDev', { Name: name, Kind: kind, MTUBytes: mtu }),
    ...(peer === undefined ? [] : [section('Peer', { Name: peer })]),
    ...(mode === undefined ? [] : [section('MACVLAN', { Mode: mode })]),
  ]);
}

interface NetworkOptions {
  readonly mtu?: number;
  readonly addresses?: readonly string[];
  readonly bridge?: string;
  readonly macvlans?: readonly string[];
  readonly keepsMaster?: boolean;
  /** Without ConfigureWithoutCarrier=, as ports of a bridge are. */
  readonly needsCarrier?: boolean;
  /** LinkLocalAddressing=no */
  readonly noLinkLocal?: boolean;
  readonly unit?: string;
}

/** Writes a .network as osa-net does. */
export function network(name: string, options: NetworkOptions = {}): Action {
  const { mtu, addresses = [], bridge, macvlans = [], unit = name } = options;
  const yes = (is: boolean | undefined) => (is ? 'yes' : undefined);
  const own = section('Network', {
    Bridge: bridge,
    LinkLocalAddressing: options.noLinkLocal ? 'no' : undefined,
    KeepMaster: yes(options.keepsMaster),
    ConfigureWithoutCarrier: yes(!options.needsCarrier),
    IPv6AcceptRA: 'no',
  });
  const lists = [...macvlans.map((one) => ['MACVLAN', one]), ...addresses.map((one) => ['Address', one])];
  return write(`${unit}.network`, [
    section('Match', { Name: name }),
    section('Link', { MTUBytes: mtu, RequiredForOnline: 'no' }),
    { name: 'Network', entries: [...(lists as [string, string][]), ...own.entries] },
  ]);
}

function write(name: string, sections: readonly UnitSection[]): Action {
  return { do: 'write', unit: unitName(name), text: signedUnit('ContainerBridge/agree', sections) };
}

function section(name: string, values: Readonly<Record<string, string | number | undefined>>): UnitSection {
  const entries = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, `${value}`]],
  );
  return { name, entries };
}

/** Ours but for those that somebody else numbered. */
function unitName(name: string): string {
  return /^\d/.test(name) ? name : `05-osa-net-${name}`;
}
