import { expect } from 'chai';
import { drivers } from '../proof/drivers.ts';
import { runTraffic, type TrafficRun } from '../proof/traffic-run.ts';
import type { Release } from './bed.ts';
import { forEachRelease } from './releases.ts';

/** So few changes show that it works; `npm run traffic` makes a thousand. */
const changes = 20;

async function run(release: Release, harm?: Parameters<typeof runTraffic>[3]): Promise<TrafficRun> {
  const driver = drivers['osa-net'];
  if (!driver) throw new Error('there is no osa-net');
  return runTraffic(release, driver, changes, harm);
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('traffic during changes of other documents', function () {
    this.timeout(120_000);

    it('loses no packet and no connection', async () => {
      const { figures } = await run(release);
      expect(figures.size).to.equal(6);
      for (const [name, { sent, lost, echoed, resets, garbled }] of figures) {
        expect(sent, name).to.be.above(100);
        expect({ lost, resets, garbled }, name).to.deep.equal({ lost: 0, resets: 0, garbled: 0 });
        expect(echoed > 100, name).to.equal(name === 'container');
      }
    });
  });
});

forEachRelease(['host'], (release) => {
  describe('the count of what traffic loses', function () {
    this.timeout(120_000);

    it('knows lost packets and a stalled stream, of the integration where they were', async () => {
      const { figures } = await run(release, (bed) =>
        bed.sh(`
          nft 'add table inet cut; add chain inet cut c { type filter hook input priority 0; }'
          nft add rule inet cut c ip saddr 10.0.3.99 drop
          sleep 1.5
          nft delete table inet cut`),
      );
      expect(figures.get('container')?.lost).to.be.above(10);
      expect(figures.get('container')?.stallMs).to.be.above(1_000);
      expect(figures.get('mgmt')).to.include({ lost: 0, resets: 0 });
    });

    it('knows connections that end', async () => {
      const { figures } = await run(release, async (_bed, { server }) => server.kill('SIGKILL'));
      expect(figures.get('container')?.resets).to.be.above(0);
      expect(figures.get('mgmt')?.lost).to.be.above(10);
    });
  });
});
