import { type Bed, startBed } from '../bed/bed.ts';
import { breakDocument, deleteLink, editDocument, removeDocument } from './changes.ts';
import { useNetwork } from './container.ts';
import { converge, showStatus } from './converge.ts';
import { broken, holds, say, scene, write } from './screen.ts';
import { lastWords, type Stage, show } from './stage.ts';
import { stay } from './stay.ts';
import { foreignBridges, hasDummy, makeForeignBridges } from './surroundings.ts';
import { inSeconds, Unmet } from './within.ts';

/** Shows osa-net on the real systemd-networkd. Each thing shown is checked: exit 1 where one does not hold. */
async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    broken('cannot run the demo: it makes network namespaces, which takes root');
    return 1;
  }
  const began = performance.now();
  write('osa-net: documents in a directory become the network of a host, and it stays so.');
  const bed = await startBed({ release: 'host' });
  try {
    await play(bed, process.argv.includes('--stay'));
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    broken(`This does not hold.\nexpected: ${error.expected}\nseen:     ${error.seen}`);
    await show(bed, 'osa-net status; networkctl --no-pager list');
    return 1;
  } finally {
    await bed.stop();
  }
  write(
    `\nAll of it held. The demo took ${inSeconds((performance.now() - began) / 1_000)}; its namespace is gone.`,
  );
  return 0;
}

async function play(bed: Bed, staying: boolean): Promise<void> {
  scene(`A host: the real systemd-networkd ${bed.version}, in a namespace of its own`);
  say("Nothing of this machine's network or configuration is touched.");
  await makeForeignBridges(bed);
  const dummy = await hasDummy(bed);
  say(`Made by other means, each with a cable in it: ${foreignBridges.join(', ')}.`);
  if (!dummy) say('This kernel has no dummy devices: br-container goes without its port dummy0.');
  const stage = await converge(bed, dummy);
  await showStatus(stage);
  await useNetwork(stage);
  await editDocument(stage);
  await breakDocument(stage);
  await deleteLink(stage);
  await removeDocument(stage);
  await (staying ? stay(bed) : end(stage));
}

async function end({ operator, bed }: Stage): Promise<void> {
  scene('The operator stops; the network stays');
  const code = await operator.stop();
  if (code !== 0) throw new Unmet('the operator to end with exit 0', `exit ${code}: ${lastWords(operator)}`);
  const links = (await bed.ip('link')).filter(({ ifname }) => ifname.startsWith('mv-'));
  if (links.length === 0) throw new Unmet('the links to stay when the operator stops', 'none left');
  holds(`it ended with exit 0, and its ${links.length} mv-* links are still there`);
}

process.exitCode = await main().catch((error: Error) => {
  broken(`cannot run the demo: ${error.message}`);
  return 1;
});
