import { kindNames } from '../envelope.ts';
import { crdYaml } from './crd.ts';
import { editorSchemaJson } from './editor-schema.ts';

/** Every generated file: name without directory, and text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const crds = kindNames.map((kind): [string, string] => [`${kind.toLowerCase()}.yaml`, crdYaml(kind)]);
  return new Map([...crds, ['osa-net.schema.json', editorSchemaJson()]]);
}
