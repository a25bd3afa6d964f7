import type { ResourceKey } from '../../../crds/resource.ts';
import type { Inventory } from '../../../state/inventory.ts';
import { loadFile } from '../modules/load.ts';
import type { Action } from './action.ts';
import { Directory, docNames, keyOfName } from './documents.ts';
import { type Host, places } from './host.ts';
import type { Operator } from './operator.ts';

/** Who writes documents, and answers the operator of the host's questions. */
export class User {
  readonly directory = new Directory();
  readonly #host: Host;
  readonly #operator: Operator;
  /** Leave that was given and that no pass has taken. */
  #given: ReadonlySet<ResourceKey> = new Set();
  #givenBefore = this.#given;
  #failuresBefore = 0;
  /** Files that are being written in place. */
  readonly #halfWritten = new Set<string>();

  constructor(host: Host, operator: Operator) {
    this.#host = host;
    this.#operator = operator;
  }

  act(action: Extract<Action, { kind: 'write' | 'remove' | 'move' | 'damage' | 'mend' }>) {
    const { directory } = this;
    switch (action.kind) {
      case 'write':
        return this.#save(directory.put(action.file, action.doc), action.inPlace);
      case 'remove':
        return this.#save(directory.remove(keyOfName(action.name)));
      case 'move': {
        const file = directory.fileOf(keyOfName(action.name));
        const doc = directory.pages.get(file ?? '')?.docs.find(({ name }) => name === action.name);
        return doc && this.#save(directory.put(action.file, doc));
      }
      case 'damage':
        if (!directory.pages.get(action.file)?.docs.length) return undefined;
        directory.page(action.file).damage = action.damage;
        return this.#save([action.file]);
      case 'mend':
        directory.page(action.file).damage = undefined;
        return this.#save([action.file]);
    }
  }

  /** Everything is as it should be from now on. */
  mend(): void {
    for (const [file, page] of this.directory.pages) {
      if (page.damage === undefined) continue;
      page.damage = undefined;
      this.#save([file]);
    }
  }

  /** `osa-net prune --yes`. @returns what may go */
  prune(): readonly ResourceKey[] {
    const held = this.inventory()?.held ?? [];
    if (held.length === 0) return [];
    this.#host.machine.disk.put(places.approval, JSON.stringify(held));
    this.#given = new Set(held);
    this.#operator.hup();
    return held;
  }

  /** Whether the file of a document is being written in place, so that it may not show it yet. */
  isHalfWritten(key: ResourceKey): boolean {
    return this.#halfWritten.has(this.directory.fileOf(key) ?? '');
  }

  passBegins(): void {
    this.#givenBefore = this.#given;
    this.#failuresBefore = this.#host.machine.diskFailures;
  }

  /** A pass that nothing got in the way of took the leave that it was given: that counts once. */
  passEnded(): void {
    const isTaken = this.#given === this.#givenBefore;
    if (isTaken && this.#host.machine.diskFailures === this.#failuresBefore) this.#given = new Set();
  }

  /** The inventory as programs see it. */
  inventory(): Inventory | undefined {
    try {
      return JSON.parse(this.#host.machine.disk.text(places.inventory) ?? '') as Inventory;
    } catch {
      return undefined;
    }
  }

  /** All documents but one vanish at once. @returns those that the operator must take for an accident */
  removeMost(): { readonly keys: readonly ResourceKey[]; readonly known: number } {
    const { directory } = this;
    const before = docNames.map(keyOfName).filter((key) => directory.fileOf(key) !== undefined);
    const whole = directory.whole();
    const { rolledBack, transaction, resources = {}, documents = [] } = this.inventory() ?? {};
    // A file that is kept for one document may still show another that went with leave.
    const isRemembered = (key: ResourceKey) =>
      Object.keys(resources).length === 0 || resources[key] !== undefined || documents.includes(key);
    const known = new Map([...this.#lastGood()].filter(([key]) => isRemembered(key)));
    const all = new Set([...known.keys(), ...before]);
    // What stood in a file that is broken now may still stand there.
    const isHidden = (key: ResourceKey) => directory.pages.get(known.get(key) ?? '')?.damage !== undefined;
    const changes = transaction?.phase === 'reverting' ? transaction.changes : {};
    // Where its removal is taken back it stays as it is, whether or not the operator has seen it come back.
    const stays = (key: ResourceKey) => [rolledBack?.[key], changes[key]].some((one) => one?.specHash === '');
    // Leave that was given and not yet taken holds, whatever comes and goes meanwhile.
    const isSafe = (key: ResourceKey) =>
      known.has(key) && whole.has(key) && !isHidden(key) && !stays(key) && !this.#given.has(key);
    const lost = before.slice(1).filter(isSafe);
    const files = new Set(before.slice(1).flatMap((key) => directory.remove(key)));
    this.#save([...files]);
    return { keys: known.size >= 4 && lost.length * 2 > all.size ? lost : [], known: all.size };
  }

  /** What the operator has kept as the last good documents, with the files; broken ones count most. */
  #lastGood(): ReadonlyMap<ResourceKey, string> {
    const { disk } = this.#host.machine;
    const place = `${places.state}/documents`;
    const isBroken = (name: string) => this.directory.pages.get(name)?.damage !== undefined;
    const names = disk.list(place).filter((name) => !name.startsWith('.'));
    const files = names.map((name) => loadFile(name, disk.find(`${place}/${name}`)?.data ?? Buffer.alloc(0)));
    const inOrder = [...files].sort((a, b) => Number(isBroken(a.file)) - Number(isBroken(b.file)));
    return new Map(
      inOrder.flatMap(({ file, resources }) => resources.map(({ key }) => [key, file] as const)),
    );
  }

  #save(files: readonly string[], inPlace = false): void {
    const { disk, timeline, random } = this.#host.machine;
    for (const file of files) {
      const path = `${this.#place()}/${file}`;
      const text = this.directory.text(file);
      this.#halfWritten.delete(file);
      if (text === undefined) disk.remove(path);
      else if (inPlace && disk.find(path)) {
        this.#halfWritten.add(file);
        disk.rewrite(path, text.slice(0, random.whole(0, text.length)));
        timeline.after(random.next() * 80, () => {
          this.#halfWritten.delete(file);
          const now = this.directory.text(file);
          if (now !== undefined) disk.rewrite(`${this.#place()}/${file}`, now);
        });
      } else disk.put(path, text);
    }
  }

  /** Where the documents are: somebody may have moved the directory away. */
  #place(): string {
    const { disk } = this.#host.machine;
    return disk.find(`${places.documents}.away`) ? `${places.documents}.away` : places.documents;
  }
}
