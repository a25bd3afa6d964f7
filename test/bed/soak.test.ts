import { expect } from 'chai';
import { grown, growthOf, type Reading, secondsOf } from '../proof/soak-figures.ts';

/** A reading each minute of operators that live so many minutes, one after the other. */
function readings(
  lives: readonly number[],
  change: (minute: number) => Partial<Reading> = () => ({}),
): Reading[] {
  const ages = lives.flatMap((minutes) => Array.from({ length: minutes }, (_, i) => (i + 1) * 60));
  return ages.map((age, i) => ({
    second: (i + 1) * 60,
    age,
    rssMegabytes: 80,
    openFiles: 24,
    matchRules: 2,
    stateFiles: 250,
    looseFiles: 50,
    generations: 50,
    stateKilobytes: 140,
    ...change(i),
  }));
}

const leaksOf = (list: readonly Reading[]) => grown(growthOf(list, 600));

describe('what is said of a soak', () => {
  it('is that it is flat, where it is', () => {
    expect(leaksOf(readings([15, 30, 15]))).to.deep.equal([]);
  });

  for (const [figure, change] of [
    ['openFiles', (i: number) => ({ openFiles: 24 + i })],
    ['matchRules', (i: number) => ({ matchRules: 2 + i })],
    ['looseFiles', (i: number) => ({ looseFiles: 50 + i })],
    ['generations', (i: number) => ({ generations: 50 + i })],
    ['stateKilobytes', (i: number) => ({ stateKilobytes: 140 + 40 * i })],
    ['rssMegabytes', (i: number) => ({ rssMegabytes: 80 + i })],
  ] as const) {
    it(`is that it is not, where ${figure} grows`, () => {
      const leaks = leaksOf(readings([15, 30, 15], change));
      expect(leaks.length).to.equal(1);
      expect(leaks[0]).to.include(figure);
    });
  }

  it('is that it is flat, where more edits make a generation', () => {
    expect(leaksOf(readings([15, 30], (i) => ({ stateFiles: 250 + 3 * i })))).to.deep.equal([]);
  });

  it('compares memory within the longest life only', () => {
    const fresh = (i: number) => ({ rssMegabytes: i < 15 ? 60 : 100 });
    expect(growthOf(readings([15, 30], fresh), 600)).to.include({ rssMegabytes: 0, lifeSeconds: 1_500 });
  });

  it('is that nobody can tell, where it is too short', () => {
    expect(leaksOf(readings([5]))).to.have.length(1);
  });

  it('knows times', () => {
    expect(['2h', '10m', '90s'].map(secondsOf)).to.deep.equal([7_200, 600, 90]);
    expect(() => secondsOf('2 days')).to.throw('2h, 10m or 90s');
  });
});
