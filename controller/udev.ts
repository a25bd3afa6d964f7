import { existsSync } from 'node:fs';
import { run } from './programs.ts';

const controlSocket = '/run/udev/control';

/**
 * Makes udev read its rules and .link files again; links that exist keep what they were given.
 * @returns `absent` where no udev runs (a container): then nothing applies .link files
 * @throws ProgramError
 */
export async function reloadUdev(socket: string = controlSocket): Promise<'reloaded' | 'absent'> {
  if (!existsSync(socket)) return 'absent';
  await run('udevadm', ['control', '--reload']);
  return 'reloaded';
}
