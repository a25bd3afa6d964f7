import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionOf } from '../../state/status.ts';
import { eventually } from '../bed/eventually.ts';
import { published, readiness } from '../bed/origin.ts';
import type { Drift } from './cases.ts';
import { type Drifting, snapshotOf, stepsSince } from './drifting.ts';
import { type Pings, type Place, placesAround, startPings } from './peers.ts';

/** What one drift came to. Times in ms since the command that caused it; of a silent one since the wish to look. */
export interface Outcome {
  readonly drift: Drift;
  readonly version: number;
  /** Measured in a guest, where everything takes longer. */
  readonly isGuest?: true;
  readonly steps: readonly string[];
  /** To the first step, or the condition that tells of it; undefined where there was neither. */
  readonly detected?: number;
  /**
   * Until all resources were Ready again, and everything as it was; of one that is only told, since the user acted.
   * Undefined where it never was.
   */
  readonly ready?: number;
  /** What was not as it should be in the end. */
  readonly trouble?: string;
  /** Pings without answer; absent where nobody pinged. */
  readonly lost?: string;
  readonly lostBeside?: string;
}

export interface MeasureOptions {
  /** Where peers ping meanwhile; default nowhere. */
  readonly places?: readonly Place[];
  /** Time between two pings, ms; default 10. */
  readonly pingMs?: number;
  /** So long it may take until all is right; default 20 s. */
  readonly patienceMs?: number;
}

/** So long pings run before and after. */
const margin = 300;

/** Causes a drift, and waits until it is put right. */
export async function measure(
  host: Drifting,
  drift: Drift,
  { places = [], pingMs = 10, patienceMs = 20_000 }: MeasureOptions = {},
): Promise<Outcome> {
  const { inside, operator } = host;
  const before = await snapshotOf(inside);
  const logged = operator.log.length;
  const around = placesAround(drift.link, places).filter((place) => place !== undefined);
  const pings = await Promise.all(around.map((place) => startPings(inside, place, pingMs)));
  if (pings.length > 0) await sleep(margin);
  const [began, after] = await timed(host, drift.command);
  const caused = drift.silent ? after : began;
  if (drift.silent) operator.process.kill('SIGHUP');

  const seen = drift.told
    ? await tellAndUndo(host, drift.told, { logged, caused, patienceMs })
    : await putRight(host, drift.steps, { logged, caused, patienceMs });
  const isAsBefore = await whyNot(
    async () => {
      const now = await snapshotOf(inside);
      if (now !== before) throw new Error(`it is not as it was: ${differing(before, now)}`);
    },
    patienceMs,
    100,
  );
  // Where nothing need be done, all may have been called Ready before anybody noticed.
  const whole = drift.told || drift.steps.length > 0 ? 0 : Date.now() - caused;
  if (pings.length > 0) await sleep(margin);
  const trouble = seen.trouble ?? isAsBefore;
  return {
    ...{ drift, version: inside.version, steps: stepsSince(operator, logged) },
    ...(seen.detected !== undefined && { detected: seen.detected }),
    ...(trouble === undefined && seen.ready !== undefined && { ready: Math.max(seen.ready, whole) }),
    ...(trouble !== undefined && { trouble }),
    ...(await lossesOf(pings)),
  };
}

/** Runs a command. @returns when it began and when it had ended, ms since the epoch */
async function timed({ inside }: Drifting, command: string): Promise<readonly [number, number]> {
  const { stdout } = await inside.sh(`date +%s%3N; { ${command}; } >/dev/null; date +%s%3N`);
  const [began = 0, ended = 0] = stdout.split('\n').map(Number);
  return [began, ended];
}

interface Cause {
  /** Lines that the operator had logged before. */
  readonly logged: number;
  /** Ms since the epoch. */
  readonly caused: number;
  readonly patienceMs: number;
}

type Seen = Pick<Outcome, 'detected' | 'ready' | 'trouble'>;

