import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionOf } from '../../state/status.ts';
import { type Drift, type Drifting, stepsSince, trafficOf } from '../bed/drifting.ts';
import { eventually } from '../bed/eventually.ts';
import { published } from '../bed/origin.ts';
import type { Peers } from './pings.ts';

/** What one drift came to. Times in ms since the command that caused it; of a silent one since the wish to look. */
export interface Outcome {
  readonly drift: Drift;
  readonly version: number;
  readonly steps: readonly string[];
  /** To the first step; undefined where there was none. */
  readonly detected?: number;
  /** Until all resources were Ready again, and everything as it was; undefined where it never was. */
  readonly ready?: number;
  readonly lost: string;
  readonly lostBeside: string;
}

const patience = 20_000;
/** So long pings run before and after. */
const margin = 300;

/** Causes a drift, and waits until it is put right. */
export async function measure(host: Drifting, peers: Peers, drift: Drift): Promise<Outcome> {
  const { bed, operator } = host;
  const before = await trafficOf(bed);
  const logged = operator.log.length;
  const own = peerLinkOf(drift.link);
  const beside = own === 'r1' ? 'r2' : 'r1';
  const [here, there] = [peers.start(own), peers.start(beside)];
  await sleep(margin);
  const { stdout } = await bed.sh(`date +%s%3N; { ${drift.command}; } >/dev/null; date +%s%3N`);
  const [began, after] = stdout.split('\n').map(Number);
  const caused = (drift.silent ? after : began) ?? 0;
  if (drift.silent) operator.process.kill('SIGHUP');

  const stepTimes = () =>
    operator.log
      .slice(logged)
      .flatMap(({ step, time }) => (step === undefined ? [] : Date.parse(String(time))));
  const isDone = () => {
    const done = stepsSince(operator, logged);
    return drift.steps.every((step) => done.some((one) => new RegExp(`^${step}`).test(one)));
  };
  const readyAt = await eventually(
    async () => isDone() && readySince(host, Math.max(caused, ...stepTimes())),
    patience,
    10,
  ).catch(() => undefined);
  const isAsBefore = await eventually(async () => (await trafficOf(bed)) === before, patience).then(
    () => true,
    () => false,
  );
  await sleep(margin);
  const [lost, lostBeside] = await Promise.all([here.stop(), there.stop()]);
  const [first] = stepTimes();
  return {
    drift,
    version: bed.version,
    steps: stepsSince(operator, logged),
    ...(first !== undefined && { detected: first - caused }),
    ...(isAsBefore && typeof readyAt === 'number' && { ready: readyAt - caused }),
    lost: inWords(lost),
    lostBeside: inWords(lostBeside),
  };
}

/** The bridge through which packets to and from a link go; those of a tunnel go through r1. */
function peerLinkOf(link: string): string {
  if (/^(br|mv)-c/.test(link)) return 'br-c';
  return link.startsWith('r2') ? 'r2' : 'r1';
}

/** When all was Ready, if that was said after a moment; both in ms since the epoch. */
function readySince({ bed }: Drifting, moment: number): number | false {
  const { items } = published(bed);
  // What is said again as it was moves the time of the file alone.
  const said = statSync(`${bed.root}/run/osa-net/status.json`).mtimeMs;
  const isReady = items.every(({ status }) => conditionOf(status, 'Ready')?.status === 'True');
  return isReady && said > moment && Math.round(said);
}

function inWords(pings: { readonly sent: number; readonly lost: number } | undefined): string {
  return pings === undefined ? 'its link went too' : `${pings.lost} of ${pings.sent}`;
}
