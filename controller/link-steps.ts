import type { Step } from '../state/step.ts';
import type { World } from './world.ts';

/** What is put right on a link that the plan saw. */
export type LinkStep = Exclude<Extract<Step, { link: string }>, { kind: 'delete-link' }>;

export function isForLink(step: Step): step is LinkStep {
  return 'link' in step && step.kind !== 'delete-link';
}

/**
 * Puts a link right. One that went since the plan was made, or came under the name of another, is left alone: what it
 * is and whose is for the next pass to find out.
 * @param known the ifindexes that the plan saw
 */
export async function actOnLink(step: LinkStep, known: ReadonlySet<number>, world: World): Promise<void> {
  const { kernel, networkd } = world;
  const ifindex = (await kernel.links([step.link])).get(step.link)?.ifindex;
  if (ifindex === undefined || !known.has(ifindex)) return undefined;
  switch (step.kind) {
    case 'reconfigure-link':
      return networkd.reconfigureLink(ifindex);
    case 'set-link':
      return kernel.setProperty(step.link, step.property, step.value);
    case 'announce-link':
      return kernel.announceLink(step.link);
    case 'renew-link-local':
      // Whether there is to be one at all is for networkd to say.
      if (!(await kernel.renewLinkLocal(step.link))) await networkd.reconfigureLink(ifindex);
      return undefined;
    case 'remove-address':
      return kernel.removeAddress(step.link, step.address);
    case 'set-option':
    case 'add-route':
      return kernel.facts.put(step);
    case 'restore-link':
      return kernel.restoreLink(step.link, step.scene);
    case 'revert-names':
      return networkd.revertNames(ifindex);
  }
}
