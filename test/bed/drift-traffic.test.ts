import { expect } from 'chai';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { drifts } from '../drift/cases.ts';
import { documents } from '../drift/documents.ts';
import { type Drifting, startDrifting, stepsSince } from '../drift/drifting.ts';
import { measure } from '../drift/measure.ts';
import { makePeers, placesOfBed } from '../drift/peers.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { forEachRelease } from './releases.ts';

forEachRelease(['host', 'trixie'], (release) => {
  describe('drift of each kind', function () {
    this.timeout(90_000);
    let bed: Bed;
    let host: Drifting;

    before(async () => {
      bed = await startBed({ release });
      await makePeers(bed, placesOfBed);
      host = await startDrifting(bed, documents(capabilitiesOf(bed.version).ipForward));
    });

    after(async () => {
      await host?.operator.stop();
      await bed?.stop();
    });

    for (const drift of drifts) {
      const { kind, what, link, steps, told } = drift;
      const end = told ? `is told as ${told.reason} and left to the user` : 'is put right';
      it(`of a ${kind}, ${what} of ${link}, ${end}`, async () => {
        const logged = host.operator.log.length;
        const outcome = await measure(host, drift);
        expect(outcome.trouble).to.equal(undefined);
        expect(outcome.ready).to.be.a('number');
        const done = host.operator.log.slice(logged).filter(({ step }) => step !== undefined);
        // Where no link was made anew, and networkd was not to be first, only the step that the table names flaps one.
        if (steps.length === 0 || steps.includes('reload systemd-networkd')) return;
        const flaps = done.filter(({ message }) => message.includes('(link flap)'));
        for (const { message } of flaps) expect(steps).to.include(message.split(': ')[0]);
      });
    }

    it('leaves alone what others added', async () => {
      const { operator } = host;
      const foreign =
        'ip addr add 10.99.0.1/24 dev r1; ip route add 10.98.0.0/16 dev r1; ip rule add from 10.97.0.0/16 table 97';
      const logged = operator.log.length;
      await bed.sh(foreign);
      operator.process.kill('SIGHUP');
      await eventually(() =>
        expect(operator.log.slice(logged).some(({ message }) => message === 'pass')).to.equal(true),
      );
      await operator.waitReady();
      expect(stepsSince(operator, logged)).to.deep.equal([]);
      const { stdout } = await bed.sh('ip addr show r1; ip route; ip rule');
      expect(stdout).to.include('10.99.0.1/24').and.include('10.98.0.0/16').and.include('from 10.97.0.0/16');
    });
  });
});
