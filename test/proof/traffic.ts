import { parseArgs } from 'node:util';
import type { Release } from '../bed/bed.ts';
import { type Driver, drivers } from './drivers.ts';
import { runTraffic, type TrafficRun } from './traffic-run.ts';

const columns = [
  'systemd',
  'each change by',
  'changes',
  'TCP resets',
  'TCP garbled',
  'TCP longest stall',
  'echoes sent',
  'echoes lost',
  'longest gap',
];

/** One part, as a line of the table. */
function rowOf(driver: Driver, { version, changes, figures }: TrafficRun): readonly string[] {
  const all = [...figures.values()];
  const sum = (pick: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + pick(one), 0);
  const lost = [...figures].filter(([, one]) => one.lost > 0).map(([name, one]) => `${name} ${one.lost}`);
  const stall = figures.get('container');
  return [
    `${version}`,
    driver.title,
    `${changes}`,
    `${sum(({ resets }) => resets)}`,
    `${sum(({ garbled }) => garbled)} of ${stall?.echoed}`,
    `${stall?.stallMs} ms`,
    `${sum(({ sent }) => sent)}`,
    lost.length === 0 ? '0' : lost.join(', '),
    `${Math.max(...all.map(({ gapMs }) => gapMs))} ms`,
  ];
}

/** Each line when it is known: all of it takes an hour. */
function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** Exit status 1 when osa-net cost a connection or an echo. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', multiple: true, default: ['host', 'trixie'] },
      by: { type: 'string', multiple: true, default: Object.keys(drivers) },
      changes: { type: 'string', default: '1000' },
    },
  });
  process.stdout.write(
    'A TCP stream over br-container and a UDP echo every 10 ms over each of six integrations (lost: no answer in 1 s).\n\n',
  );
  print(columns);
  print(columns.map(() => '---'));
  let harm = 0;
  for (const release of values.release as Release[]) {
    for (const name of values.by) {
      const driver = drivers[name];
      if (!driver) throw new Error(`there is no ${name}; there is ${Object.keys(drivers).join(', ')}`);
      process.stderr.write(`traffic: ${values.changes} changes by ${driver.title} on ${release}\n`);
      const run = await runTraffic(release, driver, Number(values.changes));
      print(rowOf(driver, run));
      if (name === 'osa-net')
        for (const one of run.figures.values()) harm += one.lost + one.resets + one.garbled;
    }
  }
  return harm === 0 ? 0 : 1;
}

process.exitCode = await main();
