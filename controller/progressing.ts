import { mayTakeLong } from '../state/compare.ts';
import type { Desired } from '../state/desired.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import { advance, backoff, type ProgressMap, respecified } from '../state/progress.ts';
import type { Report } from '../state/report.ts';
import type { Applied } from './apply.ts';
import type { PassInput } from './reconcile.ts';

/** How resources fare after a pass: when each is looked at again, and how hard it may be repaired then. */
export function nextProgress(
  { world, memory, observer }: PassInput,
  planned: Plan,
  { failures }: Applied,
  observed: Observed,
  { converged, waiting, stuck }: Report,
  desired: Desired,
): ProgressMap {
  const now = world.clock.now();
  const active = world.clock.uptime() - observer.lastActivity() < backoff.calm;
  const next = new Map(memory.progress);
  for (const key of new Set([...desired.resources.keys(), ...memory.progress.keys(), ...failures.keys()])) {
    const expectations = desired.linksOf.get(key) ?? [];
    const failed = failures.has(key);
    const inert =
      planned.foreign.has(key) ||
      waiting.has(key) ||
      desired.suspended.has(key) ||
      observed.networkd.state !== 'running';
    const besideNetworkd =
      observed.networkd.capabilities.retriesFailedLinks &&
      expectations.some(({ link }) => observed.links.get(link)?.setup === 'failed');
    const outcome = {
      ok: !failed && (converged.has(key) || inert || !desired.resources.has(key)),
      changed: planned.changed.has(key),
      repaired: planned.repaired.get(key) ?? [],
      failed,
      isStuck: stuck.has(key),
      busy: active || expectations.some((expected) => mayTakeLong(expected, observed)),
      floor: besideNetworkd ? backoff.besideNetworkd : 0,
    };
    const isNew = memory.inventory.resources[key]?.specHash !== desired.resources.get(key)?.specHash;
    const before = memory.progress.get(key);
    const progress = advance(isNew ? respecified(before) : before, outcome, now, world.random);
    if (progress) next.set(key, progress);
    else next.delete(key);
  }
  return next;
}
