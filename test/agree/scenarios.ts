import type { Action } from './actions.ts';
import { bridges } from './scenarios-bridges.ts';
import { macvlans } from './scenarios-macvlans.ts';
import { settings } from './scenarios-settings.ts';
import { strangers } from './scenarios-strangers.ts';
import type { Field } from './trace.ts';

/** Something that may happen to a host, step by step; both sides come to rest after each one. */
export interface Scenario {
  readonly name: string;
  /** What it asks. */
  readonly asks: string;
  readonly steps: readonly (readonly Action[])[];
  /** What is not compared. */
  readonly hidden?: { readonly fields: readonly Field[]; readonly because: string };
}

/** Everything that the model of networkd claims to know. */
export const scenarios: readonly Scenario[] = [...bridges, ...macvlans, ...settings, ...strangers];
