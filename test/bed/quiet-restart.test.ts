import { utimesSync } from 'node:fs';
import { expect } from 'chai';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { type Origin, originDocuments, ready, startOrigin, stopOrigin } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { changesIn, type Recording, recordCalls, recordEvents, silence, unitStats } from './witness.ts';

/**
 * The steps of each pass over everything that an operator has made since a line of its log. (A pass over one resource
 * may come in between: 15 s after a port joined, its bridge tells of it once more.)
 */
function passesOf(operator: Operator, from: number): readonly unknown[] {
  const passes = operator.log.slice(from).filter(({ message }) => message === 'pass');
  return passes.filter((pass) => pass['woken'] === 'everything').map((pass) => pass['steps']);
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('a converged host', function () {
    this.timeout(60_000);
    let origin: Origin;
    let calls: Recording;
    let events: Recording;
    let units: Readonly<Record<string, string>>;

    before(async () => {
      origin = await startOrigin(release);
      calls = await recordCalls(origin.bed);
      events = await recordEvents(origin.bed);
    });

    beforeEach(async () => {
      await silence(events);
      calls.clear();
      units = unitStats(origin.bed);
    });

    after(() => stopOrigin(origin));

    function assertUntouched(): void {
      expect(unitStats(origin.bed)).to.deep.equal(units);
      expect(changesIn(calls.lines())).to.deep.equal([]);
      expect(events.lines()).to.deep.equal([]);
    }

    /** Resolves when the operator has made a pass after this moment, and then another silent second has gone by. */
    async function afterPass(operator: Operator, from: number): Promise<readonly unknown[]> {
      await eventually(() => passesOf(operator, from).length > 0, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return passesOf(operator, from);
    }

    it('is left alone by an operator that starts anew, in one pass', async () => {
      await origin.operator.stop();
      const operator = startOperator(origin.bed, { flags: ['--log-level', 'debug'] });
      origin = { ...origin, operator };
      const passes = await afterPass(operator, 0);
      await ready(origin.bed);
      expect(passes).to.deep.equal([0]);
      assertUntouched();
    });

    it('is left alone by an operator that starts anew after a kill -9', async () => {
      await origin.operator.kill9();
      const operator = startOperator(origin.bed, { flags: ['--log-level', 'debug'] });
      origin = { ...origin, operator };
      expect(new Set(await afterPass(operator, 0))).to.deep.equal(new Set([0]));
      await ready(origin.bed);
      assertUntouched();
    });

    it('is left alone when a document is touched', async () => {
      const { bed, operator } = origin;
      const from = operator.log.length;
      for (const { file } of originDocuments()) {
        const now = new Date();
        utimesSync(`${bed.root}/etc/osa-net.d/${file}`, now, now);
      }
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(passesOf(operator, from).filter((steps) => steps !== 0)).to.deep.equal([]);
      assertUntouched();
    });

    it('is left alone when a document is written anew as it was', async () => {
      const { operator } = origin;
      const from = operator.log.length;
      for (const { file, text } of originDocuments()) operator.drop(file, text);
      expect(new Set(await afterPass(operator, from))).to.deep.equal(new Set([0]));
      assertUntouched();
    });

    it('would have been seen to be touched', async () => {
      const { bed } = origin;
      await bed.sh('networkctl reload; ip addr add 10.0.3.9/24 dev br-container');
      await eventually(() => {
        expect(changesIn(calls.lines())).to.include('org.freedesktop.network1.Manager.Reload');
        expect(events.lines().join('\n')).to.include('10.0.3.9');
      });
    });
  });
});
