import { type Ip, parseIp } from '../../ip.ts';
import { wholeNumber } from './numbers.ts';

export interface Prefix extends Ip {
  /** Without one in the text, all the bits of an address. */
  readonly length: number;
  readonly hasLength: boolean;
}

/** An address, maybe with the length of its prefix (in_addr_prefix_from_string() of systemd). */
export function prefixOf(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const ip = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (!ip) return undefined;
  const most = ip.family === 4 ? 32 : 128;
  if (slash === -1) return { ...ip, length: most, hasLength: false };
  const length = wholeNumber(text.slice(slash + 1));
  if (length === undefined || length < 0n || length > most) return undefined;
  return { ...ip, length: Number(length), hasLength: true };
}
