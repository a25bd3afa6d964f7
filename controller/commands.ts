import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from '../crds/hash.ts';
import { loadFile } from '../crds/load.ts';
import { problemLine } from '../crds/problem.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { keysOf, type SourceFile } from '../state/directory.ts';
import { holdMessage, obstacleTo, previousGeneration, unbroken, wayBackTo } from '../state/generations.ts';
import type { HistoryEntry } from '../state/history.ts';
import { readyToTry, resumedAll, resumedSome, withSuspended } from '../state/suspension.ts';
import type { ControlHandler, ControlOutcome, ControlRequest, ControlResult } from './control.ts';
import type { Documents } from './documents-view.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Memory } from './memory.ts';
import { systemMessage } from './system-message.ts';
import type { Trial } from './trial.ts';
import type { World } from './world.ts';

/** The loop, as far as commands reach into it. */
export interface CommandHost {
  readonly world: World;
  readonly trial: Trial;
  readonly documents: Documents;
  /** What the last pass left. */
  readonly memory: () => Memory;
  /** Changes what the next pass starts with, and wakes it; resolves after that pass. */
  readonly edit: (change: (memory: Memory) => Memory) => Promise<void>;
  /** Resolves with the next generation whose trial ends. */
  readonly nextEnd: () => Promise<HistoryEntry>;
}

type Request<V extends ControlRequest['verb']> = Extract<ControlRequest, { verb: V }>;
type Tell = (message: string) => void;

/** Answers what the command line asks of a running operator. */
export function createCommands(host: CommandHost): ControlHandler {
  return async (request, tell, gone) => {
    try {
      return await answer(host, request, tell, gone);
    } catch (cause) {
      return refused((cause as Error).message);
    }
  };
}

async function answer(
  host: CommandHost,
  request: ControlRequest,
  tell: Tell,
  gone: AbortSignal,
): Promise<ControlResult> {
  switch (request.verb) {
    case 'try':
      return tryDocuments(host, request, tell, gone);
    case 'confirm':
    case 'cancel':
      return decide(host, request.verb);
    case 'rollback':
      return rollBack(host, request, tell);
    case 'suspend':
      return suspend(host, request);
    case 'resume':
      return resume(host, request);
  }
}

const outcomes: Readonly<Record<HistoryEntry['result'], ControlOutcome>> = {
  confirmed: 'confirmed',
  'rolled-back': 'probe-failed',
  cancelled: 'cancelled',
  'timed-out': 'timed-out',
  interrupted: 'timed-out',
  'revert-failed': 'revert-failed',
};

function resultOf({ generation, result, message }: HistoryEntry): ControlResult {
  const what = result === 'confirmed' ? 'is confirmed' : `was taken back: ${message}`;
  return { outcome: outcomes[result], message: `generation ${generation} ${what}` };
}

function done(entry: HistoryEntry): ControlResult {
  return { ...resultOf(entry), outcome: 'done' };
}

function refused(message: string): ControlResult {
  return { outcome: 'refused', message };
}

function onTrial(host: CommandHost): ControlResult | undefined {
  return busyWith(host.memory());
}

function busyWith({ inventory: { transaction } }: Memory): ControlResult | undefined {
  return (
    transaction &&
    refused(`generation ${transaction.generation} is still on trial; confirm or cancel it first`)
  );
}

async function tryDocuments(
  host: CommandHost,
  request: Request<'try'>,
  tell: Tell,
  gone: AbortSignal,
): Promise<ControlResult> {
  const { configDir } = host.world.settings;
  const overlay = new Map(request.documents.map(({ name, text }) => sourceOf(join(configDir, name), text)));
  const keys = [...keysOf(overlay.values())];
  const obstacle = onTrial(host) ?? (await cannotTry(host, overlay));
  if (obstacle) return obstacle;
  const ended = host.nextEnd();
  const busy = await decideNow(host, (memory) => ({
    ...memory,
    ...(overlay.size > 0 && { overlay }),
    wish: { by: 'try', confirmWithin: request.timeoutMs },
    inventory: readyToTry(memory.inventory, keys),
  }));
  if (busy) return busy;
  const { transaction } = host.memory().inventory;
  const problems = problemsOf(host.memory(), overlay);
  if (!transaction) {
    await host.edit(({ overlay: _, wish: __, ...memory }) => memory);
    return untried(host, keys, problems);
  }
  for (const problem of problems) tell(problem);
  const seconds = Math.round(request.timeoutMs / 1_000);
  tell(
    `generation ${transaction.generation} is applied; confirm it within ${seconds} s, or it is taken back`,
  );
  for (const { id } of transaction.probes) tell(`it is taken back at once if this fails: ${id}`);
  // Who tried it may have cut his own connection.
  const cancel = () => host.trial.say('cancel');
  if (gone.aborted) cancel();
  gone.addEventListener('abort', cancel, { once: true });
  const entry = await ended;
  gone.removeEventListener('abort', cancel);
  return resultOf(entry);
}

/** Why nothing could come of trying documents. */
async function cannotTry(
  { memory, world }: CommandHost,
  overlay: ReadonlyMap<string, SourceFile>,
): Promise<ControlResult | undefined> {
  const { hold } = memory().inventory;
  if (hold) return refused(`${holdMessage(hold.generation)}; nothing else is tried before`);
  const { configDir } = world.settings;
  // Documents that are confirmed have to stay, and it is too late for a no then.
  const trouble = await (overlay.size > 0 ? access(configDir, constants.W_OK) : undefined)?.catch(
    systemMessage,
  );
  return trouble
    ? refused(`cannot keep documents in ${configDir} once they are confirmed: ${trouble}`)
    : undefined;
}

