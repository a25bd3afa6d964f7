import type { Document } from 'yaml';
import { canonicalHash } from './canonical.ts';
import { dependsOnField, ownDependencyFault } from './depends-on.ts';
import { type Envelope, envelopeOf, isKind } from './envelope.ts';
import { type FieldFault, faultsOf } from './issues.ts';
import { kinds } from './kinds/index.ts';
import { badNumber } from './kinds/sections.ts';
import { mayBeSecret } from './networkd/keys.ts';
import { byPlace, type Location, type Problem } from './problem.ts';
import {
  type AnyResource,
  isResourceName,
  type Kind,
  locate,
  type ResourceKey,
  resourceKey,
} from './resource.ts';
import { parseDocuments, syntaxProblems } from './yaml/parse.ts';
import { decode, Source } from './yaml/source.ts';
import { type Tree, treeOf } from './yaml/tree.ts';

/** A document whose kind and name could be read, valid or not. */
export interface NamedDocument {
  readonly kind: Kind;
  readonly name: string;
  readonly key: ResourceKey;
  /** Where it starts; its resource has the same object. */
  readonly location: Location;
  /** Where it stands in the text of the file (UTF-16 offsets, without a byte order mark), its `---` included. */
  readonly span: readonly [from: number, to: number];
}

/** What a file says. */
export interface LoadedFile {
  readonly file: string;
  /** The valid resources, in the order of the file. */
  readonly resources: readonly AnyResource[];
  /** Everything that is wrong in the file, in the order of the file. */
  readonly problems: readonly Problem[];
  readonly documents: readonly NamedDocument[];
}

/** Most problems that one file reports: binary garbage has one on every line. */
const maxProblems = 100;

/**
 * Reads a file: its resources with every default filled in, and everything that is wrong with it, positioned. A problem
 * in one document leaves the others as they are. Never throws.
 * @param file the name that positions carry
 */
export function loadFile(file: string, bytes: Uint8Array): LoadedFile {
  const source = decode(file, bytes);
  if (!(source instanceof Source)) return { file, resources: [], problems: [source], documents: [] };
  const parsed = parseDocuments(source);
  if (!isList(parsed)) return { file, resources: [], problems: [parsed], documents: [] };
  const read = parsed.map((document) => readDocument(document, source));
  return {
    file,
    resources: read.flatMap(({ resource }) => resource ?? []),
    problems: capped(read.flatMap(({ problems }) => [...problems].sort(byPlace))),
    documents: read.flatMap(({ named }) => named ?? []),
  };
}

interface ReadDocument {
  readonly resource?: AnyResource;
  readonly named?: NamedDocument;
  readonly problems: readonly Problem[];
}

function readDocument(document: Document.Parsed, source: Source): ReadDocument {
  const tree = treeOf(document, source);
  const location = startOf(document, source);
  const [from, , to] = document.range;
  const named = nameOf(tree.value, location, [from, to]);
  const syntax = [...syntaxProblems(document, source), ...tree.problems];
  // What the syntax breaks is not what was meant: judging its fields would only add noise.
  if (syntax.length > 0) return { ...(named && { named }), problems: syntax };
  if (!isMap(tree.value)) return { problems: [notAResource(location)] };
  const result = validate(tree, location);
  return 'key' in result
    ? { ...(named && { named }), resource: result, problems: [] }
    : { ...(named && { named }), problems: result };
}

function validate(tree: Tree, location: Location): AnyResource | Problem[] {
  const kind = kindOf(tree.value);
  const schema = envelopeOf(kind);
  const result = schema.safeParse(tree.value);
  const faults = result.success ? [] : faultsOf(result.error, schema, tree.value);
  if (kind !== undefined && kinds[kind].verbatim) faults.push(...reshapedNumbers(tree));
  const data = result.success ? result.data : schema.safeParse(withoutUnknown(tree.value, faults)).data;
  if (kind !== undefined && data) faults.push(...fieldFaults(kind, data));
  if (faults.length > 0 || kind === undefined || !data) return problemsOf(faults, tree, location);
  const { metadata, spec } = data;
  const resource = {
    kind,
    metadata,
    spec,
    key: resourceKey(kind, metadata.name),
    specHash: canonicalHash(spec),
    location,
    positions: tree.positions,
    keys: tree.keys,
  };
  return resource as AnyResource;
}

