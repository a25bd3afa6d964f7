import { Composer, type CST, type Document, isScalar, Lexer, Parser } from 'yaml';
import type { Location, Problem } from '../problem.ts';
import type { Source } from './source.ts';

/** Deepest nesting of maps and lists in a file; the deepest field of any kind is at five. */
const maxDepth = 64;

const collections: readonly string[] = ['block-map', 'block-seq', 'flow-collection'];

/**
 * The YAML documents of a text, those of comments alone left out; each carries its own syntax errors.
 *
 * yaml composes recursively and, on Node 20, thousands of levels can end the process (not an exception). Its lexer and
 * parser are iterative, so the depth is known before a document is whole and composed.
 */
export function parseDocuments(source: Source): readonly Document.Parsed[] | Problem {
  const unreadable = emptiness(source) ?? controlCharacter(source);
  if (unreadable) return unreadable;
  const parser = new Parser();
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  const compose = (tokens: Iterable<CST.Token>): void => {
    for (const token of tokens) documents.push(...composer.next(token));
  };
  for (const lexeme of new Lexer().lex(source.text)) {
    compose(parser.next(lexeme));
    if (isTooDeep(parser.stack)) return tooDeep(source.locate(parser.offset - lexeme.length));
  }
  compose(parser.end());
  documents.push(...composer.end(false, source.text.length));
  return documents.filter((document) => !isEmpty(document));
}

const options = {
  version: '1.2',
  schema: 'core',
  strict: true,
  // Its check compares each key with each other one; the walk in tree.ts finds duplicates in one go.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

function tooDeep(location: Location): Problem {
  return {
    code: 'NESTING_TOO_DEEP',
    message: `maps and lists are nested deeper than ${maxDepth} levels`,
    hint: 'no resource needs more than five; look for a bracket that is not closed',
    location,
  };
}

/** The stack also holds the document and the scalar at hand. */
function isTooDeep(stack: readonly CST.Token[]): boolean {
  if (stack.length <= maxDepth) return false;
  return stack.filter(({ type }) => collections.includes(type)).length > maxDepth;
}

/** A writer that was stopped, or had no space left, leaves an empty file: that is no wish to have its documents deleted. */
function emptiness(source: Source): Problem | undefined {
  if (source.text.trim() !== '') return undefined;
  return {
    code: 'EMPTY_FILE',
    message: 'the file is empty',
    hint: 'write it again; remove it, or leave a comment in it, if its documents are meant to go',
    location: source.locate(0),
  };
}

/** YAML 1.2 §5.1 leaves out C0 characters but tab and line ends; a file cut short by a crash is full of NUL. */
function controlCharacter(source: Source): Problem | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(source.text);
  if (!found) return undefined;
  const name = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    code: 'YAML_SYNTAX',
    message: `the control character ${name} cannot stand in YAML`,
    hint: 'remove it; if the file is full of them, it was not written to its end',
    location: source.locate(found.index),
  };
}

/** Nothing but comments, as before the first `---` or after the last. */
function isEmpty(document: Document.Parsed): boolean {
  if (document.errors.length > 0) return false;
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.source === '' && contents.value === null);
}

const hints: Readonly<Record<string, string>> = {
  BAD_INDENT: 'indent the line like its neighbours, with spaces, and close every bracket',
  TAB_AS_INDENT: 'indent with spaces',
  MISSING_CHAR: 'add what is missing; a file that ends here was not written to its end',
  MULTILINE_IMPLICIT_KEY: 'write each key and its colon on a line of its own',
  BLOCK_AS_IMPLICIT_KEY: 'put the nested map on lines of its own, indented',
  MISSING_DIRECTIVES_END_MARKER: 'put --- before the document',
};

/** The syntax errors of a document, and its use of what only YAML 1.1 or programs understand. */
export function syntaxProblems(document: Document.Parsed, source: Source): Problem[] {
  // What is missing at the end is shown at the last character that there is.
  const last = Math.max(0, source.text.trimEnd().length - 1);
  const problem = (message: string, hint: string, [from, to]: readonly [number, number]): Problem => ({
    code: 'YAML_SYNTAX',
    message,
    hint,
    location: source.locate(Math.min(from, last), to),
  });
  const problems = document.errors.map((error) =>
    problem(sentence(error.message), hints[error.code] ?? 'mend the YAML here', error.pos),
  );
  for (const warning of document.warnings) {
    problems.push(problem(sentence(warning.message), 'remove it: osa-net reads plain YAML 1.2', warning.pos));
  }
  const { explicit, version } = document.directives.yaml;
  if (explicit && version !== '1.2') {
    const start = source.text.lastIndexOf('%YAML', document.contents?.range[0] ?? document.range[0]);
    problems.push(
      problem(`the document declares YAML ${version}`, 'remove the %YAML line: osa-net reads YAML 1.2', [
        start,
        start + '%YAML'.length,
      ]),
    );
  }
  return problems;
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
