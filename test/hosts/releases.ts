import { describeWhere } from '../bed/releases.ts';
import { type HostRelease, startHost } from './host.ts';

/** The same scenarios once for each release; one whose host does not boot here is skipped, with the reason printed. */
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

async function whyNoHost(release: HostRelease): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'booting a host needs root';
  try {
    const host = await startHost({ release });
    await host.stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
