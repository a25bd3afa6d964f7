import { createHash } from 'node:crypto';
import type { Entry } from './compiled.ts';
import type { ResourceKey } from './resource.ts';

/** One `[Name]` of a unit with its lines in order; sections and keys may occur more than once. */
export interface UnitSection {
  readonly name: string;
  readonly entries: readonly Entry[];
}

/** Who wrote a unit, as its `[X-OsaNet]` section says. */
export interface UnitOwner {
  readonly owner: ResourceKey;
  /** sha256 (hex) of the text without that section, as it was when osa-net wrote it. */
  readonly hash: string;
  /** Whether the rest of the text still has that hash: false once somebody edited the unit. */
  readonly intact: boolean;
}

/** The section that names the owner. Sections whose name begins with `X-` are skipped without a word by every systemd (conf-parser.c). */
export const ownSection = 'X-OsaNet';

/**
 * Reads the text of a unit as systemd's conf-parser.c does: comments and blank lines go, a backslash at the end of a
 * line joins the next one with a blank, white space around keys and values goes, what is no assignment is skipped.
 */
export function parseUnit(text: string): readonly UnitSection[] {
  const sections: { name: string; entries: Entry[] }[] = [];
  for (const line of joinedLines(text)) {
    if (line.startsWith('[') && line.endsWith(']')) {
      sections.push({ name: line.slice(1, -1), entries: [] });
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1) continue;
    sections.at(-1)?.entries.push([line.slice(0, equals).trim(), line.slice(equals + 1).trim()]);
  }
  return sections;
}

function joinedLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trimStart();
    // A comment inside a continued line is skipped; the line goes on behind it.
    if (line === '' ? open === '' : line.startsWith('#') || line.startsWith(';')) continue;
    if (continuesOnNextLine(raw)) {
      open += `${raw.slice(0, -1)} `;
      continue;
    }
    lines.push((open + raw).trim());
    open = '';
  }
  if (open !== '') lines.push(open.trim());
  return lines;
}

/** Whether a line, or a value at the end of one, would swallow the line after it: it ends in an odd number of backslashes. */
export function continuesOnNextLine(line: string): boolean {
  const backslashes = /\\+$/.exec(line);
  return backslashes !== null && backslashes[0].length % 2 === 1;
}

/**
 * The text of a unit; `parseUnit` gives back the same sections.
 * @throws TypeError if a name or value cannot stand in a unit (a line end, a trailing backslash): schemas refuse such
 * before, and a unit that says something else than its document must never be written.
 */
export function serializeUnit(sections: readonly UnitSection[]): string {
  return sections.map(serializeSection).join('\n');
}

function serializeSection({ name, entries }: UnitSection): string {
  if (!/^[^\r\n\p{Cc}]+$/u.test(name)) {
    throw new TypeError(`expected the name of a section, got ${JSON.stringify(name)}`);
  }
  return [`[${name}]`, ...entries.map(serializeEntry), ''].join('\n');
}

function serializeEntry([key, value]: Entry): string {
  const line = `${key}=${value}`;
  const holds = /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(key) && !/[\r\n\0]/.test(value);
  if (!holds || value.trim() !== value || continuesOnNextLine(line)) {
    throw new TypeError(`expected an assignment on one line, got ${JSON.stringify(line)}`);
  }
  return line;
}

/**
 * The whole text of a unit of ours: a note to the reader, the sections, and who owns it. It names neither file nor
 * version nor time, so that it stays the same when a document moves or osa-net is upgraded.
 */
export function signedUnit(owner: ResourceKey, sections: readonly UnitSection[]): string {
  const body = `${noteFor(owner)}\n${serializeUnit(sections)}\n`;
  const signature: readonly Entry[] = [
    ['Owner', owner],
    ['Hash', sha256(body)],
  ];
  return body + serializeUnit([{ name: ownSection, entries: signature }]);
}

/** The first lines of every file that osa-net writes into a directory of systemd. */
export function noteFor(owner: ResourceKey): string {
  return [
    `# Written by osa-net for ${owner}. Changes made here are overwritten:`,
    '# change the document instead ("osa-net status" names its file).',
    '',
  ].join('\n');
}

/** Who owns a unit, read from its `[X-OsaNet]` section; undefined when osa-net did not write it. */
export function ownerOf(text: string): UnitOwner | undefined {
  const lines = text.split('\n');
  const start = lines.indexOf(`[${ownSection}]`);
  if (start === -1) return undefined;
  const next = lines.findIndex((line, i) => i > start && line.startsWith('['));
  const end = next === -1 ? lines.length : next;
  const entries = new Map(parseUnit(lines.slice(start, end).join('\n'))[0]?.entries);
  const owner = entries.get('Owner');
  const hash = entries.get('Hash');
  if (hash === undefined || owner === undefined || !isResourceKey(owner)) return undefined;
  const body = [...lines.slice(0, start).map((line) => `${line}\n`), lines.slice(end).join('\n')].join('');
  return { owner, hash, intact: sha256(body) === hash };
}

// A unit may be of a kind that only a later osa-net knows, so the kind is not looked up.
function isResourceKey(text: string): text is ResourceKey {
  return /^[A-Z][A-Za-z]*\/[a-z0-9][a-z0-9.-]*$/.test(text);
}

/** sha256 of a text in UTF-8, as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
