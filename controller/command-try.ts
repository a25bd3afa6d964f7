import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from '../crds/hash.ts';
import { loadFile } from '../crds/load.ts';
import { problemLine } from '../crds/problem.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { keysOf, type SourceFile } from '../state/directory.ts';
import { holdMessage } from '../state/generations.ts';
import { conditionOf, type Reason } from '../state/status.ts';
import {
  type CommandHost,
  decideNow,
  onTrial,
  type Request,
  refused,
  resultOf,
  type Tell,
} from './command-host.ts';
import type { ControlResult } from './control.ts';
import type { Memory } from './memory.ts';
import { systemMessage } from './system-message.ts';

/** Others have the name of a link, or use it. */
const leftAlone = ['InUse', 'Conflict'] as const;

/** Applies documents, and takes them back unless they are confirmed in time. */
export async function tryDocuments(
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
  const wanted = (memory: Memory): Memory => ({
    ...memory,
    ...(overlay.size > 0 && { overlay }),
    wish: { by: 'try', confirmWithin: request.timeoutMs },
  });
  const busy = await decideNow(host, wanted, heldOn);
  if (busy) return busy;
  const { transaction } = host.memory().inventory;
  const problems = [...problemsOf(host.memory(), overlay), ...messagesOf(host.memory(), keys, leftAlone)];
  if (!transaction) {
    const answer = untried(host, keys, problems);
    // The last pass was made with the documents; the next one is made without them.
    await host.edit((memory) => (memory.inventory.transaction ? memory : withoutTry(memory)));
    return answer;
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
  const held = heldOn(memory());
  if (held) return held;
  const { configDir } = world.settings;
  // Documents that are confirmed have to stay, and it is too late for a no then.
  const trouble = await (overlay.size > 0 ? access(configDir, constants.W_OK) : undefined)?.catch(
    systemMessage,
  );
  return trouble
    ? refused(`cannot keep documents in ${configDir} once they are confirmed: ${trouble}`)
    : undefined;
}

function withoutTry({ overlay: _, wish: __, ...memory }: Memory): Memory {
  return memory;
}

function heldOn({ inventory: { hold } }: Memory): ControlResult | undefined {
  return hold && refused(`${holdMessage(hold.generation)}; nothing else is tried before`);
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
  if (still.length > 0)
    return refused(`suspended, so that nothing of it is changed: ${still.join(', ')}; see: osa-net resume`);
  const waiting = messagesOf(memory(), keys, ['DependencyNotReady', 'ReconciliationSuspended']);
  if (waiting.length > 0) return refused(waiting.join('\n'));
  return { outcome: 'unchanged', message: 'nothing would change' };
}

function sourceOf(file: string, text: string): [string, SourceFile] {
  const bytes = Buffer.from(text);
  return [file, { file, bytes, hash: hashOf(bytes), loaded: loadFile(file, bytes) }];
}

/** Documents of which nothing is applied for such a reason say so. */
function messagesOf(
  { report, desired }: Memory,
  keys: readonly ResourceKey[],
  reasons: readonly Reason[],
): readonly string[] {
  return report.items.flatMap(({ kind, metadata, status }) => {
    const key = `${kind}/${metadata.name}` as ResourceKey;
    const ready = conditionOf(status, 'Ready');
    const isApplied = conditionOf(status, 'Synced')?.status === 'True';
    const isLeft = keys.includes(key) && !isApplied && !desired?.result.refused.has(key);
    return ready && isLeft && reasons.includes(ready.reason) ? ready.message : [];
  });
}

/** What is wrong with documents that are tried, beside those of the directory. */
function problemsOf({ desired }: Memory, overlay: ReadonlyMap<string, SourceFile>): readonly string[] {
  const refusals = [...(desired?.result.refused.values() ?? [])].flatMap(({ problems }) => problems);
  const own = [...overlay.values()].flatMap(({ loaded }) => loaded.problems);
  return [...own, ...refusals.filter(({ location }) => overlay.has(location.file))].map(problemLine);
}
