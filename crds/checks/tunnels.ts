import { type Family, parseIp } from '../ip.ts';
import type { SpecOf } from '../kinds/index.ts';
import type { ReportField } from './check.ts';

/** Checks between the ends of a Vxlan. */
export function checkVxlan(spec: SpecOf<'Vxlan'>, report: ReportField): void {
  if (spec.remote !== undefined && spec.group !== undefined) {
    report('spec.group', {
      code: 'BAD_VALUE',
      message: 'a tunnel has one other end or a group of them, and spec.remote is set',
      hint: 'remove one of the two',
    });
  }
  if (spec.group !== undefined && spec.parent === undefined) {
    report('spec.group', {
      code: 'MISSING_FIELD',
      message: 'a multicast group is joined on a link, and spec.parent is not set',
      hint: 'set spec.parent to the link that leads to the other hosts',
    });
  }
  if (spec.group !== undefined && !isMulticast(spec.group)) {
    report('spec.group', {
      code: 'BAD_ADDRESS',
      message: `${spec.group} is no multicast address`,
      hint: 'use one such as 239.1.1.1 or ff05::7, or name the one other end in spec.remote',
    });
  }
  const family = familyOf(spec.local);
  for (const field of ['remote', 'group'] as const) {
    if (spec[field] !== undefined && family !== undefined) checkFamily(spec[field], family, field, report);
  }
}

/** Kinds of tunnels whose packets go by IPv4; those of the others by IPv6. */
const byIPv4: ReadonlySet<string> = new Set(['gre', 'gretap', 'ipip', 'sit', 'vti']);
const keyed: ReadonlySet<string> = new Set(['gre', 'gretap', 'ip6gre', 'ip6gretap', 'vti', 'vti6']);

/** networkd makes none of these without an address that tells its family (v247), or without the other end. */
const ended: Readonly<Record<string, 'end' | 'remote'>> = {
  gretap: 'remote',
  ip6gretap: 'remote',
  vti6: 'end',
  ip6tnl: 'end',
};

/** Checks between the ends and the mode of a Tunnel. */
export function checkTunnel(spec: SpecOf<'Tunnel'>, report: ReportField): void {
  const family = byIPv4.has(spec.mode) ? 4 : 6;
  for (const field of ['local', 'remote'] as const) checkFamily(spec[field], family, field, report);
  const hasEnd = spec.local !== undefined || spec.remote !== undefined;
  // One that says nothing is what the kernel makes by itself (gre0, tunl0, sit0), and there is one of those.
  const isPlain = !hasEnd && spec.key === undefined && spec.parent === undefined;
  const wanted = ended[spec.mode];
  if (wanted === 'remote' ? spec.remote === undefined : wanted === 'end' ? !hasEnd : isPlain) {
    report('spec.mode', {
      code: 'MISSING_FIELD',
      message: `a tunnel of mode ${spec.mode} needs ${wanted === 'remote' ? 'the other end' : 'an end'}`,
      hint: wanted === 'remote' ? 'set spec.remote' : 'set spec.local or spec.remote',
    });
  }
  if (spec.macAddress !== undefined && !spec.mode.endsWith('tap')) {
    report('spec.macAddress', {
      code: 'BAD_VALUE',
      message: `a tunnel of mode ${spec.mode} carries no Ethernet, and has no MAC address`,
      hint: 'remove it, or use mode gretap or ip6gretap',
    });
  }
  if (spec.key !== undefined && !keyed.has(spec.mode)) {
    report('spec.key', {
      code: 'BAD_VALUE',
      message: `a tunnel of mode ${spec.mode} has no key`,
      hint: `remove it, or use one of ${[...keyed].join(', ')}`,
    });
  }
}

function checkFamily(address: string | undefined, family: Family, field: string, report: ReportField): void {
  if (address === undefined || familyOf(address) === family) return;
  report(`spec.${field}`, {
    code: 'BAD_ADDRESS',
    message: `${address} is no IPv${family} address, as this tunnel needs it`,
    hint: `write an IPv${family} address`,
  });
}

function familyOf(address: string | undefined): Family | undefined {
  return address === undefined ? undefined : parseIp(address)?.family;
}

/** 224/4 (RFC 5771), ff00::/8 (RFC 4291). */
function isMulticast(address: string): boolean {
  const ip = parseIp(address);
  if (!ip) return false;
  return ip.family === 4 ? ip.value >> 28n === 0b1110n : ip.value >> 120n === 0xffn;
}
