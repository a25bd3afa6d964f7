import type { ResourceKey } from '../../../crds/resource.ts';
import { allNames, keyOfName } from './documents.ts';
import type { User } from './user.ts';

const keys = allNames.map(keyOfName);

/** Which documents the operator may take for absent. */
export class Presence {
  readonly #user: User;
  /** Documents that were whole when a pass began, and in the directory whenever one did since. */
  readonly #known = new Set<ResourceKey>();
  /** Documents that were not there at some moment of the pass. */
  readonly #absent = new Set<ResourceKey>();

  constructor(user: User) {
    this.#user = user;
  }

  passBegins(): void {
    this.#absent.clear();
    for (const key of keys) {
      if (!this.#isNamed(key)) this.#known.delete(key);
      else if (!this.#user.isHalfWritten(key)) this.#known.add(key);
    }
  }

  /** The user did something, or a pass begins. Of a document that was nowhere before nobody knows that it is coming before its file is whole. */
  directoryChanged(): void {
    for (const key of keys) {
      const isComing = this.#user.isHalfWritten(key) && !this.#known.has(key);
      if (!this.#isNamed(key) || isComing) this.#absent.add(key);
    }
  }

  /** Whether a document was not there at some moment of the pass. */
  mayBeMissed(key: ResourceKey): boolean {
    return this.#absent.has(key);
  }

  #isNamed(key: ResourceKey): boolean {
    return this.#user.directory.fileOf(key) !== undefined;
  }
}
