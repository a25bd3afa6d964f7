import { type Bed, startBed } from './bed.ts';
import { dropDocument, startOperator } from './operator.ts';
import { ready } from './origin.ts';
import { forEachRelease } from './releases.ts';

const document = (mtu: number) =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: MacvlanIntegration\nmetadata: {name: m}\nspec: {bridge: br-other, mtu: ${mtu}}\n`;

forEachRelease(['host', 'trixie'], (release) => {
  describe('a link whose .netdev was deleted by hand before networkd started anew', function () {
    this.timeout(120_000);
    let bed: Bed;

    before(async () => {
      bed = await startBed({ release });
      await bed.sh('ip link add br-other up type bridge');
    });

    after(() => bed.stop());

    // From v257 on networkd refuses a link that it did not make, fails its parent five times, and leaves it at that.
    it('is made right again together with what the document asks for meanwhile', async () => {
      const first = startOperator(bed);
      first.drop('m.yaml', document(1500));
      await ready(bed);
      await first.stop();
      await bed.sh('rm /etc/systemd/network/05-osa-net-mv-m.netdev');
      await bed.networkd.restart();
      dropDocument(bed, 'm.yaml', document(1400));
      const second = startOperator(bed);
      await second.waitReady(['MacvlanIntegration/m'], 30_000);
      await second.stop();
    });
  });
});
