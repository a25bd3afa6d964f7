/** What `ip -json` prints, as far as it can be trusted: input from outside, every field of which is checked. */

/** An object of unknown fields. */
export type Json = Readonly<Record<string, unknown>>;

/** The objects of one or several arrays, one after another, as `ip -batch` prints them. @throws SyntaxError if a line is no JSON */
export function rows(json: string): readonly Json[] {
  const documents = json.split('\n').filter((line) => line.trim() !== '');
  return documents.flatMap((line) => list(JSON.parse(line)).filter(isRecord));
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; empty when it is none. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** The value as a list; empty when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as a whole number from 0. */
export function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
