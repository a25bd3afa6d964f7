import type { ResourceKey } from '../crds/resource.ts';
import { describeStep, isKernelStep, type Step } from '../state/step.ts';
import { caughtUp, deleteLinks, deletionsAround } from './deletions.ts';
import { giveBack } from './former-units.ts';
import { actOnLink, isForLink } from './link-steps.ts';
import type { World } from './world.ts';

/** What carrying out a plan came to. */
export interface Applied {
  readonly done: readonly Step[];
  /** Which networkd was there when all units had been changed. */
  readonly run: number;
  /** By resource: why its first failed step failed. */
  readonly failures: ReadonlyMap<ResourceKey, string>;
  /** Why a step failed that is for all, in a plan that is for no resource; empty: none did. */
  readonly trouble: string;
}

/** Called before each step; tests stop the process there. */
export type StepHook = (step: Step) => void;

/**
 * Carries out a plan in its order. A step that fails ends the work for its resource and not for the others; what the
 * kernel refuses fails its resource and ends nothing. One that is for all (a reload) fails for every resource that waited
 * for it, one that may fail for none. `known` are the ifindexes that the plan saw.
 */
export async function apply(
  steps: readonly Step[],
  known: ReadonlySet<number>,
  world: World,
  onStep: StepHook,
): Promise<Applied> {
  const failures = new Map<ResourceKey, string>();
  const done: Step[] = [];
  let trouble = '';
  const tell = tellingOf(done, world.logger);
  await stageUnits(steps, world, failures);
  const ended = new Set(failures.keys());
  let { run } = world.networkd.snapshot();
  for (const [i, step] of steps.entries()) {
    if (isLastFileStep(steps, i - 1)) {
      run = world.networkd.snapshot().run;
      await world.units.sync();
    }
    if (isOver(step, ended)) continue;
    if (step.kind === 'reload') await caughtUp(known, world);
    onStep(step);
    try {
      const acting = act(step, steps, i, { ended, known }, world);
      // Later, so that the step is under way before the lines are written.
      if (!isFileStep(step)) setImmediate(tell);
      await acting;
      done.push(step);
    } catch (cause) {
      const owners = concernedBy(step, steps, ended);
      const message = fail(step, owners, cause as Error, { failures, ended }, world);
      if (ownersOf(steps).length === 0) trouble ||= message;
    }
  }
  tell();
  return { done, run, failures, trouble };
}

/** Logs what was done since it was last called: the changes of files while networkd already works on them. */
function tellingOf(done: readonly Step[], logger: World['logger']): () => void {
  let told = 0;
  return () => {
    for (const step of done.slice(told)) {
      logger.info(describeStep(step), { step: step.kind, owner: step.owner });
    }
    told = done.length;
  };
}

/** Whether the work is over for whom a step is. What others had goes back to them whatever else fails. */
function isOver({ owner, kind }: Step, ended: ReadonlySet<ResourceKey>): boolean {
  return owner !== undefined && ended.has(owner) && kind !== 'restore-link';
}

/** The resources that a step fails. */
function concernedBy(
  step: Step,
  steps: readonly Step[],
  ended: ReadonlySet<ResourceKey>,
): readonly ResourceKey[] {
  if (step.owner === undefined) return ownersOf(steps);
  return step.kind === 'delete-link'
    ? ownersOf(deletionsAround(steps, steps.indexOf(step), ended))
    : [step.owner];
}

function fail(
  step: Step,
  owners: readonly ResourceKey[],
  cause: Error,
  { failures, ended }: { failures: Map<ResourceKey, string>; ended: Set<ResourceKey> },
  { logger }: World,
): string {
  const message = `cannot ${verbs[step.kind]}: ${cause.message}`;
  if (step.kind === 'set-link' && step.mayFail) {
    logger.warn(`${message}; it stays as it is`, { step: step.kind, owner: step.owner });
    return '';
  }
  for (const owner of owners) {
    if (!failures.has(owner)) failures.set(owner, message);
    if (!isKernelStep(step)) ended.add(owner);
  }
  logger.error(message, { step: step.kind, owner: step.owner });
  return message;
}

