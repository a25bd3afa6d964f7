import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, startOperator } from './operator.ts';
import { readiness, ready } from './origin.ts';
import { checkout } from './places.ts';
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

    it('is ours where it was seen first while networkd was away, as who had asked for it went down', async () => {
      const [unit, key] = ['/etc/systemd/network/05-osa-net-x.netdev', 'NetDev/x'];
      const spec = 'spec: {NetDev: {Name: x, Kind: bridge}}';
      dropDocument(
        bed,
        'x.yaml',
        `apiVersion: osa-net.dev/v1alpha1\nkind: NetDev\nmetadata: {name: x}\n${spec}\n`,
      );
      const entry = `${checkout}/build/test/bed/killed-operator.js`;
      const killed = bed.spawn([process.execPath, entry], { env: { OSA_NET_KILL_BEFORE: '2' } });
      await killed.ended;
      expect(bed.read(unit)).to.include('Name=x');
      await bed.sh('networkctl reload');
      await eventually(async () => expect(await bed.ip('link', 'show', 'x')).to.have.length(1));
      await bed.networkd.kill9();
      const operator = startOperator(bed);
      await eventually(() => expect(readiness(bed, key).reason).to.equal('NetworkdUnavailable'));
      bed.remove(unit);
      await bed.networkd.start();
      await operator.waitReady([key]);
      expect(bed.read(unit)).to.include('Name=x');
      await operator.stop();
    });
  });
});
