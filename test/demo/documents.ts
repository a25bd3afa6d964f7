import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFile } from '../../crds/load.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { checkout } from '../bed/places.ts';

/** One document of the example, in a file of its own. */
export interface ExampleDocument {
  readonly key: ResourceKey;
  /** `macvlanintegration-mgmt.yaml` */
  readonly file: string;
  /** As it stands in the example, comments included. */
  readonly text: string;
}

/** The documents of deploy/examples/origin.yaml, in its order. */
export function exampleDocuments(): readonly ExampleDocument[] {
  const text = readFileSync(join(checkout, 'deploy/examples/origin.yaml'), 'utf8');
  return text.split(/^---\n/m).map(documentOf);
}

function documentOf(text: string): ExampleDocument {
  const [document] = loadFile('origin.yaml', Buffer.from(text)).documents;
  if (!document) throw new Error(`cannot read the example: no kind and name in:\n${text}`);
  const { kind, name, key } = document;
  return { key, file: `${kind.toLowerCase()}-${name}.yaml`, text };
}

/** The document without its dummy links, for kernels that have none. */
export function withoutDummies(document: ExampleDocument): ExampleDocument {
  return { ...document, text: edited(document.text, /^ {2}dummies:.*\n/m, '') };
}

/** The text with one place changed. @throws when the place is not there: the example has changed */
export function edited(text: string, place: string | RegExp, replacement: string): string {
  const result = text.replace(place, replacement);
  if (result === text) throw new Error(`cannot edit the example: no ${place} in:\n${text}`);
  return result;
}
