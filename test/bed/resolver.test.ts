import { expect } from 'chai';
import { exampleDocuments } from '../demo/documents.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { startOperator } from './operator.ts';
import { readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';

forEachRelease(['host', 'trixie'], (release) => {
  describe('the Resolver of the origin where there is no systemd', function () {
    this.timeout(30_000);
    let bed: Bed;

    before(async () => {
      bed = await startBed({ release });
    });

    after(() => bed?.stop());

    it('says so in its condition, and holds up nothing else', async () => {
      const operator = startOperator(bed);
      const parts = exampleDocuments().filter(({ key }) => /^(Resolver|LinkPolicy)\//.test(key));
      operator.drop('parts.yaml', parts.map(({ text }) => text).join('---\n'));
      await ready(bed, ['LinkPolicy/default']);
      await eventually(() => {
        const { status, reason, message } = readiness(bed, 'Resolver/host');
        expect({ status, reason }).to.deep.equal({ status: 'False', reason: 'DependencyNotReady' });
        expect(message).to.match(/systemd does not answer|not installed/);
      });
      expect(await operator.stop()).to.equal(0);
    });
  });
});
