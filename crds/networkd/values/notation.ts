/**
 * Shapes: what a value of networkd's files may look like, written so that a person can read it and `accepts` can check
 * it. A shape is alternatives with ` | ` between them:
 *
 * - `ipv4`: this word; `~ipv4`: without regard to case
 * - `<int 0..255>`: an atom, which is a name of something with a form of its own, and what it is given
 * - `<address>...`: a list, its items separated by white space; of several alternatives: `(<address> | _gateway)...`
 * - `<empty>`: nothing behind the `=`
 * - `!both`: what is taken, though with a warning in the log
 */

/** The form of one thing: whether a text is one. `args` are what follows the atom's name. */
export type Atom = (text: string, ...args: readonly string[]) => boolean;
export type Atoms = Readonly<Record<string, Atom>>;

/** A shape, or shapes by the version of systemd from which on each holds. */
export type Shape = string | Readonly<Record<number, string>>;
/** By parser: the name of systemd's C function that reads such values, without `config_parse_`, and its argument if need be. */
export type Shapes = Readonly<Record<string, Shape>>;

/** What becomes of a value: systemd takes it, takes it and warns, or warns and leaves it out. */
export type Verdict = 'taken' | 'warned' | 'refused';
type Matcher = (text: string) => Verdict;

const fromBest: readonly Verdict[] = ['taken', 'warned', 'refused'];

function best(verdicts: readonly Verdict[]): Verdict {
  return fromBest.find((one) => verdicts.includes(one)) ?? 'refused';
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return fromBest.findLast((one) => verdicts.includes(one)) ?? 'taken';
}

/**
 * Reads a shape.
 * @throws TypeError on a mistake in the shape, or an atom that is not among `atoms`
 */
export function matcherOf(shape: string, atoms: Atoms): Matcher {
  const alternatives = splitAlternatives(shape).map((one) => alternativeOf(one, atoms));
  return (text) => best(alternatives.map((matches) => matches(text)));
}

/** The alternatives of a shape; those inside of a group stay together. */
export function splitAlternatives(shape: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const piece of shape.split(/( \| |[()<>])/)) {
    if (piece === '(' || piece === '<') depth += 1;
    if (piece === ')' || piece === '>') depth -= 1;
    if (piece === ' | ' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += piece;
  }
  return [...parts, part];
}

function alternativeOf(text: string, atoms: Atoms): Matcher {
  if (text.endsWith('...')) {
    const item = matcherOf(ungrouped(text.slice(0, -'...'.length)), atoms);
    return (value) => (value === '' ? 'refused' : worst(value.split(/\s+/).map(item)));
  }
  const isWarned = text.startsWith('!');
  const is = formOf(isWarned ? text.slice(1) : text, atoms);
  return (value) => (is(value) ? (isWarned ? 'warned' : 'taken') : 'refused');
}

function formOf(text: string, atoms: Atoms): (value: string) => boolean {
  if (text === '<empty>') return (value) => value === '';
  if (text.startsWith('<')) return atomOf(text, atoms);
  if (text.startsWith('~')) return (value) => value.toLowerCase() === text.slice(1).toLowerCase();
  if (text === '' || /[\s()<>]/.test(text)) throw new TypeError(`expected a word or an atom, got ${text}`);
  return (value) => value === text;
}

function ungrouped(text: string): string {
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}

function atomOf(text: string, atoms: Atoms): (value: string) => boolean {
  const [name = '', ...args] = text.slice(1, -1).split(' ');
  const atom = atoms[name];
  if (!text.endsWith('>') || !atom) throw new TypeError(`expected an atom, got ${text}`);
  return (value) => atom(value, ...args);
}
