import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { figuresOf } from './figures.ts';
import { dropDocument, startOperator } from './operator.ts';
import { ready } from './origin.ts';
import { forEachRelease } from './releases.ts';

const documents = 5;
/** So many changes come before the first figures: V8 has compiled what it will, and the heap has its size. */
const warmUp = 800;

function document(i: number, version: number): string {
  const spec = `{addresses: [10.${i}.0.1/24], mtu: ${1400 + (version % 100)}}`;
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: {name: e${i}}\nspec: ${spec}\n`;
}

async function changeAll(bed: Bed, from: number, to: number): Promise<void> {
  for (let version = from; version < to; version++) {
    const i = version % documents;
    dropDocument(bed, `e${i}.yaml`, document(i, version));
    // The operator shall see some of them one by one, and some of them in heaps.
    if (version % 10 === 0) await sleep(40);
  }
}

const changes = 2_000;

forEachRelease(['host', 'trixie'], (release) => {
  it(`lives through ${changes} changes in a row and grows no further`, async function () {
    this.timeout(200_000);
    const bed = await startBed({ release });
    try {
      await bed.sh('mkdir -p /etc/osa-net.d');
      const operator = startOperator(bed);
      await changeAll(bed, 0, warmUp);
      await ready(bed, undefined, 30_000);
      const before = await figuresOf(bed, operator);
      await changeAll(bed, warmUp, warmUp + changes);
      const mtus = Array.from(
        { length: documents },
        (_, i) => 1400 + ((warmUp + changes - documents + i) % 100),
      );
      await eventually(async () => {
        const links = (await bed.ip('link')).filter(({ ifname }) => ifname.startsWith('br-e'));
        expect(links.map(({ mtu }) => mtu).sort()).to.deep.equal(mtus.sort());
      }, 30_000);
      await ready(bed, undefined, 30_000);
      const after = await figuresOf(bed, operator);
      console.log(`      before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
      expect(after.rssMegabytes - before.rssMegabytes).to.be.at.most(10);
      expect(after.openFiles).to.be.at.most(before.openFiles + 1);
      expect(after.matchRules).to.equal(before.matchRules);
      expect(before.matchRules).to.be.within(1, 4);
      expect(await operator.stop()).to.equal(0);
    } finally {
      await bed.stop();
    }
  });
});
