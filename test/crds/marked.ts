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
