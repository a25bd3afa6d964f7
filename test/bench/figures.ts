/** One line of the table. */
export interface Row {
  /** What was measured, the size included. */
  readonly measure: string;
  readonly ours: string;
  /** Against what; empty where the figure stands for itself. */
  readonly against: string;
  readonly ratio: string;
  readonly target: string;
  /** Whether the target is met; undefined where there is none. */
  readonly met?: boolean;
}

/** Two things measured one right after the other. */
export interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

/** @throws TypeError when there is no value */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined)
    throw new TypeError('expected at least one value, got none');
  return (lower + upper) / 2;
}

/** How a ratio is measured and judged. */
export interface RatioOptions {
  readonly measure: string;
  readonly limit: number;
  readonly format: (value: number) => string;
}

/** Medians of both sides, and the median of the pairs' ratios: what disturbed a pair disturbed both of it. */
export function ratioRow(pairs: readonly Pair[], { measure, limit, format }: RatioOptions): Row {
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs);
  const ratio = median(ratios);
  return {
    measure: `${measure} (${pairs.length} pairs)`,
    ours: format(median(pairs.map(({ ours }) => ours))),
    against: format(median(pairs.map(({ theirs }) => theirs))),
    ratio: `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
    target: `≤ ${limit}`,
    met: ratio <= limit,
  };
}

/** A figure that is compared with nothing but its limit. */
export function limitRow(
  measure: string,
  value: number,
  limit: number,
  format: (value: number) => string,
): Row {
  return {
    measure,
    ours: format(value),
    against: '',
    ratio: '',
    target: limit === 0 ? format(0) : `≤ ${format(limit)}`,
    met: value <= limit,
  };
}

/** A figure for information. */
export function plainRow(measure: string, ours: string, against = ''): Row {
  return { measure, ours, against, ratio: '', target: '' };
}

/** `240 ms`, `1.24 s` */
export function milliseconds(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The table as Markdown, columns aligned. */
export function markdown(rows: readonly Row[]): string {
  const header = ['measure', 'osa-net', 'against', 'ratio (range)', 'target', 'met'];
  const cells = rows.map(({ measure, ours, against, ratio, target, met }) => [
    measure,
    ours,
    against,
    ratio,
    target,
    met === undefined ? '' : met ? 'yes' : '**no**',
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(header), rule, ...cells.map(line)].join('\n');
}
