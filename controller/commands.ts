import { movedSince, obstacleTo, previousGeneration, unbroken, wayBackTo } from '../state/generations.ts';
import { resumedAll, resumedSome, withSuspended } from '../state/suspension.ts';
import {
  type CommandHost,
  decideNow,
  done,
  onTrial,
  type Request,
  refused,
  resultOf,
  type Tell,
} from './command-host.ts';
import { tryDocuments } from './command-try.ts';
import type { ControlHandler, ControlRequest, ControlResult } from './control.ts';
import { fingerprintOf } from './fingerprint.ts';

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
  const way = wayBackTo(generation, entries);
  const { lastGood } = host.memory();
  const moved = movedSince(way, entries, lastGood);
  if (moved !== undefined) {
    const why = `${moved} is no longer in force (renamed, split?), of which the history does not know`;
    return refused(`cannot put generation ${generation} together: ${why}; put the file back first`);
  }
  const held = await host.world.history.before(way, lastGood);
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
  const { suspended, rolledBack, hold, transaction } = host.memory().inventory;
  if (resources.length === 0) {
    if (!suspended && !rolledBack && !hold && !transaction?.lifted)
      return { outcome: 'unchanged', message: 'nothing is suspended' };
    await host.edit((memory) => ({ ...memory, inventory: resumedAll(memory.inventory) }));
    return { outcome: 'done', message: 'everything goes on' };
  }
  if (suspended === 'all' || transaction?.lifted?.suspended)
    return refused("everything is suspended; let it go on with 'osa-net resume'");
  const lifted = transaction?.lifted?.rolledBack;
  const unknown = resources.find((key) => !suspended?.includes(key) && !rolledBack?.[key] && !lifted?.[key]);
  if (unknown !== undefined) return refused(`${unknown} is neither suspended nor taken back`);
  await host.edit((memory) => ({ ...memory, inventory: resumedSome(memory.inventory, resources) }));
  return { outcome: 'done', message: `${resources.join(', ')} ${resources.length === 1 ? 'goes' : 'go'} on` };
}
