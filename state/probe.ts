import type { Question } from '../crds/probe.ts';

/** What a probe asks of the network: what a document asks, or what osa-net asks by itself. */
export type ProbeTarget =
  | Question
  /** The default gateway of an address family, whichever it is at the time: its neighbour entry resolves. */
  | { readonly type: 'gateway'; readonly family: 4 | 6 }
  /** An established ssh connection: its local address is there, and the next hop to its peer answers. */
  | { readonly type: 'session'; readonly local: Endpoint; readonly peer: Endpoint };

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What is said of a session that is gone, and the way to its peer too: neither that it passes nor that it fails. */
export const sessionEnded = 'the session has ended, and its peer does not answer';

/** One way to see whether the host is still connected. A probe counts in a change only if it passed before it. */
export interface Probe {
  /** As the user reads it, unique: `ConnectivityProbe/dc`, `default gateway (IPv4)`, `ssh from 192.0.2.7:51234`. */
  readonly id: string;
  readonly target: ProbeTarget;
  readonly timeoutMs: number;
}

/** What the probes of documents said when they were asked last, by id. */
export type ProbeAnswers = ReadonlyMap<
  string,
  {
    /** Empty: it passes. */
    readonly trouble: string;
    /** Since when it passes, or does not: ms since the epoch. */
    readonly since: number;
  }
>;
