import type { Location, Problem } from '../problem.ts';

/** Largest file that is read, in bytes: far above any host's network, far below what would hold up a pass. */
const maxFileSize = 1024 * 1024;

/** The text of a file and the way from an offset in it to a position. */
export class Source {
  readonly file: string;
  readonly text: string;
  /** Offset of the start of each line. */
  readonly #starts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  /** The position of the span of offsets `[from, to)`, cut at the end of its first line. */
  locate(from: number, to = from + 1): Location {
    const start = Math.min(Math.max(0, from), this.text.length);
    const line = this.#lineAt(start);
    const begin = this.#starts[line] ?? 0;
    const excerpt = this.text
      .slice(begin, (this.#starts[line + 1] ?? this.text.length + 1) - 1)
      .replace(/\r$/, '');
    const length = Math.max(1, Math.min(to, begin + excerpt.length) - start);
    return { file: this.file, line: line + 1, column: start - begin + 1, length, excerpt };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The text of a file, or why it is none: FILE_TOO_LARGE, NOT_UTF8. A byte order mark is dropped. */
export function decode(file: string, bytes: Uint8Array): Source | Problem {
  if (bytes.length > maxFileSize) {
    return {
      code: 'FILE_TOO_LARGE',
      message: `the file has ${bytes.length} bytes; osa-net reads at most ${maxFileSize}`,
      hint: 'split it into smaller files',
      location: { file, line: 1, column: 1, length: 1, excerpt: '' },
    };
  }
  try {
    return new Source(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return notUtf8(file, bytes);
  }
}

function notUtf8(file: string, bytes: Uint8Array): Problem {
  const bad = firstBadByte(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, bad));
  const rest = new TextDecoder().decode(bytes.subarray(bad, bad + 80));
  const hex = (bytes[bad] ?? 0).toString(16).padStart(2, '0');
  return {
    code: 'NOT_UTF8',
    message: `the file is not UTF-8: byte 0x${hex} at offset ${bad}`,
    hint: 'save it as UTF-8',
    location: new Source(file, before + rest).locate(before.length),
  };
}

/** Offset of the first byte that does not belong to a whole character. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  // The prefix may end inside the bad character; as a stream it is decoded up to there.
  const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, good), {
    stream: true,
  });
  return new TextEncoder().encode(whole).length;
}

function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
