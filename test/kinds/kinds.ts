import { parseArgs } from 'node:util';
import { type Release, startBed } from '../bed/bed.ts';
import { versions } from '../language/versions.ts';
import { linkCases, randomCases } from './cases.ts';
import { type Outcome, read } from './on-bed.ts';

/** Every field of every kind of link, or random documents, shown to the real networkd: does it read them without a word? */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', multiple: true, default: Object.keys(versions) },
      random: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const { random, seed } = values;
  const cases = random === undefined ? linkCases() : randomCases(Number(random), Number(seed));
  const columns = new Map<number, readonly Outcome[]>();
  for (const [release, version] of Object.entries(versions) as [Release, number][]) {
    if (!values.release.includes(release)) continue;
    const bed = await startBed({ release, networkd: false });
    try {
      columns.set(version, await read(bed, version, cases));
    } finally {
      await bed.stop();
    }
  }
  const outcomes = [...columns.values()].flat();
  for (const { one, words } of outcomes)
    for (const line of words) console.log(`${one.kind} ${one.field}: ${line}`);
  console.log(tableOf(columns));
  return outcomes.some(({ verdict }) => verdict === 'complained') ? 1 : 0;
}

/** A row a kind, and of each version how many of its fields are read, and how many it cannot have. */
function tableOf(columns: ReadonlyMap<number, readonly Outcome[]>): string {
  const kinds = [...new Set([...columns.values()].flat().map(({ one }) => one.kind))];
  const rows = kinds.map((kind) => [
    kind,
    ...[...columns.values()].map((outcomes) => {
      const own = outcomes.filter(({ one }) => one.kind === kind);
      const count = (verdict: Outcome['verdict']) =>
        own.filter((outcome) => outcome.verdict === verdict).length;
      const wrong = count('complained') > 0 ? `, ${count('complained')} complained of` : '';
      return `${count('read')} read, ${count('unsupported')} refused${wrong}`;
    }),
  ]);
  const head = ['kind', ...[...columns.keys()].map((version) => `systemd ${version}`)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

process.exitCode = await main();
