import { expect } from 'chai';
import { compareAll } from '../agree/compare.ts';
import { scenarios } from '../agree/scenarios.ts';
import { forEachRelease } from './releases.ts';

forEachRelease(['host', 'trixie'], (release) => {
  describe('the networkd of the simulator', function () {
    this.timeout(300_000);

    it('does what the real one does', async () => {
      const verdicts = await compareAll(scenarios, release);
      const differing = verdicts.filter(({ differences }) => differences.length > 0);
      expect(
        differing.map(({ scenario, differences }) => [scenario.name, ...differences].join('\n')).join('\n'),
      ).to.equal('');
      expect(verdicts).to.have.length(scenarios.length);
    });
  });
});
