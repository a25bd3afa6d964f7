import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/**
 * Makes sure that one operator runs on a runtime directory: it holds a socket there, which the kernel closes when the
 * process dies, however it dies.
 * @returns what gives the lock back
 * @throws when another operator holds it
 */
export async function lockRuntimeDir(runtimeDir: string): Promise<() => Promise<void>> {
  await mkdir(runtimeDir, { recursive: true });
  const path = join(runtimeDir, 'operator.sock');
  if (await answers(path)) {
    throw new Error(
      `cannot start: another osa-net operator holds ${path}; stop it first (systemctl stop osa-net)`,
    );
  }
  await rm(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
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
