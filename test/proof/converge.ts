import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Inventory } from '../../state/inventory.ts';
import { published } from '../bed/origin.ts';
import { unfinishedFiles, unitTexts } from '../bed/witness.ts';
import { foreignThings } from './foreign.ts';
import type { Stage } from './stage.ts';
import { problemsOf, statusProblems } from './verdict.ts';

/** How it ended. */
export interface Rest {
  /** What was wrong at last; nothing, when the host has converged. */
  readonly problems: readonly string[];
  /** From the call to the first look that found nothing wrong. */
  readonly tookMs: number;
}

const stateDir = '/var/lib/osa-net';
/** A second look, so long after the first, must find nothing either: what passes by is not a rest. */
const confirmMs = 150;
/** So long after the status began to say that all is well it must be so: nobody would look again soon. */
const graceMs = 15_000;

/**
 * Waits until the host is as its documents say and stays so. A prune that is held back is approved on the way, as a
 * person would who meant it.
 */
export async function converge(stage: Stage, timeoutMs: number): Promise<Rest> {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  let contentSince: number | undefined;
  for (;;) {
    await stage.supervise();
    const { problems, content } = await tryLook(stage, elapsed() > timeoutMs);
    const tookMs = elapsed();
    contentSince = content ? (contentSince ?? tookMs) : undefined;
    if (problems.length > 0) {
      const isSettled = contentSince !== undefined && tookMs - contentSince > graceMs;
      if (tookMs > timeoutMs || isSettled) return { problems, tookMs };
      if (problems.some((problem) => problem.includes('PruneBlocked'))) await approve(stage);
      await sleep(60);
      continue;
    }
    await sleep(confirmMs);
    if ((await tryLook(stage, true)).problems.length === 0) return { problems: [], tookMs };
  }
}

async function approve({ bed }: Stage): Promise<void> {
  await bed.sh('osa-net prune --yes', { check: false });
  await sleep(300);
}

interface Look {
  readonly problems: readonly string[];
  /** The status says that all is as it must be. */
  readonly content: boolean;
}

async function tryLook(stage: Stage, thorough: boolean): Promise<Look> {
  try {
    return await look(stage, thorough);
  } catch (error) {
    // A file is not there yet, or is being replaced.
    return { problems: [`cannot look: ${(error as Error).message}`], content: false };
  }
}

/** The kernel is asked only when the status says that it is worth it, or at last: a look costs the host time. */
async function look({ bed, sheet, foreign }: Stage, thorough: boolean): Promise<Look> {
  const { force, problems } = sheet.force(lastGood(`${bed.root}${stateDir}/documents`, bed.read));
  const status = published(bed);
  const early = statusProblems(status, force);
  if (early.length > 0 && !thorough) return { problems: early, content: false };
  const seen = {
    systemd: bed.version,
    status,
    inventory: JSON.parse(bed.read(`${stateDir}/inventory.json`)) as Inventory,
    units: unitTexts(bed),
    links: await bed.ip('addr'),
    unfinished: unfinishedFiles(bed),
    foreign: await foreignThings(bed),
  };
  return { problems: [...problems, ...problemsOf(seen, { force, foreign })], content: early.length === 0 };
}

function lastGood(folder: string, read: (path: string) => string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return new Map(names.map((name) => [name, read(`${stateDir}/documents/${name}`)]));
}
