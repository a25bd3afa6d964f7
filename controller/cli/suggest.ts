import { suggest } from '../../crds/suggest.ts';

/** `; did you mean table?`, or nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = suggest(word, known);
  return best === undefined ? '' : `; did you mean ${best}?`;
}
