import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
} from 'yaml';
import type { Location, Problem, ProblemCode } from '../problem.ts';
import type { Source } from './source.ts';

/** Most aliases in a document, and most nodes that they may stand for together: a bomb multiplies. */
const maxAliases = 50;
const maxAliasedNodes = 10_000;

/** A document as plain values, and where each of them stands by dotted path (`spec.interfaces.0`; '' is the document). */
export interface Tree {
  readonly value: unknown;
  /** The value; for a map or list written below its key, and for an empty value, the key. */
  readonly positions: ReadonlyMap<string, Location>;
  /** The key; of list items the item. */
  readonly keys: ReadonlyMap<string, Location>;
  /** Paths of numbers that are not written as they are read: `010`, `1.10`, `0x1f`. */
  readonly reshaped: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads a document without syntax errors, linear in its size. Duplicate keys and bad aliases are problems. */
export function treeOf(document: Document.Parsed, source: Source): Tree {
  const walk = new Walk(source);
  const { contents } = document;
  const value = contents === null ? null : walk.read(contents, '', undefined);
  const { positions, keys, reshaped, problems } = walk;
  return { value, positions, keys, reshaped, problems };
}

class Walk {
  readonly positions = new Map<string, Location>();
  readonly keys = new Map<string, Location>();
  readonly reshaped: string[] = [];
  readonly problems: Problem[] = [];
  readonly #source: Source;
  readonly #anchors = new Map<string, Node>();
  /** Nodes that are being read: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  #aliases = 0;
  #aliasedNodes = 0;
  #aliasDepth = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  read(node: Node, path: string, key: Location | undefined): unknown {
    const location = this.#locationOf(node, key);
    this.positions.set(path, location);
    if (!this.keys.has(path)) this.keys.set(path, key ?? location);
    if (isAlias(node)) return this.#readAlias(node.source, path, location);
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const value = this.#readNode(node, path);
    this.#open.delete(node);
    return value;
  }

  #readNode(node: Node, path: string): unknown {
    if (isScalar(node)) {
      const { value, source } = node;
      if (typeof value === 'number' && source !== undefined && source !== String(value))
        this.reshaped.push(path);
      return value;
    }
    if (isSeq<Node>(node))
      return node.items.map((item, index) => this.read(item, join(path, index), undefined));
    if (isMap(node)) return this.#readMap(node.items, path);
    return null;
  }

  #readMap(pairs: readonly unknown[], path: string): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    const seen = new Map<string, Location>();
    for (const pair of pairs) {
      if (!isPair<Node, Node | null>(pair)) continue;
      const key = this.#keyOf(pair);
      if (key === undefined) continue;
      const at = this.#locationOf(pair.key, undefined);
      const first = seen.get(key);
      if (key === '__proto__') {
        // JavaScript gives it a meaning, and libraries drop it in silence.
        this.#problem('UNKNOWN_FIELD', 'no resource has a field __proto__', 'remove it', at);
      } else if (first) {
        this.#problem(
          'DUPLICATE_KEY',
          `${key} is given twice, first on line ${first.line}`,
          'remove one of them',
          at,
        );
      } else {
        seen.set(key, at);
        map[key] = this.#readValue(pair.value, join(path, key), at);
      }
    }
    return map;
  }

  #readValue(value: Node | null, path: string, key: Location): unknown {
    this.keys.set(path, key);
    if (value !== null) return this.read(value, path, key);
    this.positions.set(path, key);
    return null;
  }

  #keyOf(pair: Pair<Node, Node | null>): string | undefined {
    if (isScalar(pair.key)) return String(pair.key.source ?? pair.key.value);
    const at = this.#locationOf(pair.key, undefined);
    this.#problem('YAML_SYNTAX', 'a key must be plain text', 'write the key as text, such as name:', at);
    return undefined;
  }

  #readAlias(name: string, path: string, at: Location): unknown {
    const target = this.#anchors.get(name);
    this.#aliases += 1;
    if (!target || this.#open.has(target)) {
      const why = target
        ? 'stands inside what it refers to'
        : 'refers to an anchor that is not set before it';
      this.#problem('YAML_SYNTAX', `the alias *${name} ${why}`, 'write the value itself', at);
      return null;
    }
    if (this.#aliases > maxAliases || this.#aliasedNodes > maxAliasedNodes) {
      if (this.problems.some(({ code }) => code === 'TOO_MANY_ALIASES')) return null;
      const message = `the document has more than ${maxAliases} aliases, or they stand for too much`;
      this.#problem('TOO_MANY_ALIASES', message, 'write the values themselves', at);
      return null;
    }
    this.#aliasDepth += 1;
    const value = this.read(target, path, at);
    this.#aliasDepth -= 1;
    // read() has set it to where the anchor stands.
    this.positions.set(path, at);
    return value;
  }

  #locationOf(node: Node, key: Location | undefined): Location {
    const [from, to] = node.range ?? [0, 0];
    if (key && (from === to || (isCollection(node) && !node.flow))) return key;
    return this.#source.locate(from, to);
  }

  #problem(code: ProblemCode, message: string, hint: string, location: Location): void {
    this.problems.push({ code, message, hint, location });
  }
}

function join(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}
