import { insideOf } from '../bed/inside.ts';
import { startDrifting } from '../drift/drifting.ts';
import { measure } from '../drift/measure.ts';
import { makePeers } from '../drift/peers.ts';
import { drifts, placesOfGuest } from './cases.ts';
import { documents } from './documents.ts';

/** Every drift, one outcome a line; the whole guest is ours. */
const guest = await insideOf(1);
await makePeers(guest, placesOfGuest);
const host = await startDrifting(guest, documents);
// All is slower where the guest is emulated.
const options = { places: placesOfGuest, pingMs: 50, patienceMs: 120_000 };
for (const drift of drifts) {
  process.stdout.write(`${JSON.stringify(await measure(host, drift, options))}\n`);
}
await host.operator.stop();
