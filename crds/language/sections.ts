import { netdevKind, sectionNames } from '../networkd/vocabulary.ts';
import type { Fault } from '../problem.ts';
import { isExtension, nearest, type Reader } from './finding.ts';

/** What is wrong with a section as a whole; a .netdev has those of its kind. */
export function sectionFault(name: string, { type, kind }: Reader): Fault | undefined {
  const names = sectionNames(type);
  if (!names.includes(name) && !isExtension(name)) {
    const message = `a .${type} has no section [${name}]`;
    return { code: 'UNKNOWN_FIELD', message, hint: nearest(name, names, type) };
  }
  const sections = kind === undefined ? undefined : netdevKind(kind)?.sections;
  if (!sections || sections.includes(name) || isExtension(name)) return undefined;
  const own = sections.filter((one) => one !== 'Match').map((one) => `[${one}]`);
  return {
    code: 'UNKNOWN_FIELD',
    message: `a ${kind} has no section [${name}]`,
    hint: `remove it, or give it another Kind: a ${kind} has ${own.join(', ')}`,
  };
}
