import { commonAtoms } from './atoms.ts';
import { linkAtoms } from './link/index.ts';
import { netdevAtoms } from './netdev/index.ts';
import { networkAtoms } from './network/index.ts';
import { type Atoms, matcherOf, type Verdict } from './notation.ts';
import { tcAtoms } from './tc/index.ts';

/** Every atom that a shape may name. */
const atoms: Atoms = {
  ...networkAtoms,
  ...tcAtoms,
  ...netdevAtoms,
  ...linkAtoms,
  ...commonAtoms,
};

const matchers = new Map<string, (text: string) => Verdict>();

/** What systemd does with a value, where this shape is what it takes; white space around it does not count, as in a unit. */
export function verdictOn(shape: string, value: string): Verdict {
  let matches = matchers.get(shape);
  if (!matches) {
    matches = matcherOf(shape, atoms);
    matchers.set(shape, matches);
  }
  return matches(value.trim());
}

/** Whether a value is taken without a word in the log. */
export function accepts(shape: string, value: string): boolean {
  return verdictOn(shape, value) === 'taken';
}
