import { historyLength } from '../../state/history.ts';
import type { Figures } from '../bed/figures.ts';

/** What is read of an operator now and then. */
export interface Reading extends Figures {
  /** Since the start, and since that of the operator that lives, seconds. */
  readonly second: number;
  readonly age: number;
  readonly stateFiles: number;
  /** Of these: all but the texts of generations that are on record, which are the more the more edits make a generation. */
  readonly looseFiles: number;
  readonly generations: number;
  readonly stateKilobytes: number;
}

/** One line, for people. */
export function toldReading({
  second,
  age,
  rssMegabytes,
  openFiles,
  matchRules,
  stateFiles,
  looseFiles,
  generations,
  stateKilobytes,
}: Reading): string {
  return (
    `${second} s (operator ${age} s): ${rssMegabytes.toFixed(1)} MiB, ${openFiles} open files, ` +
    `${matchRules} match rules, state ${stateKilobytes} KiB in ${stateFiles} files, ` +
    `${stateFiles - looseFiles} of them texts of ${generations} generations`
  );
}

/** What the last reading has more than the first one after the warm-up. */
export interface Growth {
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly openFiles: number;
  readonly matchRules: number;
  readonly looseFiles: number;
  /** Above those that are kept. */
  readonly generations: number;
  readonly stateKilobytes: number;
  /** Of memory, within the longest life of an operator: a new one begins with none. */
  readonly rssMegabytes: number;
  readonly lifeSeconds: number;
}

/** @returns undefined when there are not two readings after the warm-up */
export function growthOf(readings: readonly Reading[], warmUp: number): Growth | undefined {
  const settled = readings.filter(({ second }) => second >= warmUp);
  const [first, last] = [settled[0], settled.at(-1)];
  if (!first || !last || first === last) return undefined;
  const lives = lifeSpans(settled.filter(({ age }) => age >= Math.min(warmUp, 300)));
  const longest = lives.reduce((a, b) => (spanOf(b) > spanOf(a) ? b : a), lives[0] ?? []);
  return {
    fromSecond: first.second,
    toSecond: last.second,
    openFiles: last.openFiles - first.openFiles,
    matchRules: last.matchRules - first.matchRules,
    looseFiles: last.looseFiles - first.looseFiles,
    generations: Math.max(0, last.generations - historyLength),
    stateKilobytes: last.stateKilobytes - first.stateKilobytes,
    rssMegabytes: Number(((longest.at(-1)?.rssMegabytes ?? 0) - (longest[0]?.rssMegabytes ?? 0)).toFixed(1)),
    lifeSeconds: spanOf(longest),
  };
}

function spanOf(life: readonly Reading[]): number {
  return (life.at(-1)?.age ?? 0) - (life[0]?.age ?? 0);
}

/** The readings of each operator's life. */
function lifeSpans(readings: readonly Reading[]): readonly (readonly Reading[])[] {
  const lives: Reading[][] = [];
  for (const reading of readings) {
    const life = lives.at(-1);
    if (life && (life.at(-1)?.age ?? 0) < reading.age) life.push(reading);
    else lives.push([reading]);
  }
  return lives;
}

/** Most that each may grow and still be called flat: a read file is open for an instant, and documents come and go. */
const most = {
  openFiles: 2,
  matchRules: 0,
  looseFiles: 30,
  generations: 0,
  stateKilobytes: 1_024,
  rssMegabytes: 15,
} as const;

/** What is not flat. A soak that is too short to tell is not flat either. */
export function grown(growth: Growth | undefined): readonly string[] {
  if (!growth) return ['there are not two readings after the warm-up'];
  return Object.entries(most)
    .filter(([figure, limit]) => growth[figure as keyof typeof most] > limit)
    .map(([figure]) => `${figure} grew by ${growth[figure as keyof typeof most]}`);
}

/** `2h`, `10m`, `90s` → seconds. @throws for anything else */
export function secondsOf(time: string): number {
  const [, number, unit] = /^(\d+)([hms])$/.exec(time) ?? [];
  if (!number || !unit) throw new Error(`cannot read the time ${time}: give it as 2h, 10m or 90s`);
  return Number(number) * { h: 3_600, m: 60, s: 1 }[unit as 'h' | 'm' | 's'];
}
