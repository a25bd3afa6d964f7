import { expect } from 'chai';
import { loadFile } from '../../crds/load.ts';
import type { Problem } from '../../crds/problem.ts';

/** Stands in a text right before the place where a problem is expected. */
export const mark = '»';

/** A text without its marks, and their positions as `line:column`. */
export function unmarked(text: string): { readonly text: string; readonly at: readonly string[] } {
  const at: string[] = [];
  const lines = text.split('\n').map((line, index) => {
    const pieces = line.split(mark);
    let column = 1;
    for (const piece of pieces.slice(0, -1)) {
      column += piece.length;
      at.push(`${index + 1}:${column}`);
    }
    return pieces.join('');
  });
  return { text: lines.join('\n'), at };
}

/** What is wrong with a text. */
export function problemsIn(text: string, file = 'test.yaml'): readonly Problem[] {
  return loadFile(file, new TextEncoder().encode(text)).problems;
}

/** `CODE line:column`. */
export function brief({ code, location }: Problem): string {
  return `${code} ${location.line}:${location.column}`;
}

/** A document of a kind whose spec is the text, indented by two. */
export function documentOf(kind: string, name: string, spec: string): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n  ${spec.replaceAll('\n', '\n  ')}\n`;
}

/** The code of a problem, and what its message and hint say. */
type Wanted = readonly [code: string, text?: RegExp];

/** A spec with a mark where each problem is expected. */
export type MarkedSpec = readonly [reason: string, spec: string, ...problems: Wanted[]];

/** Checks what is wrong with a spec: codes at the marks, and the patterns in message and hint. */
export function checkMarked(kind: string, spec: string, wanted: readonly Wanted[]): void {
  const { text, at } = unmarked(documentOf(kind, 'test', spec));
  expectMarked(problemsIn(text), at, wanted);
}

/** Checks that these problems are the wanted ones, at the marks of a spec. */
export function expectMarked(
  found: readonly Problem[],
  at: readonly string[],
  wanted: readonly Wanted[],
): void {
  // A field that is missing altogether is shown at the map that should have it: the key `spec`.
  const places = wanted.map((_, index) => at[index] ?? '5:1');
  expect(found.map(brief)).to.deep.equal(wanted.map(([code], index) => `${code} ${places[index]}`));
  wanted.forEach(([, pattern], index) => {
    const { message, hint } = found[index] ?? { message: '', hint: '' };
    if (pattern) expect(`${message}; ${hint}`).to.match(pattern);
  });
}
