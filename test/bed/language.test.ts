import { expect } from 'chai';
import type { UnitType } from '../../crds/networkd/vocabulary-types.ts';
import { type Case, casesOf } from '../language/cases.ts';
import { complaints } from '../language/on-bed.ts';
import { versions } from '../language/versions.ts';
import { type Bed, startBed } from './bed.ts';
import { forEachRelease } from './releases.ts';

/** Every n-th value, and another one in each version; `npm run language` asks all of them. */
const every = 41;

function sampleOf(type: UnitType, version: number): readonly Case[] {
  return casesOf(type, version).filter((_, index) => index % every === version % every);
}

forEachRelease(['host', 'bullseye', 'trixie'], (release) => {
  describe("networkd's language", function () {
    this.timeout(60_000);
    let bed: Bed;

    before(async () => {
      bed = await startBed({ release, networkd: false });
    });
    after(() => bed?.stop());

    for (const type of ['network', 'netdev'] as const) {
      it(`is what osa-net takes it for, in values of .${type} files`, async () => {
        const cases = sampleOf(type, versions[release]);
        expect(cases.length).to.be.greaterThan(30);
        const said = await complaints(bed, cases);
        const wrong = cases.flatMap(({ section, key, value, isAccepted }, i) =>
          isAccepted === (said[i] === '') ? [] : [`[${section}] ${key}=${value}: ${said[i]}`],
        );
        expect(wrong).to.deep.equal([]);
      });
    }
  });
});
