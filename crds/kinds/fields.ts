import * as z from 'zod';
import { requirableStates } from '../compiled.ts';
import { interfaceNameFault } from '../interface-name.ts';
import { format, hostAddressFault, notAnAddress, parseCidr, parseIp } from '../ip.ts';
import type { Fault } from '../problem.ts';
import { timeSpanSeconds } from '../time-span.ts';
import { continuesOnNextLine } from '../unit.ts';
import { said } from './said.ts';

/**
 * The building blocks of the kinds' schemas. Each is a plain string, number, list or map to JSON Schema (structural
 * CRDs know no unions) and carries its finer check as code, which reports a Fault.
 */

/** Reads a text: the canonical spelling, or what is wrong with it. */
type Reader = (text: string) => string | Fault;

/** A string that `read` checks and brings to its canonical spelling. */
export function text(read: Reader): z.ZodString {
  return z.string().check((context) => {
    const result = read(context.value);
    if (typeof result === 'string') {
      context.value = result;
      return;
    }
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: result.message,
      params: { fault: result },
    });
  });
}

/** Takes a problem of a field; the path is relative to the value that is checked. */
export type Report = (path: readonly (string | number)[], fault: Fault) => void;

/** A check of a whole map that also runs where one of its fields is wrong, so that all problems show at once. */
export function checkWhole(check: (value: Readonly<Record<string, unknown>>, report: Report) => void) {
  const made = z.check<Record<string, unknown>>((context) => {
    check(context.value, (path, fault) => {
      context.issues.push({
        code: 'custom',
        input: context.value,
        path: [...path],
        message: fault.message,
        params: { fault },
      });
    });
  });
  made._zod.def.when = ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value);
  return made;
}

/** A reader that only checks. */
function unlessFault(check: (text: string) => Fault | undefined): Reader {
  return (value) => check(value) ?? value;
}

/** Name of a link, as the kernel and networkd take it. */
export function interfaceName(): z.ZodString {
  return text(unlessFault(interfaceNameFault));
}

/** Address of a host with its prefix length, IPv4 or IPv6. */
export function hostCidr(): z.ZodString {
  return text((value) => {
    const cidr = parseCidr(value);
    if ('code' in cidr) return cidr;
    return hostAddressFault(cidr) ?? cidr.text;
  });
}

/** A network: an address with prefix length and nothing behind the prefix; `0.0.0.0/0` and `::/0` are everywhere. */
export function network(): z.ZodString {
  return text((value) => {
    if (value === '0.0.0.0/0' || value === '::/0') return value;
    const cidr = parseCidr(value);
    if ('code' in cidr) return cidr;
    const canonical = `${format(cidr.family, cidr.first)}/${cidr.prefix}`;
    if (cidr.value === cidr.first) return canonical;
    const message = `${cidr.text} is an address inside a network`;
    return { code: 'BAD_ADDRESS', message, hint: `write the network: ${canonical}` };
  });
}

/** Number of a routing table. */
export function tableNumber(): z.ZodInt {
  return z.int().min(1).max(4_294_967_295);
}

/** A domain to search or, with ~, one whose names are asked of certain servers. */
export function domain(): z.ZodString {
  return line(
    'a search domain or, with ~, a routing domain',
    /^~?(\.|[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?)$/,
    'example.org, ~example.org or ~.',
  );
}

/** Address without prefix length, IPv4 or IPv6. */
export function address(): z.ZodString {
  return text((value) => {
    const hint = value.includes('/')
      ? `leave out the prefix length: ${value.slice(0, value.indexOf('/'))}`
      : 'write a plain address, such as 10.0.3.1 or fd00::1';
    return parseIp(value)?.address ?? notAnAddress(value, hint);
  });
}

/** IPv4 address without prefix length. */
export function ipv4Address(): z.ZodString {
  return text((value) => {
    const ip = parseIp(value);
    return ip?.family === 4 ? ip.address : notAnAddress(value, 'write an IPv4 address, such as 10.0.3.2');
  });
}

/** IPv4 address that a DHCP server hands out, or `_server_address` (systemd.network(5), [DHCPServer] DNS=). */
export function dhcpServerAddress(): z.ZodString {
  return text((value) => {
    if (value === '_server_address') return value;
    const ip = parseIp(value);
    if (ip?.family === 4) return ip.address;
    return notAnAddress(value, 'write an IPv4 address, such as 10.0.3.2, or _server_address');
  });
}

/** Hardware address of a link: six bytes, unicast, lower case with colons. */
export function macAddress(): z.ZodString {
  return text((value) => {
    const bad = (message: string): Fault => ({
      code: 'BAD_MAC_ADDRESS',
      message,
      hint: 'write six pairs of hex digits, such as 02:00:00:00:03:02',
    });
    const mac = value.toLowerCase().replaceAll('-', ':');
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac))
      return bad(`${JSON.stringify(value)} is not a MAC address`);
    if (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1) return bad(`${mac} is a multicast MAC address`);
    return mac === '00:00:00:00:00:00' ? bad(`${mac} is no MAC address of a link`) : mac;
  });
}

/** Span of time as systemd.time(7) writes it, at least so many seconds. */
export function timeSpan(least: 0 | 1 = 1): z.ZodString {
  return text((value) => {
    const seconds = timeSpanSeconds(value);
    if (seconds !== undefined && seconds >= least) return value;
    return {
      code: 'BAD_VALUE',
      message: `${JSON.stringify(value)} is not a span of time${least === 1 ? ' of a second or more' : ''}`,
      hint: 'write a number with a unit, such as 3h, 90min or "3600"',
    };
  });
}

/** One line of text without control characters; `what` names it in the message. */
export function line(what: string, pattern: RegExp, example: string): z.ZodString {
  return text((value) => {
    // A line end would smuggle another line into the unit, a backslash at the end would swallow the next one.
    const isOneLine = !hasControl(value) && !continuesOnNextLine(value.trim());
    if (isOneLine && pattern.test(value)) return value;
    return {
      code: 'BAD_VALUE',
      message: `${JSON.stringify(value)} is not ${what}`,
      hint: `write something such as ${example}`,
    };
  });
}

/** Whether a text has control characters, line ends included. */
export function hasControl(value: string): boolean {
  return /\p{Cc}|[\u2028\u2029]/u.test(value);
}

/** Largest packet of a link in bytes: 68 is IPv4's least (RFC 791), 65535 the most that osa-net's kinds of links take. */
export function mtu(): z.ZodInt {
  return z.int().min(68).max(65_535);
}

/** The least OPERATIONAL state that `networkctl list` must show. */
export function requiredState() {
  return z
    .enum(requirableStates)
    .optional()
    .meta(
      said(
        'The least OPERATIONAL state (networkctl list) that the link must reach to count as ready; its default depends on the resource',
        [],
        'carrier',
      ),
    );
}

/** none, or the address families that something is switched on for. */
export const families = ['none', 'ipv4', 'ipv6', 'both'] as const;
