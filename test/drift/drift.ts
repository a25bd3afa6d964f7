import { parseArgs } from 'node:util';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { type Release, startBed } from '../bed/bed.ts';
import { type GuestRelease, measureInGuest } from '../guest/guest.ts';
import { drifts } from './cases.ts';
import { documents } from './documents.ts';
import { startDrifting } from './drifting.ts';
import { measure, type Outcome } from './measure.ts';
import { makePeers, placesOfBed } from './peers.ts';
import { table } from './table.ts';

const beds: readonly Release[] = ['host', 'trixie'];
const guests: readonly GuestRelease[] = ['bookworm', 'trixie'];
const everywhere = [
  ...beds.map((release) => `bed-${release}`),
  ...guests.map((release) => `guest-${release}`),
];

/** Every drift everywhere, one after another, in one table. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { on: { type: 'string', multiple: true, default: everywhere } } });
  const outcomes: Outcome[] = [];
  const places = [
    ...beds.map((release) => ({ name: `bed-${release}`, measureAll: () => measureOnBed(release) })),
    ...guests.map((release) => ({
      name: `guest-${release}`,
      measureAll: () => measureInGuest(release, tell),
    })),
  ].filter(({ name }) => values.on.includes(name));
  let isWhole = places.length > 0;
  for (const { name, measureAll } of places) {
    // What was measured elsewhere is shown all the same.
    const measured = await measureAll().catch((error: Error) => {
      process.stderr.write(`${name}: ${error.message}\n`);
      isWhole = false;
      return [];
    });
    outcomes.push(...measured);
  }
  process.stdout.write(`${table(outcomes)}\n`);
  return isWhole && outcomes.every(({ ready }) => ready !== undefined) ? 0 : 1;
}

async function measureOnBed(release: Release): Promise<readonly Outcome[]> {
  const bed = await startBed({ release });
  try {
    await makePeers(bed, placesOfBed);
    const host = await startDrifting(bed, documents(capabilitiesOf(bed.version).ipForward));
    const outcomes: Outcome[] = [];
    for (const drift of drifts) outcomes.push(tell(await measure(host, drift, { places: placesOfBed })));
    await host.operator.stop();
    return outcomes;
  } finally {
    await bed.stop();
  }
}

function tell(outcome: Outcome): Outcome {
  const { version, drift, ready, trouble } = outcome;
  const end = trouble === undefined ? `ready after ${ready} ms` : `never ready: ${trouble}`;
  process.stderr.write(`v${version} ${drift.kind} ${drift.what}: ${end}\n`);
  return outcome;
}

process.exitCode = await main();