/** What to say of documents that changed nothing. */
function untried(
  { memory, world }: CommandHost,
  keys: readonly ResourceKey[],
  problems: readonly string[],
): ControlResult {
  if (problems.length > 0) return refused(problems.join('\n'));
  const { state, message } = world.networkd.snapshot();
  if (state !== 'running') return refused(message);
  const { suspended = [] } = memory().inventory;
  const still = keys.filter((key) => suspended.includes(key));
  if (still.length === 0) return { outcome: 'unchanged', message: 'nothing would change' };
  return refused(`suspended, so that nothing of it is changed: ${still.join(', ')}; see: osa-net resume`);
}

/** Changes what the next pass starts with, unless a change that was under way is on trial by then. */
async function decideNow(
  host: CommandHost,
  change: (memory: Memory) => Memory,
): Promise<ControlResult | undefined> {
  let busy: ControlResult | undefined;
  await host.edit((memory) => {
    busy = busyWith(memory);
    return busy ? memory : change(memory);
  });
  return busy;
}

function sourceOf(file: string, text: string): [string, SourceFile] {
  const bytes = Buffer.from(text);
  return [file, { file, bytes, hash: hashOf(bytes), loaded: loadFile(file, bytes) }];
}

/** What is wrong with documents that are tried, beside those of the directory. */
function problemsOf({ desired }: Memory, overlay: ReadonlyMap<string, SourceFile>): readonly string[] {
  const refusals = [...(desired?.result.refused.values() ?? [])].flatMap(({ problems }) => problems);
  const own = [...overlay.values()].flatMap(({ loaded }) => loaded.problems);
  return [...own, ...refusals.filter(({ location }) => overlay.has(location.file))].map(problemLine);
}

async function decide(host: CommandHost, word: 'confirm' | 'cancel'): Promise<ControlResult> {
  const ended = host.nextEnd();
  if (!host.trial.say(word)) {
    const message = word === 'confirm' ? 'nothing waits for a confirmation' : 'there is nothing to take back';
    return { outcome: 'unchanged', message };
  }
  const entry = await ended;
  return entry.result === 'confirmed' && word === 'confirm' ? done(entry) : resultOf(entry);
}

async function rollBack(host: CommandHost, request: Request<'rollback'>, tell: Tell): Promise<ControlResult> {
  const busy = onTrial(host);
  if (busy) return busy;
  const all = await host.world.history.entries();
  const entries = unbroken(all, host.memory().inventory.generation);
  const generation = request.generation ?? previousGeneration(entries);
  if (generation === undefined) return refused('there is no earlier generation');
  const obstacle = obstacleTo(generation, entries, all);
  if (obstacle !== '') return refused(obstacle);
  const held = await host.world.history.before(wayBackTo(generation, entries), host.memory().lastGood);
  const hold = { generation, directory: fingerprintOf(await host.documents.view()) };
  const ended = host.nextEnd();
  const late = await decideNow(host, (memory) => ({
    ...memory,
    held,
    wish: { by: 'rollback' },
    inventory: { ...memory.inventory, hold },
  }));
  if (late) return late;
  const holds = `the host is held on generation ${generation} until the documents change or 'osa-net resume' is given`;
  const { inventory } = host.memory();
  if (!inventory.transaction) {
    if (inventory.hold) return { outcome: 'done', message: holds };
    return refused('the documents changed meanwhile, and they are in force: nothing was rolled back');
  }
  tell(`going back to generation ${generation}`);
  const entry = await ended;
  return entry.result === 'confirmed' ? { outcome: 'done', message: holds } : resultOf(entry);
}

async function suspend(
  host: CommandHost,
  { resources }: Request<'suspend' | 'resume'>,
): Promise<ControlResult> {
  const busy = onTrial(host);
  if (busy) return busy;
  const known = host.memory().desired?.result.resources;
  const unknown = resources.find((key) => known?.has(key) !== true);
  if (unknown !== undefined) return refused(`there is no resource ${unknown}; see: osa-net status`);
  const late = await decideNow(host, (memory) => ({
    ...memory,
    inventory: withSuspended(memory.inventory, resources),
  }));
  if (late) return late;
  const what =
    resources.length === 0
      ? 'everything is'
      : `${resources.join(', ')} ${resources.length === 1 ? 'is' : 'are'}`;
  return { outcome: 'done', message: `${what} suspended: nothing of it is changed until 'osa-net resume'` };
}

async function resume(
  host: CommandHost,
  { resources }: Request<'suspend' | 'resume'>,
): Promise<ControlResult> {
  const { suspended, rolledBack, hold } = host.memory().inventory;
  if (resources.length === 0) {
    if (!suspended && !rolledBack && !hold) return { outcome: 'unchanged', message: 'nothing is suspended' };
    await host.edit((memory) => ({ ...memory, inventory: resumedAll(memory.inventory) }));
    return { outcome: 'done', message: 'everything goes on' };
  }
  if (suspended === 'all') return refused("everything is suspended; let it go on with 'osa-net resume'");
  const unknown = resources.find((key) => !suspended?.includes(key) && !rolledBack?.[key]);
  if (unknown !== undefined) return refused(`${unknown} is neither suspended nor taken back`);
  await host.edit((memory) => ({ ...memory, inventory: resumedSome(memory.inventory, resources) }));
  return { outcome: 'done', message: `${resources.join(', ')} ${resources.length === 1 ? 'goes' : 'go'} on` };
}
