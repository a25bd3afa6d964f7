import { chmodSync, linkSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ControlHandler, serve } from './control.ts';

/** The socket by which an operator holds its runtime directory, and on which it takes commands. */
export interface Lock {
  /** From now on commands are answered by this. */
  answerWith(handler: ControlHandler): void;
  release(): Promise<void>;
}

/** Where the socket of an operator is. */
export function socketPath(runtimeDir: string): string {
  return join(runtimeDir, 'operator.sock');
}

/**
 * Makes sure that one operator runs on a runtime directory: it holds a socket there, which the kernel closes when the
 * process dies, however it dies.
 * @throws when another operator holds it
 */
export async function lockRuntimeDir(runtimeDir: string): Promise<Lock> {
  await mkdir(runtimeDir, { recursive: true });
  const path = socketPath(runtimeDir);
  const own = `${path}.${process.pid}`;
  let handler: ControlHandler | undefined;
  rmSync(own, { force: true });
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    serve(socket, () => handler);
  });
  await listen(server, own);
  try {
    // It answers before it has the name, and a name is given once: of two that start, one gets it.
    await claim(own, path);
  } catch (cause) {
    server.close();
    throw cause;
  } finally {
    rmSync(own, { force: true });
  }
  return {
    answerWith(next) {
      handler = next;
    },
    release: () =>
      new Promise((resolve) => {
        rmSync(path, { force: true });
        server.close(() => resolve());
        // Who still waits for an answer learns that none will come.
        for (const client of clients) client.destroy();
      }),
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  server.unref();
}

async function claim(own: string, path: string): Promise<void> {
  while (!isLinked(own, path)) {
    if (await answers(path)) throw held(path);
    await putAside(path, `${own}.stale`);
  }
}

function isLinked(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Takes away the socket of an operator that died. One that is alive after all, because it came meanwhile, is put back. */
async function putAside(path: string, aside: string): Promise<void> {
  try {
    renameSync(path, aside);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw cause;
  }
  const isAlive = await answers(aside);
  if (isAlive) isLinked(aside, path);
  rmSync(aside, { force: true });
  if (isAlive) throw held(path);
}

function held(path: string): Error {
  return new Error(
    `cannot start: another osa-net operator holds ${path}; stop it first (systemctl stop osa-net)`,
  );
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