/** Until the steps were taken, in any order, and all is Ready by a word that came after them. */
async function putRight(
  host: Drifting,
  steps: readonly string[],
  { logged, caused, patienceMs }: Cause,
): Promise<Seen> {
  const { operator } = host;
  const stepTimes = () =>
    operator.log
      .slice(logged)
      .flatMap(({ step, time }) => (step === undefined ? [] : Date.parse(String(time))));
  let ready: number | undefined;
  const trouble = await whyNot(() => {
    const done = stepsSince(operator, logged);
    const lacking = steps.filter((step) => !done.some((one) => new RegExp(`^${step}`).test(one)));
    if (lacking.length > 0) throw new Error(`no ${lacking.join(', ')} among: ${done.join(', ')}`);
    ready = readySince(host, Math.max(caused, ...stepTimes()));
  }, patienceMs);
  const [first] = stepTimes();
  return {
    ...(first !== undefined && { detected: first - caused }),
    ...(trouble === undefined ? ready !== undefined && { ready: ready - caused } : { trouble }),
  };
}

/** Until a condition tells of it, and nothing was done; then does what the user would, until all is Ready. */
async function tellAndUndo(
  host: Drifting,
  { resource, reason, undo }: NonNullable<Drift['told']>,
  { logged, caused, patienceMs }: Cause,
): Promise<Seen> {
  const { inside, operator } = host;
  let told = 0;
  const untold = await whyNot(() => {
    const condition = readiness(inside, resource);
    if (condition.reason !== reason) throw new Error(`${resource} says ${condition.reason}`);
    told = saidAt(host);
  }, patienceMs);
  const done = stepsSince(operator, logged);
  const meddled = done.length > 0 ? `it did ${done.join(', ')}` : undefined;
  const [undone] = await timed(host, undo);
  let ready = 0;
  const unready = await whyNot(() => {
    ready = readySince(host, undone);
  }, patienceMs);
  const trouble = untold ?? meddled ?? unready;
  return {
    ...(untold === undefined && { detected: told - caused }),
    ...(trouble === undefined ? { ready: ready - undone } : { trouble }),
  };
}

/** When all was Ready, ms since the epoch. @throws Error if that was not said after a moment */
function readySince(host: Drifting, moment: number): number {
  const waiting = published(host.inside)
    .items.map(({ kind, metadata, status }) => ({ kind, metadata, ready: conditionOf(status, 'Ready') }))
    .filter(({ ready }) => ready?.status !== 'True');
  if (waiting.length > 0) {
    throw new Error(
      waiting
        .map(({ kind, metadata, ready }) => `${kind}/${metadata.name}: ${ready?.reason}: ${ready?.message}`)
        .join('; '),
    );
  }
  const said = saidAt(host);
  if (said <= moment) throw new Error('nothing was said since');
  return said;
}

/** What is said again as it was moves the time of the file alone. */
function saidAt({ inside }: Drifting): number {
  return Math.round(statSync(`${inside.root}/run/osa-net/status.json`).mtimeMs);
}

async function whyNot(
  check: () => void | Promise<void>,
  patienceMs: number,
  everyMs = 10,
): Promise<string | undefined> {
  return eventually(async () => void (await check()), patienceMs, everyMs).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

function differing(before: string, now: string): string {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  const gone = old.filter((line) => !fresh.includes(line)).map((line) => `-${line}`);
  return [...gone, ...fresh.filter((line) => !old.includes(line)).map((line) => `+${line}`)].join(' ');
}

async function lossesOf(pings: readonly Pings[]): Promise<Pick<Outcome, 'lost' | 'lostBeside'>> {
  const [lost, lostBeside] = await Promise.all(pings.map((one) => one.stop()));
  return pings.length === 0 ? {} : { lost: inWords(lost), lostBeside: inWords(lostBeside) };
}

function inWords(pings: { readonly sent: number; readonly lost: number } | undefined): string {
  return pings === undefined ? 'its link went too' : `${pings.lost} of ${pings.sent}`;
}
