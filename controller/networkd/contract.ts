import type { LinkNames } from '../../crds/compiled.ts';
import type { NetworkdLink } from './links.ts';

export interface NetworkdSnapshot {
  readonly state: 'running' | 'unavailable';
  /** Why it is unavailable; empty when it is running. */
  readonly message: string;
  /** The systemd version of the running networkd; 0 while it is not known. */
  readonly version: number;
  /** Counts how often one appeared, from 1: one that starts makes what is missing. 0: none did. */
  readonly run: number;
  readonly links: ReadonlyMap<number, NetworkdLink>;
}

/** systemd-networkd as it is now, kept by its signals: nothing is polled, and it is never started by asking. */
export interface NetworkdClient {
  /** Resolves when networkd was asked for the first time; never rejects because it or the bus is absent. */
  start(): Promise<void>;
  stop(): Promise<void>;
  snapshot(): NetworkdSnapshot;
  /** Told of the ifindexes whose state changed, or `all` when everything was read anew or networkd went away. */
  onChange(listener: (changed: readonly number[] | 'all') => void): void;
  /** Makes networkd read its files again; one at a time. @throws Error `cannot reload systemd-networkd: …` */
  reload(): Promise<void>;
  /** Applies what networkd has loaded to one link anew. @throws Error `cannot reconfigure link 3: …` */
  reconfigureLink(ifindex: number): Promise<void>;
  /**
   * Makes the states of these links known (of all links where none are given); asks only for links that neither a
   * signal nor an earlier call has told of. Links that are gone meanwhile are left out. @throws BusError
   */
  refresh(ifindexes?: readonly number[]): Promise<void>;
  /** The .network file that is applied to a link; undefined where there is none. */
  networkFile(ifindex: number): Promise<string | undefined>;
  /** What networkd tells resolvers and time daemons of a link; undefined where it says nothing of the link. */
  names(ifindex: number): LinkNames | undefined;
  /** Takes back what was set of those on D-Bus. @throws Error `cannot revert the servers of link 3: …` */
  revertNames(ifindex: number): Promise<void>;
}
