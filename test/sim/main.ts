import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle, load } from './bundle.ts';
import type { Mix, Schedule } from './inside/entry.ts';
import { findMutants } from './mutants.ts';
import { type Answer, runMany } from './pool.ts';
import { kindOf, shrink } from './shrink.ts';

const usage = `usage: npm run sim -- --seed N            one schedule, with everything that happens
       npm run sim -- --schedule FILE     one that was printed before
       npm run sim -- --schedules N [--from SEED] [--workers 2]
       … --commands                       with a way out that is cut, and commands to the operator
       … --adoption                       with these, and a document that takes over a link of others
       … --outages                        short ones: the operator and networkd go while a document is carried out
       … --disks                          short ones: a disk fails now and then while documents change
       npm run sim -- --mutants [NAME…]   shows that broken code is found`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    schedule: { type: 'string' },
    schedules: { type: 'string' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    mutants: { type: 'boolean', default: false },
    commands: { type: 'boolean', default: false },
    adoption: { type: 'boolean', default: false },
    outages: { type: 'boolean', default: false },
    disks: { type: 'boolean', default: false },
  },
});

const mixes = ['outages', 'disks', 'adoption', 'commands'] as const;
const mix: Mix = mixes.find((one) => values[one]) ?? 'plain';

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.mutants) return findMutants(positionals, Number(values.workers));
  if (values.seed !== undefined)
    return showOne((simulator) => simulator.scheduleOf(Number(values.seed), mix));
  const file = values.schedule;
  if (file !== undefined) return showOne(() => JSON.parse(readFileSync(file, 'utf8')) as Schedule);
  if (values.schedules !== undefined) return many(Number(values.schedules));
  console.error(usage);
  return 2;
}

/** Runs one schedule and prints what happens; one that fails is shrunk. */
async function showOne(choose: (simulator: Awaited<ReturnType<typeof load>>) => Schedule): Promise<number> {
  const simulator = await load(await bundle());
  const schedule = choose(simulator);
  const outcome = await simulator.run(schedule, true);
  console.log(outcome.trace.join('\n'));
  console.log(
    `v${schedule.version}: ${outcome.events} events, ${outcome.passes} passes, ${outcome.steps} steps`,
  );
  if (outcome.failure === '') return 0;
  console.log(`\nviolated: ${outcome.failure}\n`);
  const shortest = await shrink(schedule, outcome.failure, simulator);
  const again = await simulator.run(shortest, true);
  console.log(`shrunk from ${schedule.events.length} events to ${shortest.events.length}:`);
  console.log(again.trace.join('\n'));
  console.log(JSON.stringify(shortest));
  return 1;
}

async function many(count: number): Promise<number> {
  const began = performance.now();
  let told = 0;
  const total = await runMany({
    text: await bundle(),
    from: Number(values.from),
    count,
    workers: Number(values.workers),
    mix,
    stopsAtFailure: false,
    onProgress: ({ runs, failures }) => {
      for (const { seed, failure } of failures.slice(told)) console.error(`seed ${seed}: ${failure}`);
      told = failures.length;
      if (runs % 1_000 === 0) console.error(`${runs} schedules, ${failures.length} violations`);
    },
  });
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${total.runs} schedules, ${total.events} events, ${total.passes} passes, ${total.steps} steps in ${seconds.toFixed(0)} s`,
  );
  console.log(`${(total.runs / seconds).toFixed(1)} schedules/s with ${values.workers} workers`);
  const kinds = Object.entries(total.met).sort(([, a], [, b]) => b - a);
  console.log(`met: ${kinds.map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  console.log(`${total.failures.length} violations`);
  tellFailures(total);
  return total.failures.length === 0 ? 0 : 1;
}

function tellFailures({ failures }: Answer): void {
  const kinds = new Map<string, Answer['failures']>();
  for (const failure of failures) {
    const kind = kindOf(failure.failure);
    kinds.set(kind, [...(kinds.get(kind) ?? []), failure]);
  }
  for (const all of [...kinds.values()].sort((a, b) => b.length - a.length)) {
    console.log(
      `  ${all.length} times, seeds ${all.slice(0, 5).map(({ seed }) => seed)}: ${all[0]?.failure}`,
    );
  }
}
