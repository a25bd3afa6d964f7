import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { forEachRelease } from './releases.ts';

const integration = `apiVersion: osa-net.dev/v1alpha1
kind: MacvlanIntegration
metadata:
  name: m
spec:
  bridge: br-f
`;

/** Up to v249 there is no KeepMaster=: networkd takes the port out whenever it configures it. */
forEachRelease(['bullseye'], (release) => {
  describe('an integration with a bridge of others, where networkd cannot be told to leave the port there', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    // Anew for each: what is put right three times within ten minutes counts as a fight, and waits.
    beforeEach(async () => {
      bed = await startBed({ release });
      await bed.sh('ip link add br-f type bridge; ip link set br-f up');
      operator = startOperator(bed);
      operator.drop('m.yaml', integration);
      await operator.waitReady();
    });

    afterEach(async () => {
      await operator?.stop();
      await bed?.stop();
    });

    for (const [what, disturb] of [
      ['networkd was restarted', () => bed.networkd.restart()],
      ['networkd was told to configure the port', () => bed.sh('networkctl reconfigure mv-m-v1')],
      ['somebody took the port out', () => bed.sh('ip link set mv-m-v1 nomaster')],
    ] as const) {
      it(`is plugged in again and Ready after ${what}`, async () => {
        const steps = operator.log.filter(({ step }) => step === 'set-link').length;
        await disturb();
        await eventually(async () => {
          expect(operator.log.filter(({ step }) => step === 'set-link').length).to.be.greaterThan(steps);
          const seen = (await bed.ip('link')).find(({ ifname }) => ifname === 'mv-m-v1');
          expect(seen?.master).to.equal('br-f');
        }, 30_000);
        await operator.waitReady();
      });
    }
  });
});
