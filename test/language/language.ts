import { parseArgs } from 'node:util';
import { type UnitType, unitTypes } from '../../crds/networkd/vocabulary-types.ts';
import { type Release, startBed } from '../bed/bed.ts';
import { type Case, casesOf } from './cases.ts';
import { complaints } from './on-bed.ts';
import { versions } from './versions.ts';

/** Files that networkd reads in one go. */
const batch = 400;

/** Every key of the vocabulary with good and bad values: does osa-net refuse just what networkd complains about? */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', multiple: true, default: Object.keys(versions) },
      key: { type: 'string' },
    },
  });
  let differing = 0;
  for (const [release, version] of Object.entries(versions) as [Release, number][]) {
    if (!values.release.includes(release)) continue;
    for (const type of unitTypes) {
      differing += await compare(release, version, type, values.key);
    }
  }
  return differing === 0 ? 0 : 1;
}

async function compare(
  release: Release,
  version: number,
  type: UnitType,
  only: string | undefined,
): Promise<number> {
  const cases = casesOf(type, version).filter(
    ({ section, key }) => only === undefined || `${section}.${key}` === only,
  );
  const bed = await startBed({ release, networkd: false, udev: type === 'link' });
  let differing = 0;
  try {
    for (let from = 0; from < cases.length; from += batch) {
      const some = cases.slice(from, from + batch);
      const said = await complaints(bed, some);
      some.forEach((one, i) => {
        const words = said[i] ?? '';
        if (one.isAccepted === (words === '')) return;
        differing += 1;
        console.log(
          `v${version} ${inWords(one)}: ${one.isAccepted ? `accepted, but: ${words}` : 'refused, but networkd takes it'}`,
        );
      });
    }
  } finally {
    await bed.stop();
  }
  console.log(`v${version} .${type}: ${cases.length - differing} of ${cases.length} values agree`);
  return differing;
}

function inWords({ type, section, key, value }: Case): string {
  return `.${type} [${section}] ${key}=${value}`;
}

process.exitCode = await main();
