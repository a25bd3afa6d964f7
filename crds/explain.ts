import * as z from 'zod';
import { driftCoverage } from './drift.ts';
import { kinds } from './kinds/index.ts';
import { type KeyId, keysKeyword } from './kinds/said.ts';
import { newestSystemd, oldestSystemd } from './networkd/capabilities.ts';
import { inWords } from './networkd/values/words.ts';
import { type KeyFacts, keyFacts, keyNames, sectionNames } from './networkd/vocabulary.ts';
import type { UnitType } from './networkd/vocabulary-types.ts';
import { own } from './own.ts';
import type { Kind } from './resource.ts';
import { suggest } from './suggest.ts';

/** What a kind is, one of its fields, or a section or key that is networkd's. */
export interface Explanation {
  readonly kind: Kind;
  /** Below the spec: `dhcpServer.poolSize`, `Network.DHCP`; empty for the kind. */
  readonly path: string;
  /** `integer`, `[]string`, `object`, or in words what networkd takes. */
  readonly type: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** Which values there are, where the type does not say all. */
  readonly values?: string;
  /** Undefined where there is none. */
  readonly default?: unknown;
  /** Undefined where there is none. */
  readonly example?: unknown;
  /** What becomes of it: `PoolSize= in [DHCPServer] of a .network (systemd 248 and later)`. */
  readonly becomes: readonly string[];
  readonly fields: readonly FieldBrief[];
  /** Of a kind: what of it nobody can see again, so that drift of it is not found. */
  readonly unseen?: readonly string[];
}

