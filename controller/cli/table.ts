import { clean, paint, type Style } from './output.ts';

/** One cell; its style is applied after its width has been counted. */
export type Cell = string | { readonly text: string; readonly style: Style | undefined };

const gap = '   ';

/**
 * Rows under a header, columns as wide as their widest cell, as kubectl prints them.
 * @param width columns of the terminal, to which lines are cut; absent: lines are never cut
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  width?: number,
): string[] {
  const all = [header, ...rows].map((cells) => cells.map(normalize));
  const widths = header.map((_, column) => Math.max(...all.map((cells) => cells[column]?.text.length ?? 0)));
  return all.map((cells) => formatRow(cells, widths, width));
}

function normalize(cell: Cell): { text: string; style: Style | undefined } {
  const { text, style } = typeof cell === 'string' ? { text: cell, style: undefined } : cell;
  return { text: clean(text.replace(/[\n\t]+/g, ' ')), style };
}

function formatRow(
  cells: readonly { text: string; style: Style | undefined }[],
  widths: readonly number[],
  width = Number.POSITIVE_INFINITY,
): string {
  let line = '';
  let used = 0;
  cells.forEach(({ text, style }, column) => {
    const isLast = column === cells.length - 1;
    const padded = isLast ? text : text.padEnd(widths[column] ?? 0) + gap;
    const shown = cut(padded, width - used);
    used += shown.length;
    line += paint(style, shown);
  });
  return line.trimEnd();
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room <= 0 ? '' : `${text.slice(0, room - 1)}…`;
}
