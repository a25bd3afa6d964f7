import { bundle } from './bundle.ts';
import { mutants } from './mutant-list.ts';
import { runMany } from './pool.ts';

/** A broken variant has to be found within so many schedules. */
const enough = 2_000;

/** Breaks the code in each of the ways, and tells how many schedules it took to notice. @returns an exit code */
export async function findMutants(names: readonly string[], workers: number): Promise<number> {
  const chosen = mutants.filter(({ name }) => names.length === 0 || names.includes(name));
  let missed = 0;
  for (const mutant of chosen) {
    const text = await bundle(mutant);
    const options = { text, from: 1, count: enough, workers, share: 5, stopsAtFailure: true };
    const { failures } = await runMany(options);
    const [first] = failures.sort((a, b) => a.seed - b.seed);
    if (!first) missed += 1;
    const found = first ? `found by schedule ${first.seed}: ${first.failure.slice(0, 120)}` : 'NOT FOUND';
    console.log(`${mutant.name}: ${found}`);
  }
  console.log(`${chosen.length - missed} of ${chosen.length} broken variants found, each within ${enough} schedules`);
  return missed === 0 ? 0 : 1;
}
