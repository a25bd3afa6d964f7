import type { LinkExpectation } from '../../../crds/compiled.ts';
import type { ModelLink } from '../model/kernel.ts';
import type { Host } from './host.ts';

/** What of a link is not as its document has it: seen in the kernel itself, whatever the operator makes of it. */
export function wrongSettings(expected: LinkExpectation, { kernel }: Host): string[] {
  const link = kernel.named(expected.link);
  if (!link) return [];
  const { mtu, mode, master, network, addresses = [] } = expected;
  const plugged = kernel.links.get(link.master ?? 0)?.name;
  // A bridge that is not there yet is told of for itself.
  const isPluggable = master !== undefined && kernel.named(master.name)?.kind === 'bridge';
  const isWaiting = master !== undefined && !isPluggable;
  const wrong = [
    // A link without a .network stays as it was made, and a port as it is until there is its bridge.
    ...(network === undefined || isWaiting || link.up ? [] : ['is down']),
    ...(mtu === undefined || link.mtu === mtu ? [] : [`has MTU ${link.mtu}, not ${mtu}`]),
    ...(mode === undefined || link.mode === mode ? [] : [`has mode ${link.mode}, not ${mode}`]),
    ...(!isPluggable || plugged === master.name ? [] : [`is in ${plugged}, not in ${master.name}`]),
    ...missing(addresses, link),
  ];
  return wrong.map((trouble) => `${expected.link} ${trouble}`);
}

function missing(addresses: readonly string[], link: ModelLink): string[] {
  return addresses.filter((address) => !link.addresses.includes(address)).map((one) => `lacks ${one}`);
}
