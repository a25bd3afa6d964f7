import { isIP } from 'node:net';
import { parseIp } from '../../../ip.ts';
import { isWithin, prefixed } from '../atoms.ts';
import { isDomain } from '../names.ts';
import { routeTable } from '../network/route.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

const key = {
  247: '<empty> | <wireguard-key>',
  256: '<empty> | <wireguard-key> | <credential-reference>',
};
const noTable = '<empty> | ~0 | ~no | ~n | ~false | ~f | ~off';
const table = { 250: `${noTable} | ${routeTable[248]}` };

/** [WireGuard] and [WireGuardPeer]. */
export const wireguardShapes: Shapes = {
  wireguard_allowed_ips: {
    247: '<empty> | <allowed-ips>',
    // Host bits are cut off.
    252: '<empty> | <allowed-ips-masked> | !<allowed-ips>',
  },
  wireguard_endpoint: {
    247: '<wireguard-endpoint-247>',
    252: '<wireguard-endpoint>',
    256: '<wireguard-endpoint-or-credential>',
  },
  wireguard_keepalive: 'off | <int 0..65535>',
  wireguard_listen_port: '<empty> | auto | <int 1..65535>',
  wireguard_peer_key: key,
  wireguard_peer_route_priority: '<empty> | <int 0..4294967295>',
  wireguard_peer_route_table: table,
  wireguard_private_key: key,
  wireguard_route_priority: '<empty> | <int 0..4294967295>',
  wireguard_route_table: table,
};

export const wireguardAtoms: Atoms = {
  'allowed-ips': (text) => addressesOf(text).every((one) => isPrefix(one)),
  'allowed-ips-masked': (text) => addressesOf(text).every(isMasked),
  // Whether the credential is there cannot be told from the file.
  'credential-reference': isCredential,
  'wireguard-endpoint': isEndpoint,
  'wireguard-endpoint-247': (text) => /^(\[[^\]]*\]:.|(?!\[).*:[^:]+$)/s.test(text),
  'wireguard-endpoint-or-credential': (text) =>
    text.startsWith('@') ? isCredential(text) : isEndpoint(text),
  // 32 bytes in base 64, whose last digit has two bits to spare; white space does not count.
  'wireguard-key': (text) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text.replace(/\s/g, '')),
};

const isPrefix = prefixed('optional');

/** Addresses stand between white space, commas or both. */
function addressesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((one) => one !== '');
}

/** Whether all bits behind the prefix length are zero. */
function isMasked(text: string): boolean {
  const [address = '', length] = text.split('/');
  const ip = parseIp(address);
  if (!ip || !isPrefix(text)) return false;
  const bits = ip.family === 4 ? 32n : 128n;
  const kept = wholeNumber(length ?? '') ?? bits;
  return (ip.value & ((1n << (bits - kept)) - 1n)) === 0n;
}

/** An address, or a name or address with its port; an IPv6 address in brackets is as good as a name to networkd. */
function isEndpoint(text: string): boolean {
  const [, host, port = ''] = /^(.*):([^:]*)$/.exec(text) ?? [];
  if (isIP(text) !== 0 && !text.includes('%')) return true;
  return (host === '' || (host !== undefined && isDomain(host))) && isWithin(wholeNumber(port), '1..65535');
}

/** `@` and the name of a credential, which is a file name without colon. */
function isCredential(text: string): boolean {
  return /^@(?!\.{1,2}$)[ -.0-9;-~]{1,255}$/.test(text);
}
