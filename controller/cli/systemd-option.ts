import { InvalidArgumentError, Option } from 'commander';
import { newestSystemd, oldestSystemd } from '../../crds/networkd/capabilities.ts';

/** `--systemd N`: the version whose units are meant. */
export function systemdOption(): Option {
  return new Option(
    '--systemd <version>',
    `systemd version to check against, ${oldestSystemd} to ${newestSystemd}`,
  )
    .default(undefined, `the installed one, else ${newestSystemd}`)
    .argParser(parseSystemd);
}

/** The version that was asked for, else that of the installed networkctl, else the newest that is known. */
export async function systemdOf(asked: number | undefined): Promise<number> {
  if (asked !== undefined) return asked;
  const { programVersion } = await import('../networkd/probe.ts');
  return (await programVersion()) ?? newestSystemd;
}

function parseSystemd(value: string): number {
  const version = /^[1-9]\d{1,3}$/.test(value) ? Number(value) : Number.NaN;
  if (version >= oldestSystemd && version <= newestSystemd) return version;
  throw new InvalidArgumentError(`It is a systemd version from ${oldestSystemd} to ${newestSystemd}.`);
}
