import { type Cidr, parseCidr } from '../ip.ts';
import type { AnyResource, Resource } from '../resource.ts';
import { type Conflict, type Holder, nameOf } from './claim.ts';

interface Held extends Holder {
  readonly cidr: Cidr;
}

/** Which bridge has which subnet: with one on two bridges the kernel sends every packet to one of them. */
export class Subnets {
  /** By family, sorted by first address. Those of one bridge may overlap, and then only the widest is here. */
  readonly #held: Readonly<Record<4 | 6, Held[]>> = { 4: [], 6: [] };

  /** The subnets of a resource that another bridge has. */
  conflicts(resource: AnyResource): Conflict[] {
    return subnetsOf(resource).flatMap(({ cidr, field }) => {
      const first = this.#overlapping(cidr);
      if (!first || first.resource === resource) return [];
      const message = `the subnet of ${cidr.text} overlaps that of ${first.cidr.text} on ${nameOf(first)}`;
      const hint = 'choose a subnet of its own for each bridge';
      return [{ field, first, fault: { code: 'OVERLAPPING_SUBNET', message, hint } }];
    });
  }

  /** Takes down the subnets of an accepted resource. */
  add(resource: AnyResource): void {
    for (const subnet of subnetsOf(resource)) {
      const held = this.#held[subnet.cidr.family];
      const other = this.#overlapping(subnet.cidr);
      if (other && other.cidr.prefix <= subnet.cidr.prefix) continue;
      const from = after(held, subnet.cidr.first - 1n);
      held.splice(from, after(held, subnet.cidr.last) - from, subnet);
    }
  }

  /** Two subnets are apart or one is inside the other, so the last that begins before the end of this one decides. */
  #overlapping(cidr: Cidr): Held | undefined {
    const held = this.#held[cidr.family];
    const last = held[after(held, cidr.last) - 1];
    return last && last.cidr.last >= cidr.first ? last : undefined;
  }
}

/** How many subnets begin at or before an address. */
function after(held: readonly Held[], address: bigint): number {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = held[middle];
    if (at && at.cidr.first <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reading an address is most of the work here, and a resource never changes. */
const memo = new WeakMap<AnyResource, readonly Held[]>();

function subnetsOf(resource: AnyResource): readonly Held[] {
  if (resource.kind !== 'ContainerBridge') return [];
  const known = memo.get(resource) ?? readSubnets(resource);
  memo.set(resource, known);
  return known;
}

function readSubnets(resource: Resource<'ContainerBridge'>): Held[] {
  return resource.spec.addresses.flatMap((text, index) => {
    const cidr = parseCidr(text);
    return 'code' in cidr || isLinkLocal(cidr) ? [] : { cidr, resource, field: `spec.addresses.${index}` };
  });
}

/** fe80::/10 and 169.254/16 are on every link at once (RFC 4291, RFC 3927). */
function isLinkLocal({ family, value }: Cidr): boolean {
  return family === 6 ? value >> 118n === 0x3fan : value >> 16n === 0xa9fen;
}
