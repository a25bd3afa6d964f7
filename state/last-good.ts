import { hashOf } from '../crds/hash.ts';
import { loadFile, type NamedDocument } from '../crds/load.ts';
import type { AnyResource } from '../crds/resource.ts';
import type { SourceFile } from './directory.ts';

/**
 * Files that say just what is in force: as they are where all of their documents are, else without the others, and with
 * the earlier text of those that stay as they were. Nothing else may come back when a file breaks, the directory goes, or
 * a change is taken back.
 * @param resources those in force; objects of `good` or `previous`
 * @param good the good files of today
 * @param previous the last good files so far
 */
export function lastGoodFiles(
  resources: Iterable<AnyResource>,
  good: ReadonlyMap<string, SourceFile>,
  previous: ReadonlyMap<string, SourceFile>,
): ReadonlyMap<string, SourceFile> {
  const files = new Map<string, AnyResource[]>();
  for (const resource of resources) {
    const { file } = resource.location;
    files.set(file, [...(files.get(file) ?? []), resource]);
  }
  const kept = [...files].map(([file, wanted]) => {
    return [file, fileWith(wanted, good.get(file), previous.get(file))] as const;
  });
  return new Map(kept.flatMap(([name, file]) => (file ? [[name, file] as const] : [])));
}

function fileWith(
  wanted: readonly AnyResource[],
  today: SourceFile | undefined,
  before: SourceFile | undefined,
): SourceFile | undefined {
  const whole = [today, before].find((file) => file && saysJust(file, wanted));
  if (whole) return whole;
  const known = composed.get(wanted[0] as AnyResource);
  if (known && saysTheSame(known, wanted)) return known;
  const made = excerpt(today, before, wanted);
  // Where no such text can be made the rest comes along: what is in force counts more than what is not.
  if (!saysTheSame(made, wanted)) return today ?? before;
  composed.set(wanted[0] as AnyResource, made);
  return made;
}

/** Files that were made, by their first document: what was said last is mostly said again. */
const composed = new WeakMap<AnyResource, SourceFile>();

function saysJust({ loaded }: SourceFile, wanted: readonly AnyResource[]): boolean {
  const there = new Set(loaded.resources);
  return there.size === wanted.length && wanted.every((resource) => there.has(resource));
}

function saysTheSame({ loaded }: SourceFile, wanted: readonly AnyResource[]): boolean {
  const wordsOf = (resources: readonly AnyResource[]) =>
    resources.map(({ key, specHash, metadata }) => `${key} ${specHash} ${JSON.stringify(metadata)}`).sort();
  return loaded.problems.length === 0 && wordsOf(loaded.resources).join() === wordsOf(wanted).join();
}

/** Today's text with blanks for what is not wanted of it, so that all the rest keeps its line, and the earlier texts behind. */
function excerpt(
  today: SourceFile | undefined,
  before: SourceFile | undefined,
  wanted: readonly AnyResource[],
): SourceFile {
  const base = today ?? before;
  const earlier = before === base ? undefined : before;
  if (!base) throw new Error('a document in force stands in no file');
  const places = new Set(wanted.map(({ location }) => location));
  const stays = ({ location }: NamedDocument) => places.has(location);
  const texts = (earlier?.loaded.documents ?? [])
    .filter(stays)
    .map((one) => textOf(earlier as SourceFile, one));
  const text = [blanked(base, stays).trimEnd(), ...texts].filter((part) => part !== '').join('\n---\n');
  const bytes = new TextEncoder().encode(`${text}\n`);
  return { file: base.file, bytes, hash: hashOf(bytes), loaded: loadFile(base.file, bytes) };
}

function blanked(file: SourceFile, stays: (document: NamedDocument) => boolean): string {
  let text = decoded(file);
  for (const document of file.loaded.documents) {
    const [from, to] = document.span;
    const blank = text.slice(from, to).replace(/[^\n]/g, ' ');
    if (!stays(document)) text = text.slice(0, from) + blank + text.slice(to);
  }
  return text;
}

/** A document without the `---` before it. */
function textOf(file: SourceFile, { span: [from, to] }: NamedDocument): string {
  return decoded(file)
    .slice(from, to)
    .replace(/^---[ \t]*\n/, '')
    .trimEnd();
}

/** As its offsets count: without a byte order mark. */
function decoded({ bytes }: SourceFile): string {
  return new TextDecoder().decode(bytes);
}
