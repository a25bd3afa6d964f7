import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';
import { ProgramError, run } from '../programs.ts';

/** @throws Error saying why nobody answers */
export function tcp(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (error?: Error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(new Error('no answer in time')));
    socket.once('error', end);
  });
}

/**
 * Any answer with the status wanted counts, or any below 400. A certificate that nobody vouches for still shows that
 * the host is connected.
 * @throws Error saying what came instead
 */
export function http(url: string, status: number | undefined, timeoutMs: number): Promise<void> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = send(url, { timeout: timeoutMs, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      if (status === undefined ? statusCode < 400 : statusCode === status) resolve();
      else reject(new Error(`it answers with status ${statusCode}`));
      asked.destroy();
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.once('error', reject);
    asked.end();
  });
}

/**
 * Asks one server, or those of /etc/resolv.conf as it is now: Node itself reads that file only once.
 * @throws Error saying why there is no answer
 */
export async function dns(name: string, server: string | undefined, timeoutMs: number): Promise<void> {
  const servers = server === undefined ? serversIn(await readFile('/etc/resolv.conf', 'utf8')) : [server];
  if (servers.length === 0) throw new Error('/etc/resolv.conf names no server');
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers(servers);
  await Promise.any([resolver.resolve4(name), resolver.resolve6(name)]).catch((cause: AggregateError) => {
    throw cause.errors[0];
  });
}

/** Servers that a resolv.conf(5) names; what is no address is left out. */
export function serversIn(resolvConf: string): readonly string[] {
  const named = [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, server = '']) => server);
  return named.filter((server) => isIP(server) !== 0);
}

/** @throws Error saying that nobody answers, or that this host has no ping(8) */
export async function ping(host: string, timeoutMs: number): Promise<void> {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1_000)));
  try {
    await run('ping', ['-n', '-q', '-c', '1', '-W', seconds, host], { timeoutMs: timeoutMs + 1_000 });
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause;
    const why = cause.missing ? 'this host has no ping; install the package iputils-ping' : 'no answer';
    throw new Error(cause.stderr.trim() || why, { cause });
  }
}
