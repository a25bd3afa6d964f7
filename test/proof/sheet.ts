import type { RemoveEvent, WriteEvent } from './event.ts';
import { type Damage, damaged, type Spec, textOf } from './specs.ts';

/** A file as it stands in the directory. */
interface Page {
  readonly file: string;
  readonly text: string;
  /** What it says; undefined where it is broken. */
  readonly specs: readonly Spec[] | undefined;
}

/** What is in force of the documents that stand in a file, and whether the file says so itself. */
export interface Force {
  readonly specs: readonly Spec[];
  /** Path of the file, as a status names it. */
  readonly file: string;
  readonly broken: boolean;
}

/** What a schedule has written into the document directory: a model of it that owes nothing to osa-net. */
export class Sheet {
  readonly #pages = new Map<string, Page>();
  /** Every valid text that was ever written, with what it says. */
  readonly #said = new Map<string, readonly Spec[]>();
  /** Files whose documents were seen in force, and which have stood there ever since. */
  readonly #proved = new Set<string>();

  /** The files that stand in the directory, by their names in it. */
  files(): ReadonlyMap<string, string> {
    return new Map([...this.#pages.values()].map(({ file, text }) => [file, text]));
  }

  /** Applies a change. @returns the names of the files that it concerns, as they are afterwards */
  change(change: WriteEvent | RemoveEvent): void {
    if (change.kind === 'write') this.#write(change.file, textOf(change.specs), change.specs);
    else this.#remove(change.file);
  }

  spoil(name: string, specs: readonly Spec[], damage: Damage): void {
    this.#write(name, damaged(specs, damage), undefined);
  }

  /** @returns the old and the new name, where the file is there */
  rename(name: string): readonly [string, string] | undefined {
    const page = this.#pages.get(name);
    if (!page) return undefined;
    const file = page.file === plainName(name) ? otherName(name) : plainName(name);
    this.#pages.set(name, { ...page, file });
    // Nobody can know what a file with a new name said that cannot be read.
    if (page.specs === undefined) this.#proved.delete(name);
    return [page.file, file];
  }

  /** Everything was in force a moment ago. */
  prove(): void {
    for (const [name, { specs }] of this.#pages) if (specs) this.#proved.add(name);
  }

  /**
   * What must be in force: what the files say, and of broken ones what the operator has kept (`lastGood`: text by file
   * name), which must be something that they once said.
   * @returns also what is wrong with that which was kept
   */
  force(lastGood: ReadonlyMap<string, string>): { force: readonly Force[]; problems: readonly string[] } {
    const force: Force[] = [];
    const problems: string[] = [];
    for (const [name, page] of this.#pages) {
      const judged = page.specs ? intact(page, page.specs, lastGood) : this.#fallback(name, page, lastGood);
      force.push(judged.force);
      problems.push(...judged.problems);
    }
    const known = new Set([...this.#pages.keys()].flatMap((name) => [plainName(name), otherName(name)]));
    const left = [...lastGood.keys()].filter((file) => !known.has(file));
    return {
      force,
      problems: [...problems, ...left.map((file) => `${file} is gone and still kept as last good`)],
    };
  }

  #fallback(name: string, { file }: Page, lastGood: ReadonlyMap<string, string>): Judged {
    const kept = lastGood.get(plainName(name)) ?? lastGood.get(otherName(name));
    const specs = kept === undefined ? undefined : this.#said.get(kept);
    const problems: string[] = [];
    if (kept !== undefined && !specs) problems.push(`${file} never said what is kept of it: ${kept}`);
    if (!specs && this.#proved.has(name)) problems.push(`${file} is broken, and what was in force is lost`);
    return { force: { specs: specs ?? [], file, broken: true }, problems };
  }

  #write(name: string, text: string, specs: readonly Spec[] | undefined): void {
    const file = this.#pages.get(name)?.file ?? plainName(name);
    this.#pages.set(name, { file, text, specs });
    if (specs) this.#said.set(text, specs);
  }

  #remove(name: string): void {
    this.#pages.delete(name);
    this.#proved.delete(name);
  }
}

const plainName = (name: string) => `${name}.yaml`;
/** Sorts before the other: the order of two files decides who wins. */
const otherName = (name: string) => `0-${name}.yaml`;

interface Judged {
  readonly force: Force;
  readonly problems: readonly string[];
}

function intact({ file, text }: Page, specs: readonly Spec[], lastGood: ReadonlyMap<string, string>): Judged {
  const problems = lastGood.get(file) === text ? [] : [`${file} is not kept as last good`];
  return { force: { specs, file, broken: false }, problems };
}