const verbs: Readonly<Record<Step['kind'], string>> = {
  'remove-unit': 'remove a unit',
  'restore-unit': 'give back a unit',
  'write-unit': 'write a unit',
  'delete-link': 'delete a link',
  'touch-dependents': 'touch units',
  reload: 'apply the units',
  'restart-networkd': 'restart systemd-networkd',
  'reconfigure-link': 'reconfigure a link',
  'set-link': 'set a link',
  'set-option': 'set a link',
  'announce-link': 'announce a link',
  'renew-link-local': 'renew a link-local address',
  'remove-address': 'remove an address',
  'add-route': 'add a route',
  'add-rule': 'add a routing rule',
  'set-sysctl': 'set a sysctl',
  masquerade: 'masquerade a network',
  unmasquerade: 'stop masquerading a network',
  'revert-names': 'revert the servers and domains of a link',
  'restore-link': 'restore a link',
  'trigger-udev': 'tell systemd-udevd',
  'write-resolved-drop-in': 'write the drop-in of systemd-resolved',
  'enable-service': 'enable a service',
  'restart-service': 'restart a service',
  'write-resolv-conf': 'write /etc/resolv.conf',
};

function ownersOf(steps: readonly Step[]): readonly ResourceKey[] {
  return steps.flatMap(({ owner }) => owner ?? []);
}

/** All bytes reach the disk before the first rename: what can fail for want of space fails before anything changed. */
async function stageUnits(
  steps: readonly Step[],
  { units, logger }: World,
  failures: Map<ResourceKey, string>,
): Promise<void> {
  const writes = steps.flatMap((step) => (step.kind === 'write-unit' ? [step.unit] : []));
  try {
    await units.stage(writes);
  } catch (cause) {
    const message = `cannot write a unit: ${(cause as Error).message}`;
    for (const { owner } of writes) failures.set(owner, message);
    logger.error(message);
  }
}

function isFileStep(step: Step | undefined): boolean {
  return step !== undefined && ['remove-unit', 'restore-unit', 'write-unit'].includes(step.kind);
}

function isLastFileStep(steps: readonly Step[], i: number): boolean {
  return isFileStep(steps[i]) && !isFileStep(steps[i + 1]);
}

async function act(
  step: Step,
  steps: readonly Step[],
  i: number,
  { ended, known }: { ended: ReadonlySet<ResourceKey>; known: ReadonlySet<number> },
  world: World,
): Promise<void> {
  const { units, networkd, systemd, resolver } = world;
  if (isForLink(step)) return actOnLink(step, known, world);
  switch (step.kind) {
    case 'remove-unit':
      return units.remove(step.unit);
    case 'restore-unit':
      return giveBack(step, world);
    case 'write-unit':
      return units.commit(step.unit, step.isNew);
    case 'delete-link':
      return deleteLinks(deletionsAround(steps, i, ended), step, known, world);
    case 'touch-dependents':
      for (const unit of step.units) await units.touch(unit);
      return undefined;
    case 'reload':
      return networkd.reload();
    case 'restart-networkd':
      return restartNetworkd(world);
    case 'add-rule':
    case 'set-sysctl':
    case 'masquerade':
    case 'unmasquerade':
      return world.kernel.facts.put(step);
    case 'trigger-udev':
      return world.udev.reload();
    case 'write-resolved-drop-in':
      return resolver.writeDropIn(step.text);
    case 'enable-service':
      return startForGood(step.service, world);
    case 'restart-service':
      return systemd.restartUnit(step.service);
    case 'write-resolv-conf':
      return resolver.writeResolvConf(step.content);
  }
}

/** Enabling has systemd read all its units again, which takes seconds: one that is only stopped is only started. */
async function startForGood(service: string, { systemd }: World): Promise<void> {
  const { unitFileState } = await systemd.unitState(service);
  if (!unitFileState.startsWith('enabled')) await systemd.enableUnits([service]);
  await systemd.startUnit(service);
}

/** What a reload can do is done where networkd cannot be restarted; that it was not is told. */
async function restartNetworkd({ systemd, networkd }: World): Promise<void> {
  try {
    await systemd.restartUnit('systemd-networkd.service');
  } catch (cause) {
    await networkd.reload().catch((later: Error) => {
      const message = `${(cause as Error).message}; nor can it be reloaded: ${later.message}`;
      throw new Error(message, { cause });
    });
    throw cause;
  }
}
