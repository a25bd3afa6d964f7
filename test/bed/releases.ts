import { spawnSync } from 'node:child_process';
import { type Release, releaseRoot, startBed } from './bed.ts';

const reasons = new Map<Release, Promise<string | undefined>>();

/** Why there can be no bed of a release here; undefined where there can. */
function whyNoBed(release: Release): Promise<string | undefined> {
  const known = reasons.get(release) ?? probe(release);
  reasons.set(release, known);
  return known;
}

/** Only what this machine may lack is a reason to skip; a bed that breaks in another way fails its tests. */
async function probe(release: Release): Promise<string | undefined> {
  const why = whyNoNamespaces() ?? (release === 'host' ? undefined : await whyNoRoot(release));
  if (why !== undefined) return why;
  const bed = await startBed({ release });
  try {
    const { code, stderr } = await bed.sh('node --version', { check: false });
    return code === 0 ? undefined : `this machine's node does not run there: ${stderr.trim()}`;
  } finally {
    await bed.stop();
  }
}

/** Why this process may not make namespaces; undefined where it may. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'namespaces need root';
  const { status, stderr } = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no namespaces here: ${stderr?.trim()}`;
}

/** Why the root of a release cannot be made; undefined where it can, or is there. */
export async function whyNoRoot(suite: string): Promise<string | undefined> {
  try {
    await releaseRoot(suite);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The same scenarios once for each release; one that has no bed here is skipped, with the reason printed. */
export function forEachRelease(releases: readonly Release[], scenarios: (release: Release) => void): void {
  for (const release of releases) {
    describeWhere(
      `on the networkd of ${release}`,
      () => whyNoBed(release),
      () => scenarios(release),
    );
  }
}

/** A group of tests that is skipped where `whyNot` gives a reason, which is printed. */
export function describeWhere(
  title: string,
  whyNot: () => Promise<string | undefined>,
  scenarios: () => void,
): void {
  describe(title, () => {
    before(async function () {
      this.timeout(300_000); // a root may have to be made first
      const why = await whyNot();
      if (why === undefined) return;
      console.log(`      skipped ${title}: ${why}`);
      this.skip();
    });
    scenarios();
  });
}
