import type { Outcome } from './measure.ts';

const header = [
  ...['KIND', 'DRIFT', 'NETWORKD', 'DETECTED AFTER', 'STEP, OR CONDITION', 'READY AFTER'],
  ...['LOST PINGS, SAME LINK', 'NEIGHBOURING LINK'],
];

/** All outcomes as a Markdown table, columns aligned. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = [...outcomes].sort(byKind).map(rowOf);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [
    line(header),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

function byKind(a: Outcome, b: Outcome): number {
  return (
    a.drift.kind.localeCompare(b.drift.kind) ||
    a.drift.what.localeCompare(b.drift.what) ||
    a.version - b.version
  );
}

function rowOf(outcome: Outcome): readonly string[] {
  const { drift, version, isGuest, detected, ready, lost = '', lostBeside = '' } = outcome;
  const after = (ms: number | undefined) => (ms === undefined ? '**never**' : `${ms} ms`);
  const isMended = !drift.told && detected === undefined && ready !== undefined;
  const noticed = isMended ? '' : drift.silent ? `${after(detected)} (resync)` : after(detected);
  return [
    drift.kind,
    `${drift.what} (${drift.link})`,
    isGuest ? `v${version}, guest` : `v${version}`,
    noticed,
    isMended ? 'none: networkd itself' : chosen(outcome),
    drift.told ? `${after(ready)} (the user acts)` : after(ready),
    lost,
    lostBeside,
  ];
}

/** The words of a step say what of the link is set; the link itself stands in the drift. */
function chosen({ drift, steps }: Outcome): string {
  const kinds = [...new Set(steps.map((step) => step.split(' ')[0] ?? ''))].join(', ');
  return drift.told ? `none: ${drift.told.reason}${kinds && `; then ${kinds}`}` : kinds;
}
