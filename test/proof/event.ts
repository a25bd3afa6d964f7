import type { Damage, Spec } from './specs.ts';

/** Something that happens to a host. Only data: a list of these, made from a seed, is a schedule. */
export type Event =
  | WriteEvent
  | RemoveEvent
  /** The file is saved with a mistake in it. */
  | {
      readonly kind: 'break';
      readonly file: string;
      readonly specs: readonly Spec[];
      readonly damage: Damage;
    }
  /** The file gets its other name, and keeps its content. */
  | { readonly kind: 'rename'; readonly file: string }
  /** Many files at once, as a checkout does. */
  | { readonly kind: 'heap'; readonly changes: readonly (WriteEvent | RemoveEvent)[] }
  /** The whole directory is moved away, or back. */
  | { readonly kind: 'directory'; readonly away: boolean }
  /** `kill -9`, of something that runs. */
  | { readonly kind: 'kill'; readonly who: Daemon }
  /** A supervisor starts what does not run. */
  | { readonly kind: 'start'; readonly who: Daemon }
  /** Somebody types `ip …`; what it names may not be there. */
  | { readonly kind: 'ip'; readonly words: string }
  | { readonly kind: 'unit'; readonly unit: string; readonly edit: UnitEdit }
  | { readonly kind: 'fill' | 'free'; readonly disk: Disk }
  /** All is well again, and everything must be as the documents say before the schedule goes on. */
  | { readonly kind: 'settle' };

export interface WriteEvent {
  readonly kind: 'write';
  readonly file: string;
  readonly specs: readonly Spec[];
}

export interface RemoveEvent {
  readonly kind: 'remove';
  readonly file: string;
}

export const daemons = ['operator', 'networkd', 'bus'] as const;
export type Daemon = (typeof daemons)[number];

export const unitEdits = ['append', 'garbage', 'empty', 'delete', 'touch'] as const;
export type UnitEdit = (typeof unitEdits)[number];

export const disks = ['units', 'state'] as const;
export type Disk = (typeof disks)[number];

/** An event, and how long the host is left alone after it. */
export interface Moment {
  readonly event: Event;
  readonly pauseMs: number;
}

/** One line a moment, for people who want to know what happened. */
export function told({ event, pauseMs }: Moment): string {
  const { kind, ...rest } = event;
  const words = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${[kind, ...words].join(' ')}, then ${pauseMs} ms`;
}
