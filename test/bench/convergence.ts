import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bed, startBed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { startOperator } from '../bed/operator.ts';
import { milliseconds, type Pair, plainRow, type Row, ratioRow } from './figures.ts';
import { watchLinkStates } from './link-states.ts';
import { progress } from './progress.ts';
import { integrations, linksEach, originUnits } from './topology.ts';
import { renderedUnits, writeUnits } from './units.ts';

/** How many pairs are measured, by the number of integrations. */
export type Repetitions = ReadonlyMap<number, number>;

/** What one way of making the links took. */
interface Span {
  /** From the first write to the last link `configured`, ms. */
  readonly elapsed: number;
  /** CPU time of networkd over that span, ms. */
  readonly networkd: number;
  /** The same with the time after it, until all is at rest. */
  readonly networkdAtRest: number;
}

/** Sets the links off and returns once that is done, not once they are there. */
type Start = (bed: Bed) => Promise<void> | void;

/** What comes before the clock starts; the result sets the links off. */
type Prepare = (bed: Bed) => Promise<Start>;

/** Longest that networkd may take for 1,000 links, ms. */
const longest = 240_000;
/** From when on nothing goes on any more that belongs to the start of networkd or of the operator, ms. */
const settling = 2_500;

/**
 * From the drop of the documents to all links `configured`, against the same units written by hand and
 * `networkctl reload`. Every run has a fresh bed; the two of a pair follow each other, each being first in turn.
 */
export async function measureConvergence(repetitions: Repetitions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [count, pairs] of repetitions) rows.push(...(await measureCount(count, pairs)));
  return rows;
}

async function measureCount(count: number, pairs: number): Promise<readonly Row[]> {
  const spans: { ours: Span; theirs: Span }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    progress(`convergence of ${count}, pair ${pair + 1} of ${pairs}`);
    spans.push(await measurePair(count, pair % 2 === 0));
  }
  progress(`convergence of ${count}, the origin's units`);
  const origin = await measure(count, async () => byHand(originUnits(count)));
  const column = (pick: (span: Span) => number): readonly Pair[] =>
    spans.map(({ ours, theirs }) => ({ ours: pick(ours), theirs: pick(theirs) }));
  const n = `n = ${count}`;
  const format = milliseconds;
  return [
    ratioRow(
      column(({ elapsed }) => elapsed),
      { measure: `${n}: drop → configured`, limit: 1.15, format },
    ),
    ratioRow(
      column(({ networkd }) => networkd),
      { measure: `${n}: CPU of networkd`, limit: 1.1, format },
    ),
    ratioRow(
      column(({ networkdAtRest }) => networkdAtRest),
      {
        measure: `${n}: CPU of networkd until at rest`,
        limit: 1.1,
        format,
      },
    ),
    plainRow(`${n}: the origin's own units → configured`, '', milliseconds(origin.elapsed)),
  ];
}

async function measurePair(count: number, oursFirst: boolean): Promise<{ ours: Span; theirs: Span }> {
  const measureTheirs = () =>
    measure(count, async ({ version }) => byHand(renderedUnits(integrations(count), version)));
  if (!oursFirst) {
    const theirs = await measureTheirs();
    return { theirs, ours: await measure(count, byOperator(count)) };
  }
  const ours = await measure(count, byOperator(count));
  return { ours, theirs: await measureTheirs() };
}

async function measure(count: number, prepare: Prepare): Promise<Span> {
  const bed = await startBed();
  const states = watchLinkStates(bed);
  try {
    const start = await prepare(bed);
    await sleep(settling);
    const cpuBefore = networkdCpu(bed);
    const began = performance.now();
    const [end] = await Promise.all([states.configured(linksEach * count, longest), start(bed)]);
    const networkd = networkdCpu(bed) - cpuBefore;
    await sleep(settling);
    return { elapsed: end - began, networkd, networkdAtRest: networkdCpu(bed) - cpuBefore };
  } finally {
    states.stop();
    await bed.stop();
  }
}

/** The operator runs and has nothing to do; then one file is dropped. */
function byOperator(count: number): Prepare {
  return async (bed) => {
    const operator = startOperator(bed);
    await eventually(() => bed.exists('/run/osa-net/status.json'));
    const documents = integrations(count);
    return () => operator.drop('all.yaml', documents);
  };
}

/** A shell stands ready, as the one of a person or a script would. */
async function byHand(units: ReadonlyMap<string, string>): Promise<Start> {
  return async (bed) => {
    const shell = bed.spawn(['bash', '--norc', '-c', 'read -r; exec networkctl reload']);
    await eventually(() => shell.pid() !== undefined);
    writeUnits(`${bed.root}/etc/systemd/network`, units);
    shell.child.stdin?.end('\n');
    await once(shell.child, 'exit');
  };
}

/** CPU time of networkd's only thread, ms, to the nanosecond (proc/<pid>/schedstat, its first field). */
function networkdCpu(bed: Bed): number {
  const text = readFileSync(`${bed.root}/proc/${bed.networkd.pid()}/schedstat`, 'utf8');
  return Number(text.split(' ')[0]) / 1e6;
}
