import { Resolver } from 'node:dns/promises';
import { type Family, parseIp } from '../../crds/ip.ts';
import { type Ask, codeOf, patienceOf, whyOf } from './ask.ts';
import { textOf } from './files.ts';

/**
 * Tries an address, or a name's first address of each family at the same time; resolves as soon as one attempt does.
 * @throws what the attempts threw, or why the name has no address
 */
export async function withAddressOf<T>(
  host: string,
  ask: Ask,
  attempt: (address: string) => Promise<T>,
): Promise<T> {
  if (parseIp(host)) return attempt(host);
  const families = ([4, 6] as const).map(async (family) => {
    const known = hostsFile(host, family);
    return attempt(known ?? (await firstAddress(host, family, nameServers(), ask)));
  });
  try {
    return await Promise.any(families);
  } catch (error) {
    throw tellingOne(error);
  }
}

/**
 * The first A or AAAA record of a name. Not getaddrinfo(3): it cannot be stopped, and while servers are silent it would
 * keep the few threads busy that everything else reads files with.
 */
async function firstAddress(
  name: string,
  family: Family,
  servers: readonly string[],
  { signal, timeoutMs }: Ask,
): Promise<string> {
  // Two rounds, of which the second waits twice as long: together they take the time that there is.
  const timeout = Math.max(50, Math.floor(timeoutMs / 3 / servers.length));
  const resolver = new Resolver({ timeout, tries: 2 });
  resolver.setServers([...servers]);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  try {
    const [address] = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
    if (address !== undefined) return address;
  } catch (error) {
    throw new NameError(name, servers, error);
  }
  throw new NameError(name, servers, undefined);
}

/** Why a name has no address, in words. */
class NameError extends Error {
  /** The servers have answered, and said that there is none. */
  readonly unknown: boolean;

  constructor(name: string, servers: readonly string[], cause: unknown) {
    const code = codeOf(cause);
    const unknown = cause === undefined || code === 'ENOTFOUND' || code === 'ENODATA';
    const why = unknown ? 'it has no address' : code === 'ETIMEOUT' ? 'no answer' : whyOf(cause);
    super(`cannot resolve ${name} by ${servers.join(', ')}: ${why}`, { cause });
    this.unknown = unknown;
  }
}

/** Of two failures the one that is not just the want of addresses of a family. */
function tellingOne(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const telling = error.errors.find((one) => !(one instanceof NameError && one.unknown));
  return telling ?? error.errors[0];
}

/** Asks whether a name has an address. */
export async function askName(name: string, server: string | undefined, ask: Ask): Promise<string> {
  const servers = server === undefined ? nameServers() : [server];
  ask.silence = `cannot resolve ${name} by ${servers.join(', ')}: no answer within ${patienceOf(ask)}`;
  const families = ([4, 6] as const).map((family) => firstAddress(name, family, servers, ask));
  try {
    await Promise.any(families);
    return '';
  } catch (error) {
    throw tellingOne(error);
  }
}

/**
 * The servers of /etc/resolv.conf as it is now (Node keeps those that it found when it started), the default of
 * resolv.conf(5) where it names none. A server with a zone (`fe80::1%eth0`) cannot be asked from here.
 */
function nameServers(): readonly string[] {
  const named = parseNameServers(textOf('/etc/resolv.conf'));
  return named.length > 0 ? named : ['127.0.0.1'];
}

/** Addresses of `nameserver` lines (resolv.conf(5)), the first three of which count. */
export function parseNameServers(text: string): readonly string[] {
  const lines = [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)];
  return lines.flatMap(([, server = '']) => parseIp(server)?.address ?? []).slice(0, 3);
}

function hostsFile(name: string, family: Family): string | undefined {
  return parseHosts(textOf('/etc/hosts'), name, family);
}

/** The first address of a name in hosts(5). */
export function parseHosts(text: string, name: string, family: Family): string | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    if (names.includes(wanted) && parseIp(address)?.family === family) return address;
  }
  return undefined;
}
