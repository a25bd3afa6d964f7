import { stringify } from 'yaml';

/** A value as YAML text, lines never folded. In a module of its own so that verbs load the library only when asked. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
