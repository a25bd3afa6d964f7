/** How systemd undoes escapes, and splits a value into words (src/basic/escape.c, extract-word.c). */

const escapePattern = String.raw`\\(?:[abfnrtvs\\"']|x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const escapes = new RegExp(`(${escapePattern})`);

const letters: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', s: ' ' },
  ...{ '\\': '\\', '"': '"', "'": "'" },
};

/** What a text stands for once the escapes of C in it are undone; undefined where one of them is wrong. */
export function unescaped(text: string, isNulAllowed = false): Buffer | undefined {
  // Every other part is an escape.
  const parts = text.split(escapes).map((part, at) => {
    if (at % 2 === 1) return bytesOf(part, isNulAllowed);
    return part.includes('\\') ? undefined : Buffer.from(part);
  });
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
}

function bytesOf(text: string, isNulAllowed: boolean): Buffer | undefined {
  const kind = text.charAt(1);
  const letter = letters[kind];
  if (letter !== undefined) return Buffer.from(letter);
  const isOctal = /\d/.test(kind);
  const value = isOctal ? Number.parseInt(text.slice(1), 8) : Number.parseInt(text.slice(2), 16);
  if (value === 0 && !isNulAllowed) return undefined;
  if (isOctal || kind === 'x') return value > 255 ? undefined : Buffer.of(value);
  if (isSurrogate(value) || (kind === 'U' && !isCharacter(value))) return undefined;
  return Buffer.from(String.fromCodePoint(value));
}

function isSurrogate(value: number): boolean {
  return value >= 0xd800 && value <= 0xdfff;
}

/** unichar_is_valid() of systemd: no noncharacters of Unicode. */
function isCharacter(value: number): boolean {
  return value <= 0x10ffff && !(value >= 0xfdd0 && value <= 0xfdef) && (value & 0xfffe) !== 0xfffe;
}

const inDouble = `"((?:${escapePattern}|[^\\\\"])*)"`;
const inSingle = `'((?:${escapePattern}|[^\\\\'])*)'`;
const firstWord = new RegExp(`^(?:${escapePattern}|[^\\\\"'\\s]|${inDouble}|${inSingle})+(?=\\s|$)`);
const pieces = new RegExp(`(${escapePattern})|${inDouble}|${inSingle}`, 'g');

/** The words of a value with quotes and escapes; undefined where a quote stays open or an escape is wrong. */
export function quotedWords(text: string): readonly Buffer[] | undefined {
  const words: Buffer[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const [word] = firstWord.exec(rest) ?? [];
    const bytes = word === undefined ? undefined : unescaped(unquoted(word));
    if (word === undefined || bytes === undefined) return undefined;
    words.push(bytes);
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    pieces,
    (_, escaped?: string, double?: string, single?: string) => escaped ?? double ?? single ?? '',
  );
}
