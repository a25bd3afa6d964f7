import { createSocket } from 'node:dgram';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, isIP } from 'node:net';
import { ProgramError, run } from '../programs.ts';
import { type Ask, codeOf, patienceOf, whyOf } from './ask.ts';
import { withAddressOf } from './resolve.ts';

/** Asks whether a host accepts a TCP connection. */
export async function askTcp(host: string, port: number, ask: Ask): Promise<string> {
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  ask.silence = `${where} does not answer within ${patienceOf(ask)}`;
  await withAddressOf(host, ask, async (address) => {
    await connected(address, port, ask.signal).catch((cause: unknown) => {
      throw new Error(`cannot connect to ${where}: ${whyOf(cause)}`, { cause });
    });
  });
  return '';
}

function connected(address: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    socket.on('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

/**
 * Asks whether a URL answers with a status. Certificates are not checked: one that nobody trusts proves just as well that
 * its host can be reached.
 */
export async function askHttp(url: string, status: number | undefined, ask: Ask): Promise<string> {
  ask.silence = `${url} does not answer within ${patienceOf(ask)}`;
  const target = new URL(url);
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = await withAddressOf(host, ask, (address) =>
    statusOf(target, address, ask.signal).catch((cause: unknown) => {
      throw new Error(`cannot get ${url}: ${whyOf(cause)}`, { cause });
    }),
  );
  const isWanted = status === undefined ? found >= 200 && found < 400 : found === status;
  return isWanted ? '' : `${url} answers ${found} instead of ${status ?? '200 to 399'}`;
}

function statusOf(url: URL, address: string, signal: AbortSignal): Promise<number> {
  const secure = url.protocol === 'https:';
  const options = {
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: url.pathname + url.search,
    headers: { Host: url.host, 'User-Agent': 'osa-net', Accept: '*/*', Connection: 'close' },
    rejectUnauthorized: false,
    agent: false as const,
    signal,
  };
  return new Promise((resolve, reject) => {
    const asked = (secure ? requestTls : requestPlain)(options, (response) => {
      resolve(response.statusCode ?? 0);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** What `ping` ends with where nobody answered; everything else means that it could not ask (iputils, ping(8)). */
const nobodyAnswered = 1;

/**
 * Asks whether a host answers. Node cannot send an echo request; where the program ping cannot do it either, a datagram
 * and a connection are tried on a port that nobody uses: that a host refuses them is an answer as well.
 */
export async function askPing(host: string, ask: Ask): Promise<string> {
  ask.silence = `${host} does not answer to a ping within ${patienceOf(ask)}`;
  return withAddressOf(host, ask, async (address) => {
    // Its own deadline is later than ours, which ends it.
    const deadline = String(Math.ceil(ask.timeoutMs / 1_000) + 1);
    try {
      await run('ping', ['-n', '-q', '-c', '1', '-w', deadline, address], { signal: ask.signal });
      return '';
    } catch (error) {
      if (ask.signal.aborted || !(error instanceof ProgramError)) throw error;
      if (error.code === nobodyAnswered) return ask.silence;
      const why = error.missing ? 'the program ping is not installed' : whyOf(error);
      return (await refuses(host, address, ask, why)) ? '' : ask.silence;
    }
  });
}

/** discard (RFC 863). */
const unusedPort = 9;

async function refuses(host: string, address: string, ask: Ask, why: string): Promise<boolean> {
  ask.silence = `${host} does not answer to a datagram or connection within ${patienceOf(ask)} (${why})`;
  const takenOrRefused = (work: Promise<void>): Promise<boolean> =>
    work.then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === 'ECONNREFUSED') return true;
        throw error;
      },
    );
  try {
    return await Promise.any([
      takenOrRefused(connected(address, unusedPort, ask.signal)),
      takenOrRefused(datagramAnswered(address, ask.signal)),
    ]);
  } catch (error) {
    throw new Error(`cannot reach ${host}: ${whyOf(error)} (${why})`, { cause: error });
  }
}

/** Resolves with a reply; a refusal (ICMP port unreachable) is the error ECONNREFUSED of a connected socket. */
function datagramAnswered(address: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIP(address) === 6 ? 'udp6' : 'udp4', signal });
    const settle = (error?: Error): void => {
      if (!signal.aborted) socket.close();
      if (error) reject(error);
      else resolve();
    };
    socket.once('error', settle);
    socket.once('message', () => settle());
    socket.once('connect', () => socket.send('\n'));
    socket.connect(unusedPort, address);
  });
}
