import { type Plan, plan } from '../state/plan.ts';
import type { PlanInput } from '../state/plan-input.ts';
import type { KernelClient } from './kernel/client.ts';

/**
 * Plans, and where a link would be made anew plans once more, knowing of those who use it from other network namespaces.
 * Only then, since it takes another look at all links.
 */
export async function planKnowingUsers(
  kernel: Pick<KernelClient, 'heldAddresses'>,
  input: PlanInput,
): Promise<Plan> {
  const first = plan(input);
  if (!makesAnew(first)) return first;
  const usersElsewhere = await kernel.heldAddresses();
  return plan({ ...input, observed: { ...input.observed, usersElsewhere } });
}

function makesAnew({ steps, deferred }: Plan): boolean {
  return (
    deferred.size > 0 ||
    steps.some(({ kind, disruption }) => kind === 'delete-link' && disruption === 'recreate')
  );
}
