import { commonAtoms } from './atoms.ts';
import { linkAtoms } from './link/index.ts';
import { netdevAtoms } from './netdev/index.ts';
import { networkAtoms } from './network/index.ts';
import { type Atoms, matcherOf } from './notation.ts';
import { tcAtoms } from './tc/index.ts';

/** Every atom that a shape may name. */
const atoms: Atoms = {
  ...networkAtoms,
  ...tcAtoms,
  ...netdevAtoms,
  ...linkAtoms,
  ...commonAtoms,
};

const matchers = new Map<string, (text: string) => boolean>();

/** Whether a value is of a shape; white space around it does not count, as in a unit. */
export function accepts(shape: string, value: string): boolean {
  let matches = matchers.get(shape);
  if (!matches) {
    matches = matcherOf(shape, atoms);
    matchers.set(shape, matches);
  }
  return matches(value.trim());
}
