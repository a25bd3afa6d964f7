import { closeSync, constants, openSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { unfinishedPath } from './atomic.ts';
import { controlSocket } from './control.ts';
import { ProgramError, runOnFile } from './programs.ts';

/**
 * Makes sure that one operator runs on a runtime directory, and opens its socket there. The lock is a flock(2), which the
 * kernel takes back when the process dies, however it dies: a socket that nobody answers is all that says so otherwise,
 * and two who find one would both replace it.
 * @param onConnection gets each connection to the socket, half open where the client closed its side
 * @returns what closes the socket and gives the lock back, once all connections are closed
 * @throws when another operator holds it
 */
export async function lockRuntimeDir(
  runtimeDir: string,
  onConnection: (socket: Socket) => void,
): Promise<() => Promise<void>> {
  await mkdir(runtimeDir, { recursive: true });
  const path = controlSocket(runtimeDir);
  const lock = await lockFile(join(runtimeDir, 'operator.lock'), path);
  try {
    // Whoever lost the file of the lock, or never had one, is still there.
    if (await answers(path)) throw held(path);
    const server = await openSocket(path, onConnection);
    return async () => {
      await rm(path, { force: true });
      await new Promise<void>((resolve) => server.close(() => resolve()));
      closeSync(lock);
    };
  } catch (cause) {
    closeSync(lock);
    throw cause;
  }
}

function held(path: string, cause?: unknown): Error {
  const message = `cannot start: another osa-net operator holds ${path}; stop it first (systemctl stop osa-net)`;
  return new Error(message, { cause });
}

/** Node has no flock(2). The lock belongs to the open file, so that it stays with us when flock(1) has ended. */
async function lockFile(path: string, socket: string): Promise<number> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  // Root's alone: who can open it can lock it.
  const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    await runOnFile('flock', (descriptor) => ['-n', '-x', descriptor], file);
    return file;
  } catch (cause) {
    closeSync(file);
    if (cause instanceof ProgramError && cause.code === 1) throw held(socket, cause);
    throw new Error(`cannot lock ${path}: ${(cause as Error).message}`, { cause });
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Appears under its name once it is root's alone. */
async function openSocket(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const temporary = unfinishedPath(path);
  await rm(temporary, { force: true });
  const server = createServer({ allowHalfOpen: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(temporary, resolve);
  });
  server.unref();
  try {
    await chmod(temporary, 0o600);
    await rename(temporary, path);
    return server;
  } catch (cause) {
    server.close();
    throw cause;
  }
}