/** Checks between the fields of a valid spec. */
function fieldFaults(kind: Kind, data: Envelope): FieldFault[] {
  const faults: FieldFault[] = [];
  kinds[kind].check(data, (path, fault, where) => {
    const onKey = where === 'key' || fault.code === 'MISSING_FIELD';
    faults.push({ path: path.split('.'), fault, onKey });
  });
  const own = ownDependencyFault(resourceKey(kind, data.metadata.name), data.metadata);
  if (own) faults.push({ path: [dependsOnField], fault: own, onKey: false });
  return faults;
}

/** Numbers that would reach networkd otherwise than they are written. */
function reshapedNumbers(tree: Tree): FieldFault[] {
  return tree.reshaped
    .filter((path) => path.startsWith('spec.'))
    .map((path) => ({ path: path.split('.'), fault: badNumber(), onKey: false }));
}

/** The document without its unknown fields, so that the rest can be checked in the same go. */
function withoutUnknown(value: unknown, faults: readonly FieldFault[]): unknown {
  if (faults.some(({ fault }) => fault.code !== 'UNKNOWN_FIELD')) return undefined;
  const copy = structuredClone(value);
  for (const { path } of faults) {
    let at = copy as Record<PropertyKey, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<PropertyKey, unknown>;
    delete at[path.at(-1) ?? ''];
    // What it should have had instead is not known, so nothing can be said about an empty map.
    if (Object.keys(at).length === 0) return undefined;
  }
  return copy;
}

function problemsOf(faults: readonly FieldFault[], tree: Tree, location: Location): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, fault, onKey } of faults) {
    const positions = onKey ? tree.keys : tree.positions;
    const place = locate({ positions, location }, path.join('.'));
    const isHidden = path.some((part) => typeof part === 'string' && mayBeSecret(part));
    const problem = { ...fault, location: isHidden ? { ...place, excerpt: '' } : place };
    const id = `${fault.code} ${problem.location.line} ${problem.location.column} ${fault.message}`;
    problems.set(id, problem);
  }
  return [...problems.values()];
}

function capped(problems: readonly Problem[]): readonly Problem[] {
  const next = problems[maxProblems];
  if (!next) return problems;
  const message = `${problems.length - maxProblems} more problems follow from here on`;
  const last = { code: next.code, message, hint: 'mend those above first', location: next.location };
  return [...problems.slice(0, maxProblems), last];
}

function nameOf(value: unknown, location: Location, span: NamedDocument['span']): NamedDocument | undefined {
  const kind = kindOf(value);
  if (kind === undefined || !isMap(value) || !isMap(value['metadata'])) return undefined;
  const { name } = value['metadata'];
  if (typeof name !== 'string' || !isResourceName(name)) return undefined;
  return { kind, name, key: resourceKey(kind, name), location, span };
}

function kindOf(value: unknown): Kind | undefined {
  return isMap(value) && isKind(value['kind']) ? value['kind'] : undefined;
}

/** The first key of the document, or whatever it starts with. */
function startOf(document: Document.Parsed, source: Source): Location {
  const { contents, range } = document;
  const start = contents?.range[0] ?? range[0];
  const word = /^[^\s:]+/.exec(source.text.slice(start, start + 100));
  return source.locate(start, start + (word?.[0].length ?? 1));
}

function notAResource(location: Location): Problem {
  return {
    code: 'NOT_A_RESOURCE',
    message: 'the document is not a resource: it is no map',
    hint: 'a resource has apiVersion, kind, metadata and spec',
    location,
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList<T>(value: readonly T[] | Problem): value is readonly T[] {
  return Array.isArray(value);
}
