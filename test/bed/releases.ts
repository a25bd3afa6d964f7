import { type Release, startBed } from './bed.ts';

const reasons = new Map<Release, Promise<string | undefined>>();

/** Why there can be no bed of a release here; undefined where there can. */
function whyNoBed(release: Release): Promise<string | undefined> {
  const known = reasons.get(release) ?? probe(release);
  reasons.set(release, known);
  return known;
}

async function probe(release: Release): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'namespaces need root';
  try {
    const bed = await startBed({ release });
    try {
      await bed.sh('node --version');
    } finally {
      await bed.stop();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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
