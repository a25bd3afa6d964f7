import { bundle, load, type Mutant, type Simulator } from './bundle.ts';
import { mutants } from './mutant-list.ts';
import { runMany } from './pool.ts';

/** A broken variant has to be found within so many schedules. */
const enough = 2_000;

/** Breaks the code in each of the ways, and tells how many schedules it took to notice. @returns an exit code */
export async function findMutants(names: readonly string[], workers: number): Promise<number> {
  const chosen = mutants.filter(({ name }) => names.length === 0 || names.includes(name));
  const intact = await load(await bundle());
  let missed = 0;
  for (const mutant of chosen) {
    const found = await find(await bundle(mutant), mutant.mix, workers, intact);
    if (!found) missed += 1;
    const how = found ? `found by schedule ${found.seed}: ${found.failure.slice(0, 120)}` : 'NOT FOUND';
    console.log(`${mutant.name}: ${how}`);
  }
  console.log(
    `${chosen.length - missed} of ${chosen.length} broken variants found, each within ${enough} schedules`,
  );
  return missed === 0 ? 0 : 1;
}

/** The first schedule that fails with broken code, and only with that. */
async function find(
  text: string,
  mix: Mutant['mix'],
  workers: number,
  intact: Simulator,
): Promise<{ readonly seed: number; readonly failure: string } | undefined> {
  for (let from = 1; from <= enough; ) {
    const share = from === 1 ? 5 : 10;
    const count = enough + 1 - from;
    const { runs, failures } = await runMany({
      ...{ text, from, count, workers, share },
      ...(mix && { mix }),
      stopsAtFailure: true,
    });
    for (const failure of failures.sort((a, b) => a.seed - b.seed)) {
      const outcome = await intact.run(intact.scheduleOf(failure.seed, mix));
      if (outcome.failure === '') return failure;
    }
    from += runs;
  }
  return undefined;
}
