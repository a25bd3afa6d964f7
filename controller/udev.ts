import { existsSync } from 'node:fs';
import { run } from './programs.ts';

/** systemd-udevd, which applies .link files to links as they appear. */
export interface Udev {
  /** Whether it runs here; in a container nothing applies .link files. */
  present(): boolean;
  /** Makes it read its files again, where it runs; links that exist keep what they were given. @throws ProgramError */
  reload(): Promise<void>;
}

export function createUdev(controlSocket = '/run/udev/control'): Udev {
  const present = (): boolean => existsSync(controlSocket);
  return {
    present,
    async reload() {
      if (present()) await run('udevadm', ['control', '--reload']);
    },
  };
}
