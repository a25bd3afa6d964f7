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
import { fileAsRead } from '../state/unread.ts';
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
import { versionNow } from './desiring.ts';
import { type Memory, type Vain, type Wish, withoutTry } from './memory.ts';
import { systemMessage } from './system-message.ts';

/** Applies documents, and takes them back unless they are confirmed in time. */
export async function tryDocuments(
  host: CommandHost,
  request: Request<'try'>,
  tell: Tell,
  gone: AbortSignal,
): Promise<ControlResult> {
  const { configDir } = host.world.settings;
  const version = versionNow(host.world, host.memory());
  const { lastGood } = host.memory();
  const overlay = new Map(
    request.documents.map(({ name, text }) => {
      const file = sourceOf(join(configDir, name), text);
      return [file.file, fileAsRead(file, lastGood, version)] as const;
    }),
  );
  const keys = [...keysOf(overlay.values())];
  const obstacle = onTrial(host) ?? (await cannotTry(host, overlay));
  if (obstacle) return obstacle;
  const ended = host.nextEnd();
  const wish: Wish = { by: 'try', confirmWithin: request.timeoutMs };
  const wanted = (memory: Memory): Memory => ({
    ...memory,
    ...(overlay.size > 0 && { overlay }),
    wish,
    vain: undefined,
  });
  const busy = await decideNow(host, wanted, heldOn);
  if (busy) return busy;
  const { inventory, vain, desired, report } = host.memory();
  const { transaction } = inventory;
  if (vain) return untried(host, keys, vain, problemsOf(vain, keys, overlay));
  if (!transaction) {
    await host.edit((memory) => (memory.wish === wish ? withoutTry(memory) : memory));
    return refused(
      "the pass that was to try it could not be finished; see the log of osa-net, and 'osa-net status'",
    );
  }
  const seen = { desired: desired?.result, items: report.items };
  for (const problem of problemsOf(seen, keys, overlay)) tell(problem);
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

function heldOn({ inventory: { hold } }: Memory): ControlResult | undefined {
  return hold && refused(`${holdMessage(hold.generation)}; nothing else is tried before`);
}

/** What to say of documents that changed nothing. */
function untried(
  { memory }: CommandHost,
  keys: readonly ResourceKey[],
  vain: Vain,
  problems: readonly string[],
): ControlResult {
  if (problems.length > 0) return refused(problems.join('\n'));
  const { state, message } = vain.networkd;
  if (state !== 'running') return refused(message);
  const { suspended = [] } = memory().inventory;
  const still = keys.filter((key) => suspended.includes(key));
  if (still.length > 0)
    return refused(`suspended, so that nothing of it is changed: ${still.join(', ')}; see: osa-net resume`);
  const waiting = messagesOf(vain, keys, ['DependencyNotReady', 'ReconciliationSuspended']);
  if (waiting.length > 0) return refused(waiting.join('\n'));
  return { outcome: 'unchanged', message: 'nothing would change' };
}

function sourceOf(file: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  return { file, bytes, hash: hashOf(bytes), loaded: loadFile(file, bytes) };
}

/** Documents as a pass has found them. */
type Found = Pick<Vain, 'items'> & { readonly desired: Vain['desired'] | undefined };

/** What keeps documents that are tried from being applied, beside what is wrong with those of the directory. */
function problemsOf(
  found: Found,
  keys: readonly ResourceKey[],
  overlay: ReadonlyMap<string, SourceFile>,
): readonly string[] {
  const refusals = [...(found.desired?.refused.values() ?? [])].flatMap(({ problems }) => problems);
  const own = [...overlay.values()].flatMap(({ loaded }) => loaded.problems);
  return [
    ...[...own, ...refusals.filter(({ location }) => overlay.has(location.file))].map(problemLine),
    ...messagesOf(found, keys, ['InUse', 'Conflict']),
  ];
}

/** Documents of which nothing is applied for such a reason say so. */
function messagesOf(
  { items, desired }: Found,
  keys: readonly ResourceKey[],
  reasons: readonly Reason[],
): readonly string[] {
  return items.flatMap(({ kind, metadata, status }) => {
    const key = `${kind}/${metadata.name}` as ResourceKey;
    const ready = conditionOf(status, 'Ready');
    const isApplied = conditionOf(status, 'Synced')?.status === 'True';
    const isLeft = keys.includes(key) && !isApplied && !desired?.refused.has(key);
    return ready && isLeft && reasons.includes(ready.reason) ? ready.message : [];
  });
}
