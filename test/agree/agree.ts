import { parseArgs } from 'node:util';
import type { Release } from '../bed/bed.ts';
import { compareAll } from './compare.ts';
import { scenarios } from './scenarios.ts';

const releases: readonly Release[] = ['bullseye', 'host', 'trixie', 'sid'];

/** Compares the simulator's networkd with the real ones, release by release. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', multiple: true, default: [...releases] },
      only: { type: 'string', multiple: true },
    },
  });
  const wanted = scenarios.filter(({ name }) => values.only?.includes(name) ?? true);
  let agreeing = wanted.length > 0;
  for (const release of releases.filter((one) => values.release.includes(one))) {
    const verdicts = await compareAll(wanted, release, ({ scenario, version, differences }) => {
      if (differences.length > 0) console.log(`v${version} ${scenario.name}\n  ${differences.join('\n  ')}`);
    });
    const good = verdicts.filter(({ differences }) => differences.length === 0);
    console.log(`v${verdicts[0]?.version}: ${good.length} of ${verdicts.length} scenarios agree`);
    agreeing &&= good.length === verdicts.length;
  }
  return agreeing ? 0 : 1;
}

process.exitCode = await main();
