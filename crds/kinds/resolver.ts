import * as z from 'zod';
import { parseIp } from '../ip.ts';
import type { Fault } from '../problem.ts';
import { domain, text } from './fields.ts';
import { said } from './said.ts';

function isPort(value: string): boolean {
  return /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 65_535;
}

/** Splits `ADDR`, `ADDR4:PORT` or `[ADDR6]:PORT`; whether both halves are what they should be. */
function isEndpoint(value: string): boolean {
  if (parseIp(value)) return true;
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(.+)$/.exec(value);
  if (!match) return false;
  const ip = parseIp(match[1] ?? match[2] ?? '');
  return ip?.family === (match[1] === undefined ? 4 : 6) && isPort(match[3] ?? '');
}

function bad(value: string, what: string, example: string): Fault {
  return {
    code: 'BAD_ADDRESS',
    message: `${JSON.stringify(value)} is not ${what}`,
    hint: `write ${example}`,
  };
}

/** resolved.conf(5), DNS=: `ADDR[:PORT][%INTERFACE][#SERVER]`. */
const dnsServer = text((value) => {
  const match = /^([^%#]+)(?:%([A-Za-z0-9_.@-]{1,15}))?(?:#([A-Za-z0-9.-]{1,253}))?$/.exec(value);
  if (match && isEndpoint(match[1] ?? '')) return value;
  return bad(value, 'a DNS server', 'an address, such as 9.9.9.9, [2620:fe::fe]:53 or 9.9.9.9#dns.quad9.net');
});

/** resolved.conf(5), DNSStubListenerExtra=: `[udp:|tcp:]ADDR[:PORT]`. */
const listener = text((value) => {
  if (isEndpoint(value.replace(/^(udp|tcp):/, ''))) return value;
  return bad(
    value,
    'an address to listen on',
    'an address, such as 10.0.3.2, udp:10.0.3.2:53 or [fd00::2]:53',
  );
});

/** spec of a Resolver. */
export const resolverSchema = z
  .strictObject({
    resolvConf: z
      .enum(['stub', 'uplink', 'static', 'unmanaged'])
      .default('uplink')
      .meta(
        said(
          "What /etc/resolv.conf is: a link to resolved's stub, a link to its list of uplink servers, a file written from dns and domains, or left alone",
          [],
          'static',
        ),
      ),
    enableService: z
      .boolean()
      .default(true)
      .meta(said('Whether systemd-resolved is enabled and started', [], false)),
    dns: z
      .array(dnsServer)
      .default([])
      .meta(said('DNS servers (resolved.conf(5), DNS=)', [], ['9.9.9.9', '2620:fe::fe'])),
    fallbackDNS: z
      .array(dnsServer)
      .default([])
      .meta(
        said(
          'DNS servers for when no other is known (resolved.conf(5), FallbackDNS=)',
          [],
          ['149.112.112.112'],
        ),
      ),
    domains: z
      .array(domain())
      .default([])
      .meta(
        said(
          'Search and routing domains (resolved.conf(5), Domains=)',
          [],
          ['example.org', '~corp.example.org'],
        ),
      ),
    dnssec: z
      .enum(['yes', 'no', 'allow-downgrade'])
      .optional()
      .meta(said('Whether answers are validated (resolved.conf(5), DNSSEC=)', [], 'allow-downgrade')),
    dnsOverTLS: z
      .enum(['yes', 'no', 'opportunistic'])
      .optional()
      .meta(said('Whether queries are encrypted (resolved.conf(5), DNSOverTLS=)', [], 'opportunistic')),
    cache: z
      .enum(['yes', 'no', 'no-negative'])
      .optional()
      .meta(said('Whether answers are cached (resolved.conf(5), Cache=)', [], 'no-negative')),
    stubListenerExtra: z
      .array(listener)
      .default([])
      .meta(
        said(
          'Further addresses that resolved listens on (resolved.conf(5), DNSStubListenerExtra=)',
          [],
          ['10.0.3.2'],
        ),
      ),
  })
  .describe('systemd-resolved and /etc/resolv.conf of this host');
