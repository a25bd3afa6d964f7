import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, type Operator, startOperator } from './operator.ts';
import { checkout } from './places.ts';
import { forEachRelease } from './releases.ts';

const key = 'ContainerBridge/a';
const apiVersion = 'osa-net.dev/v1alpha1';

function document(interfaces: readonly string[]): string {
  return JSON.stringify({
    apiVersion,
    kind: 'ContainerBridge',
    metadata: { name: 'a' },
    spec: { addresses: ['10.0.1.1/24'], interfaces },
  });
}

forEachRelease(['host', 'bullseye', 'trixie'], (release) => {
  describe('a port that a document no longer names', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator | undefined;

    before(async () => {
      bed = await startBed({ release });
      const lan = await bed.namespace('lan');
      await lan.veth('eth1', 'port');
    });

    after(() => bed?.stop());

    async function masterOf(link: string): Promise<string | undefined> {
      const [seen] = await bed.ip('link', 'show', 'dev', link);
      return seen?.master;
    }

    async function pluggedIn(): Promise<void> {
      dropDocument(bed, 'a.yaml', document(['eth1']));
      operator ??= startOperator(bed);
      await eventually(async () => expect(await masterOf('eth1')).to.equal('br-a'));
      await operator.waitReady([key]);
    }

    async function isOut(): Promise<void> {
      await eventually(async () => expect(await masterOf('eth1')).to.equal(undefined));
      await operator?.waitReady([key]);
    }

    /** Once networkd has long been told; it was looked at once more before. */
    function isForgotten(): Promise<unknown> {
      return eventually(
        () => expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json'))).to.not.have.property('unplug'),
        15_000,
      );
    }

    async function staysOut(): Promise<void> {
      expect(await masterOf('eth1')).to.equal(undefined);
      await isForgotten();
      expect(await masterOf('eth1')).to.equal(undefined);
    }

    it('leaves its bridge and stays out', async () => {
      await pluggedIn();
      for (let round = 0; round < 5; round++) {
        operator?.drop('a.yaml', document([]));
        await isOut();
        await sleep(500);
        expect(await masterOf('eth1'), `round ${round}`).to.equal(undefined);
        if (round < 4) await pluggedIn();
      }
      await staysOut();
    });

    it('does so although the operator is killed once its unit is gone', async () => {
      await pluggedIn();
      await operator?.stop();
      dropDocument(bed, 'a.yaml', document([]));
      const entry = `${checkout}/build/test/bed/killed-operator.js`;
      // Removed is one unit, and networkd is told; the next step would unplug the port.
      const run = bed.spawn([process.execPath, entry], { env: { OSA_NET_KILL_BEFORE: '3' } });
      run.child.stdout?.resume();
      run.child.stderr?.resume();
      expect(await run.ended, 'killed').to.equal(null);
      expect(bed.exists('/etc/systemd/network/05-osa-net-eth1.network')).to.equal(false);
      expect(await masterOf('eth1')).to.equal('br-a');
      operator = startOperator(bed);
      await isOut();
      await staysOut();
    });

    it('leaves it also where it has a document of its own, which is removed', async () => {
      dropDocument(bed, 'a.yaml', document([]));
      const port = { Match: { Name: 'eth1' }, Network: { Bridge: 'br-a', LinkLocalAddressing: 'no' } };
      const own = { apiVersion, kind: 'Network', metadata: { name: 'eth1' }, spec: port };
      dropDocument(bed, 'eth1.yaml', JSON.stringify(own));
      operator ??= startOperator(bed);
      await operator.waitReady([key, 'Network/eth1']);
      await eventually(async () => expect(await masterOf('eth1')).to.equal('br-a'));
      operator.remove('eth1.yaml');
      await isOut();
      await staysOut();
    });

    it('is unplugged once and no more where a unit of others plugs it in', async () => {
      await pluggedIn();
      bed.write('/etc/systemd/network/20-eth1.network', '[Match]\nName=eth1\n[Network]\nBridge=br-a\n');
      const seen = operator?.log.length;
      dropDocument(bed, 'a.yaml', document([]));
      await eventually(() =>
        expect(bed.exists('/etc/systemd/network/05-osa-net-eth1.network')).to.equal(false),
      );
      await isForgotten();
      await operator?.waitReady([key]);
      expect(await masterOf('eth1')).to.equal('br-a');
      const steps = operator?.log.slice(seen).filter(({ message }) => message.startsWith('set-link eth1'));
      expect(steps).to.have.lengthOf(1);
    });
  });
});
