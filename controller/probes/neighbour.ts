import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { list, rows, text } from '../kernel/json.ts';
import { ProgramError, run } from '../programs.ts';

/** Time between two looks at an entry that is being asked for, ms. */
const slice = 50;
/** discard(9): whoever gets it throws it away. */
const discardPort = 9;
/** What links without neighbours say (ip-neigh(8)). */
const needNoAnswer = ['NOARP', 'PERMANENT'];

/**
 * Whether a neighbour answers to ARP or neighbour discovery now. What the kernel remembers proves nothing: an entry
 * stays REACHABLE for up to 45 s after the cable was cut, and a STALE one is not asked for another 5 s when it is used.
 */
export async function answers(address: string, link: string, timeoutMs: number): Promise<boolean> {
  const before = await stateOf(address, link);
  if (needNoAnswer.includes(before)) return true;
  if (['REACHABLE', 'STALE', 'DELAY'].includes(before)) await askAnew(address, link);
  else await speakTo(address, link);
  for (let waited = 0; waited < timeoutMs; waited += slice) {
    const state = await stateOf(address, link);
    if (state === 'REACHABLE' || needNoAnswer.includes(state)) return true;
    if (state === 'FAILED') return false;
    await sleep(slice);
  }
  return false;
}

/** Word of ip-neigh(8); empty where there is no entry. */
async function stateOf(address: string, link: string): Promise<string> {
  const { stdout } = await run('ip', ['-json', 'neigh', 'show', 'to', address, 'dev', link]);
  return rows(stdout).flatMap((row) => list(row['state']).map(text))[0] ?? '';
}

/** The kernel asks at once when an entry is put into this state. */
async function askAnew(address: string, link: string): Promise<void> {
  try {
    await run('ip', ['neigh', 'change', address, 'dev', link, 'nud', 'probe']);
  } catch (cause) {
    // The entry went meanwhile: a packet makes a new one.
    if (!(cause instanceof ProgramError)) throw cause;
    await speakTo(address, link);
  }
}

/** A packet makes the kernel look for its receiver; whether it arrives does not matter. */
function speakTo(address: string, link: string): Promise<void> {
  const v6 = isIPv6(address);
  const to = v6 && address.startsWith('fe80') ? `${address}%${link}` : address;
  return new Promise((resolve) => {
    const socket = createSocket(v6 ? 'udp6' : 'udp4');
    const done = () => socket.close(() => resolve());
    socket.once('error', done);
    socket.send(Buffer.alloc(1), discardPort, to, (error) => error === null && done());
  });
}
