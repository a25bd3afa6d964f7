import { closest, distance } from 'fastest-levenshtein';

/** The candidate that was probably meant: at most a third of its letters differ, and at most three. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || word.length > 64) return undefined;
  const exact = candidates.find((candidate) => candidate.toLowerCase() === word.toLowerCase());
  if (exact !== undefined) return exact;
  const best = closest(word, [...candidates]);
  const most = Math.min(3, Math.max(1, Math.floor(best.length / 3)));
  return distance(word, best) <= most ? best : undefined;
}

/** A hint for a word that is none of the candidates: the likely one, or all of them. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const best = suggest(word, candidates);
  if (best !== undefined) return `did you mean ${best}?`;
  return candidates.length === 0 ? 'remove it' : `use one of: ${candidates.join(', ')}`;
}
