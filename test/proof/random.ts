/** A source of numbers in [0, 1) that a seed determines: the same seed, the same schedule. */
export type Random = () => number;

/** Mulberry32: a short generator with 32 bits of state, good enough to choose what happens next. */
export function randomOf(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from `least` to `most`, both possible. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** @throws when there is nothing to choose from */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[between(random, 0, list.length - 1)];
  if (chosen === undefined) throw new Error('cannot choose: the list is empty');
  return chosen;
}

/** One of these, each as likely as its weight says. */
export function weighted<T>(random: Random, choices: readonly (readonly [number, T])[]): T {
  let rest = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    rest -= weight;
    if (rest < 0) return choice;
  }
  return pick(
    random,
    choices.map(([, choice]) => choice),
  );
}
