import { accessSync, constants, existsSync } from 'node:fs';
import { describeWhere, whyNoNamespaces, whyNoRoot } from '../bed/releases.ts';
import type { HostRelease } from './host.ts';

/** The same scenarios once for each release; one that has no host here is skipped, with the reason printed. */
export function forEachHost(
  releases: readonly HostRelease[],
  scenarios: (release: HostRelease) => void,
): void {
  for (const release of releases) {
    describeWhere(
      `on a host of ${release}`,
      () => whyNoHost(release),
      () => scenarios(release),
    );
  }
}

/** Only what this machine may lack is a reason to skip; a host that does not boot fails its tests. */
async function whyNoHost(release: HostRelease): Promise<string | undefined> {
  return whyNoNamespaces() ?? whyNoCgroups() ?? (await whyNoRoot(release));
}

/** A host's systemd needs a cgroup of its own; an unprivileged container shows them read-only. */
function whyNoCgroups(): string | undefined {
  const legacy = '/sys/fs/cgroup/systemd';
  const hierarchy = existsSync(legacy) ? legacy : '/sys/fs/cgroup';
  try {
    accessSync(hierarchy, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
