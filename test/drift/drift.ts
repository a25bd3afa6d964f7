import { parseArgs } from 'node:util';
import type { Release } from '../bed/bed.ts';
import { startDrifting } from '../bed/drifting.ts';
import { cases } from './cases.ts';
import { measure, type Outcome } from './measure.ts';
import { makePeers } from './pings.ts';
import { table } from './table.ts';

const releases: readonly Release[] = ['host', 'trixie'];

/** Every drift on every release, one after another, in one table. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { release: { type: 'string', multiple: true, default: [...releases] } },
  });
  const outcomes: Outcome[] = [];
  for (const release of releases.filter((one) => values.release.includes(one))) {
    const host = await startDrifting(release);
    try {
      const peers = await makePeers(host.bed);
      for (const drift of cases) {
        const outcome = await measure(host, peers, drift);
        outcomes.push(outcome);
        process.stderr.write(`v${outcome.version} ${drift.what}: ready after ${outcome.ready ?? 'never'}\n`);
      }
    } finally {
      await host.operator.stop();
      await host.bed.stop();
    }
  }
  process.stdout.write(`${table(outcomes)}\n`);
  return outcomes.length > 0 && outcomes.every(({ ready }) => ready !== undefined) ? 0 : 1;
}

process.exitCode = await main();
