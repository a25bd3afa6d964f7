/** A link as both sides show it; absent values are '-'. */
export interface SeenLink {
  readonly name: string;
  readonly ifindex: number;
  readonly kind: string;
  readonly parent: string;
  readonly master: string;
  readonly mode: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Without those that are link-local. */
  readonly addresses: readonly string[];
  readonly setup: string;
  readonly operational: string;
  /** Name of the .network that is applied. */
  readonly network: string;
}

/** What is left out of a comparison, and why. */
export type Field = Exclude<keyof SeenLink, 'name' | 'ifindex'>;

/** One line for each link after one step, sorted. */
export type Look = readonly string[];

/** Tells lines of one run: ifindexes differ between runs, so a link is told by how often its name came anew. */
export class Tracer {
  readonly #hidden: ReadonlySet<Field>;
  readonly #ages = new Map<string, { readonly ifindex: number; readonly count: number }>();

  constructor(hidden: readonly Field[] = []) {
    this.#hidden = new Set(hidden);
  }

  look(links: readonly SeenLink[]): Look {
    return links
      .filter(({ name }) => name !== 'lo')
      .map((link) => this.#line(link))
      .sort();
  }

  #line(link: SeenLink): string {
    const show = (field: Field, text = `${link[field]}`) => (this.#hidden.has(field) ? '…' : text);
    const optional = (field: Field) => (link[field] === '-' ? [] : [`${field} ${show(field)}`]);
    return [
      `${link.name}#${this.#age(link)}`,
      show('kind'),
      ...optional('parent'),
      ...optional('mode'),
      ...optional('master'),
      `mtu ${show('mtu')}`,
      show('up', link.up ? 'up' : 'down'),
      ...(link.addresses.length > 0 ? [show('addresses', [...link.addresses].sort().join())] : []),
      show('setup'),
      show('operational'),
      ...optional('network'),
    ].join(' ');
  }

  #age({ name, ifindex }: SeenLink): number {
    const before = this.#ages.get(name);
    const count = before?.ifindex === ifindex ? before.count : (before?.count ?? 0) + 1;
    this.#ages.set(name, { ifindex, count });
    return count;
  }
}

/** What two runs of the same steps do not share, readable; empty where they agree. */
export function differences(
  steps: readonly string[],
  model: readonly Look[],
  reality: readonly Look[],
): readonly string[] {
  return steps.flatMap((step, i) => {
    const [supposed, real] = [model[i] ?? [], reality[i] ?? []];
    const wrong = supposed.filter((line) => !real.includes(line));
    const missing = real.filter((line) => !supposed.includes(line));
    if (wrong.length + missing.length === 0) return [];
    return [
      `step ${i + 1}: ${step}`,
      ...wrong.map((line) => `  model:   ${line}`),
      ...missing.map((line) => `  reality: ${line}`),
    ];
  });
}
