/**
 * A problem is something a user wrote (or failed to write) that osa-net cannot act on.
 * Problems are collected, never thrown: a file reports all of its problems at once.
 */

/** Where something stands in a document. Lines and columns count from 1, columns in UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many columns the caret underlines; at least 1. */
  readonly length: number;
  /** The source line itself, without its line end; empty when there is none (an unreadable file). */
  readonly excerpt: string;
}

/** The closed list of codes; each is explained in deploy/docs/reference.md. */
export type ProblemCode =
  // the file
  | 'UNREADABLE_FILE'
  | 'NOT_A_FILE'
  | 'OUTSIDE_DIRECTORY'
  | 'FILE_TOO_LARGE'
  | 'EMPTY_FILE'
  | 'NOT_UTF8'
  // YAML
  | 'YAML_SYNTAX'
  | 'NESTING_TOO_DEEP'
  | 'TOO_MANY_ALIASES'
  | 'DUPLICATE_KEY'
  // the document
  | 'NOT_A_RESOURCE'
  | 'UNKNOWN_API_VERSION'
  | 'UNKNOWN_KIND'
  | 'UNKNOWN_FIELD'
  | 'MISSING_FIELD'
  | 'WRONG_TYPE'
  | 'OUT_OF_RANGE'
  | 'BAD_VALUE'
  | 'BAD_NAME'
  | 'BAD_INTERFACE_NAME'
  | 'INTERFACE_NAME_TOO_LONG'
  | 'BAD_ADDRESS'
  | 'BAD_PREFIX'
  | 'BAD_MAC_ADDRESS'
  | 'POOL_OUTSIDE_SUBNET'
  | 'GATEWAY_UNREACHABLE'
  | 'SELF_REFERENCE'
  | 'UNSUPPORTED_BY_SYSTEMD'
  | 'OBSOLETE_KEY'
  | 'OBSOLETE_VALUE'
  // between documents
  | 'DUPLICATE_NAME'
  | 'DUPLICATE_INTERFACE'
  | 'DUPLICATE_UNIT'
  | 'PORT_IN_TWO_BRIDGES'
  | 'BRIDGE_CYCLE'
  | 'DEPENDENCY_CYCLE'
  | 'MISSING_LINK'
  | 'OVERLAPPING_SUBNET'
  // on this host
  | 'ROLLED_BACK';

/** One thing that is wrong, where it is, and what to do about it. */
export interface Problem {
  readonly code: ProblemCode;
  /** One lower-case sentence without a full stop: what is wrong. */
  readonly message: string;
  /** One lower-case sentence without a full stop: what to do. */
  readonly hint: string;
  readonly location: Location;
}

/** What is wrong and what to do about it, before it is known where it stands. */
export type Fault = Omit<Problem, 'location'>;

/** The order of problems within a file. */
export function byPlace({ location: a }: Problem, { location: b }: Problem): number {
  return a.line - b.line || a.column - b.column;
}

/** `file:line:column`, the prefix of every message about a document. */
export function at(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}

/** The problem as one line, for conditions and logs: `file:line:col: message (hint)`. */
export function problemLine(problem: Problem): string {
  return `${at(problem.location)}: ${problem.message}; ${problem.hint}`;
}

/** The problem for a terminal: position, code, message, source line with a caret, and what to do. */
export function problemText(problem: Problem): string {
  const { location } = problem;
  const head = `${at(location)}: ${problem.message} [${problem.code}]`;
  if (location.excerpt === '') return `${head}\n  ${problem.hint}`;
  const { shown, column } = window(location.excerpt, location.column);
  const indent = shown.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const caret = '^'.repeat(Math.max(1, Math.min(location.length, shown.length - column + 1)));
  return `${head}\n  ${shown}\n  ${indent}${caret}\n  ${problem.hint}`;
}

/** Longest source line shown whole; a longer one is cut to a window around the column. */
const maxExcerpt = 110;

function window(line: string, column: number): { shown: string; column: number } {
  if (line.length <= maxExcerpt) return { shown: line, column };
  const start = Math.max(0, Math.min(column - 40, line.length - maxExcerpt));
  return { shown: line.slice(start, start + maxExcerpt), column: column - start };
}
