import type { UnitType } from '../networkd/vocabulary-types.ts';

/** A key of one of networkd's or udev's files: `network DHCPServer.PoolSize`. */
export type KeyId = `${UnitType} ${string}.${string}`;

/** Under which name the schemas carry the keys of networkd; no schema that leaves osa-net has it. */
export const keysKeyword = 'x-networkd';

/**
 * What people are told of a field, as metadata of its schema.
 * @param keys what the field becomes in networkd's or udev's files; none where it is for osa-net alone
 * @param example a value as a document has it
 */
export function said(description: string, keys: readonly KeyId[], example?: unknown) {
  return { description, [keysKeyword]: keys, ...(example !== undefined && { examples: [example] }) };
}
