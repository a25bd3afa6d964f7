import type { Compiled, ResolverIntent } from '../compiled.ts';
import { parseIp } from '../ip.ts';
import type { Resource } from '../resource.ts';
import { noteFor, serializeUnit } from '../unit.ts';
import { entriesOf, listValue } from './entries.ts';

/** A Resolver makes neither units nor links; what it wants is its intent. */
export function compileResolver(resource: Resource<'Resolver'>): Compiled {
  const dropIn = dropInOf(resource);
  const resolver: ResolverIntent = {
    resolvConf: resolvConfOf(resource),
    enableService: resource.spec.enableService,
    ...(dropIn !== undefined && { dropIn }),
  };
  return { key: resource.key, fragments: [], links: [], resolver };
}

/** Text of a file in resolved.conf.d (resolved.conf(5)). */
function dropInOf({ key, spec }: Resource<'Resolver'>): string | undefined {
  const entries = entriesOf({
    DNS: listValue(spec.dns),
    FallbackDNS: listValue(spec.fallbackDNS),
    Domains: listValue(spec.domains),
    DNSSEC: spec.dnssec,
    DNSOverTLS: spec.dnsOverTLS,
    Cache: spec.cache,
    DNSStubListenerExtra: spec.stubListenerExtra,
  });
  return entries.length === 0
    ? undefined
    : `${noteFor(key)}\n${serializeUnit([{ name: 'Resolve', entries }])}`;
}

function resolvConfOf({ key, spec }: Resource<'Resolver'>): ResolverIntent['resolvConf'] {
  if (spec.resolvConf !== 'static') return { mode: spec.resolvConf };
  const servers = spec.dns.flatMap((server) => nameserverOf(server) ?? []);
  const search = listValue(spec.domains.filter((domain) => !domain.startsWith('~') && domain !== '.'));
  const lines = [
    ...servers.map((server) => `nameserver ${server}`),
    ...(search === undefined ? [] : [`search ${search}`]),
  ];
  return { mode: 'static', text: `${noteFor(key)}\n${lines.map((line) => `${line}\n`).join('')}` };
}

/** A server as resolv.conf(5) takes it: no name for TLS, and no port but 53; undefined where it has another. */
function nameserverOf(server: string): string | undefined {
  const [, endpoint = '', zone = ''] = /^([^%#]+)(%[^#]+)?/.exec(server) ?? [];
  if (parseIp(endpoint)) return endpoint + zone;
  const [, address] = /^\[?([^\]]+?)\]?:53$/.exec(endpoint) ?? [];
  return address === undefined ? undefined : address + zone;
}
