import type { ScriptResult } from './process.ts';

/** A link or its addresses as `ip -json -details` prints them: the keys that tests look at. */
export interface IpEntry {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly address?: string;
  readonly operstate: string;
  readonly flags: readonly string[];
  /** The parent, e.g. of a macvlan. */
  readonly link?: string;
  readonly master?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
    readonly info_slave_kind?: string;
  };
  readonly addr_info?: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

/** Runs `ip -json -details` with these words and parses what it prints; an empty list where it prints nothing. */
export async function ipJson<T>(
  sh: (script: string) => Promise<ScriptResult>,
  words: readonly string[],
): Promise<T> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const { stdout } = await sh(`ip -json -details ${quoted}`);
  return JSON.parse(stdout.trim() === '' ? '[]' : stdout) as T;
}
