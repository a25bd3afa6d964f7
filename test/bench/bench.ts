import { parseArgs } from 'node:util';
import { measureConvergence } from './convergence.ts';
import { markdown, type Row } from './figures.ts';
import { measureIdle } from './idle.ts';
import { machineFacts } from './machine-facts.ts';
import { progress } from './progress.ts';
import { measureQuiet } from './quiet.ts';
import { measureRender } from './render.ts';
import { measureStatus } from './status.ts';

/** How thoroughly: `quick` is for seeing that it runs. */
type Measure = (quick: boolean) => Promise<readonly Row[]>;

const parts: Readonly<Record<string, Measure>> = {
  converge: (quick) => measureConvergence(new Map(quick ? quickSizes : sizes)),
  quiet: (quick) => measureQuiet(quick ? 10 : 250, quick ? 3 : 9),
  status: (quick) => measureStatus(quick ? 10 : 40),
  idle: (quick) => measureIdle(quick ? 10 : 50, quick ? 10 : 60),
  render: async (quick) => measureRender(1_000, quick ? 3 : 9),
};

/** Number of integrations, and of pairs. */
const sizes: readonly (readonly [number, number])[] = [
  [1, 15],
  [10, 9],
  [50, 5],
  [250, 3],
];
const quickSizes: typeof sizes = [
  [1, 3],
  [10, 1],
];

/** Measures and prints. What falls short of its target is stated and is no failure. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
    },
  });
  const wanted = values.only.flatMap((list) => list.split(','));
  const unknown = wanted.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    progress(`there is no part ${unknown.join(', ')}; parts: ${Object.keys(parts).join(', ')}`);
    return 2;
  }
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await measure(values.quick)));
  }
  process.stdout.write(`Measured on ${machineFacts()}.\n\n${markdown(rows)}\n`);
  return 0;
}

process.exitCode = await main();