/** A field as the list of its parent shows it. */
export interface FieldBrief {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** There is no such field. */
export class UnknownFieldError extends Error {
  override readonly name = 'UnknownFieldError';
}

/** Kinds whose spec are the sections of a unit, and of which. */
const unitTypeOf: Partial<Readonly<Record<Kind, UnitType>>> = {
  NetDev: 'netdev',
  Network: 'network',
  Link: 'link',
};

/** A node of the JSON Schema of a kind. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly [keysKeyword]?: readonly KeyId[];
}

/**
 * Explains a kind or what stands below its spec, from the schemas and from networkd's vocabulary.
 * @param path names of fields, lists and maps alike
 * @throws UnknownFieldError where there is no such field
 */
export function explain(kind: Kind, path: readonly string[]): Explanation {
  const [name, ...rest] = path;
  const schema = schemaOf(kind);
  const type = unitTypeOf[kind];
  if (type === undefined || (name !== undefined && schema.properties?.[name] !== undefined))
    return explainField(kind, path, schema);
  if (name === undefined) return explainUnit(kind, type, schema);
  return explainSection(kind, type, name, rest);
}

function schemaOf(kind: Kind): Node {
  return z.toJSONSchema(kinds[kind].schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as Node;
}

function explainField(kind: Kind, path: readonly string[], schema: Node): Explanation {
  let node = schema;
  let isRequired = true;
  for (const [i, name] of path.entries()) {
    const parent = node.items ?? node;
    const properties = parent.properties ?? {};
    const found = own(properties, name);
    if (!found) throw unknown(kind, path.slice(0, i), name, Object.keys(properties));
    isRequired = parent.required?.includes(name) ?? false;
    node = found;
  }
  const values = valuesOf(node);
  return {
    ...{ kind, path: path.join('.'), type: typeOf(node), isRequired },
    description: node.description ?? '',
    ...(values !== undefined && { values }),
    default: node.default,
    example: node.examples?.[0],
    becomes: (node[keysKeyword] ?? []).map(becomesOf),
    fields: briefsOf(node.items ?? node),
    ...(path.length === 0 && unseenOf(kind)),
  };
}

function briefsOf({ properties = {}, required = [] }: Node): readonly FieldBrief[] {
  return Object.entries(properties).map(([name, node]) => ({
    name,
    type: typeOf(node),
    isRequired: required.includes(name),
    description: node.description ?? '',
  }));
}

function typeOf(node: Node): string {
  return node.type === 'array' ? `[]${typeOf(node.items ?? {})}` : (node.type ?? 'any');
}

function valuesOf(node: Node): string | undefined {
  const one = node.items ?? node;
  if (one.enum) return one.enum.join(', ');
  return one.minimum === undefined ? undefined : `${one.minimum} to ${one.maximum}`;
}

function becomesOf(id: KeyId): string {
  const [type, section, key] = id.split(/[ .]/) as [UnitType, string, string];
  const facts = keyFacts(type, section, key);
  return `${key}= in [${section}] of a .${type}${facts ? lifeOf(facts) : ''}`;
}

/** ` (systemd 248 to 255)`; nothing where every version has it. */
function lifeOf({ since, obsolete }: KeyFacts): string {
  const until = obsolete && obsolete.since > oldestSystemd ? obsolete.since - 1 : undefined;
  if (until !== undefined) return ` (systemd ${since > oldestSystemd ? `${since} to` : 'up to'} ${until})`;
  return since > oldestSystemd ? ` (systemd ${since} and later)` : '';
}

function explainUnit(kind: Kind, type: UnitType, schema: Node): Explanation {
  const sections = sectionNames(type).map((name) => ({
    name,
    type: 'section',
    isRequired: false,
    description: `${keyNames(type, name).length} keys, such as ${keyNames(type, name).slice(0, 3).join(', ')}`,
  }));
  return {
    ...{ kind, path: '', type: 'object', isRequired: true, becomes: [] },
    description: schema.description ?? '',
    fields: [...briefsOf(schema), ...sections],
    ...unseenOf(kind),
  };
}

function unseenOf(kind: Kind): Pick<Explanation, 'unseen'> {
  return { unseen: driftCoverage[kind].unseen.map(({ what, why }) => `${what}: ${why}`) };
}

function explainSection(
  kind: Kind,
  type: UnitType,
  section: string,
  [key, ...more]: readonly string[],
): Explanation {
  if (!sectionNames(type).includes(section)) throw unknown(kind, [], section, sectionNames(type));
  const keys = keyNames(type, section);
  if (key === undefined) {
    return {
      ...{ kind, path: section, type: 'section', isRequired: false, becomes: [] },
      description: `The section [${section}] of a .${type} (systemd.${type}(5))`,
      fields: keys.map((name) => keyBrief(type, section, name)),
    };
  }
  const facts = keyFacts(type, section, key);
  if (!facts) throw unknown(kind, [section], key, keys);
  if (more[0] !== undefined) throw unknown(kind, [section, key], more[0], []);
  return {
    ...{ kind, path: `${section}.${key}`, type: wordsOf(facts), isRequired: false, fields: [] },
    description: `${key}= in [${section}] of a .${type}: what it does stands in systemd.${type}(5)`,
    becomes: [becomesOf(`${type} ${section}.${key}`), ...insteadOf(facts)],
  };
}

function keyBrief(type: UnitType, section: string, name: string): FieldBrief {
  const facts = keyFacts(type, section, name);
  const words = facts ? [lifeOf(facts).trim(), ...insteadOf(facts)].filter((one) => one !== '') : [];
  return { name, type: facts ? wordsOf(facts) : '', isRequired: false, description: words.join('; ') };
}

/** What the newest version takes that does something with the key. */
function wordsOf(facts: KeyFacts): string {
  const last = facts.obsolete ? Math.max(facts.since, facts.obsolete.since - 1) : newestSystemd;
  return inWords(facts.shapeIn(last));
}

function insteadOf({ obsolete }: KeyFacts): readonly string[] {
  if (!obsolete) return [];
  const [section, key] = obsolete.instead?.split('.') ?? [];
  const from = obsolete.since > oldestSystemd ? `from systemd ${obsolete.since} on` : 'in its place';
  return [key === undefined ? `${from} nothing` : `${from} ${key}= in [${section}]`];
}

function unknown(
  kind: Kind,
  path: readonly string[],
  name: string,
  known: readonly string[],
): UnknownFieldError {
  const where = [kind, ...path].join('.');
  const best = suggest(name, known);
  const hint = best === undefined ? `see: osa-net explain ${where}` : `did you mean ${where}.${best}?`;
  return new UnknownFieldError(`${where} has no field ${JSON.stringify(name)}; ${hint}`);
}
