import { expect } from 'chai';
import { movedSince, obstacleTo, previousGeneration, unbroken, wayBackTo } from '../../state/generations.ts';
import { type HistoryEntry, withEntry } from '../../state/history.ts';

function entry(
  generation: number,
  files: HistoryEntry['files'],
  result: HistoryEntry['result'] = 'confirmed',
): HistoryEntry {
  const time = '2026-01-01T00:00:00.000Z';
  return {
    generation,
    startedAt: time,
    endedAt: time,
    result,
    message: '',
    by: 'documents',
    changes: [],
    files,
  };
}

const entries = [
  entry(1, { 'a.yaml': { after: 'a1' } }),
  entry(2, { 'a.yaml': { before: 'a1', after: 'a2' }, 'b.yaml': { after: 'b1' } }),
  entry(3, { 'a.yaml': { before: 'a2', after: 'bad' } }, 'rolled-back'),
  entry(4, { 'a.yaml': { before: 'a2', after: 'a3' } }),
  entry(5, { 'b.yaml': { before: 'b1' } }),
];

describe('the way back to a generation', () => {
  it('is what every later one replaced, the earliest text of each file', () => {
    expect(wayBackTo(1, entries)).to.deep.equal({
      'a.yaml': { before: 'a1', after: 'a2' },
      'b.yaml': { after: 'b1' },
    });
    expect(wayBackTo(4, entries)).to.deep.equal({ 'b.yaml': { before: 'b1' } });
    expect(wayBackTo(5, entries)).to.deep.equal({});
  });

  it('is barred by a file that was renamed since, and by no other', () => {
    const way = wayBackTo(1, entries);
    expect(movedSince(way, entries, new Set(['a.yaml']))).to.equal(undefined);
    expect(movedSince(way, entries, new Set(['z.yaml']))).to.equal('a.yaml');
    // Generation 5 removed it.
    expect(movedSince(wayBackTo(4, entries), entries, new Set())).to.equal(undefined);
  });

  it('leads to generations that lasted and are still on record, and to no other', () => {
    const numbers = [0, 1, 2, 3, 4, 5, 6];
    const reachable = numbers.filter((generation) => obstacleTo(generation, entries, entries) === '');
    expect(reachable).to.deep.equal([1, 2, 4, 5]);
    expect(obstacleTo(3, entries, entries)).to.match(/^there is no generation 3;/);
  });

  for (const [what, known, current, whole] of [
    ['all are known', entries, 5, [1, 2, 3, 4, 5]],
    ['the last one could not be kept', entries, 6, []],
    ['one before could not be kept', entries.filter(({ generation }) => generation !== 4), 5, [5]],
    ['the inventory was lost and counts anew', [...entries.slice(2), entry(1, {}), entry(2, {})], 2, [1, 2]],
    ['nothing was applied yet', entries, undefined, []],
  ] as const) {
    it(`passes by no gap where ${what}`, () => {
      expect(unbroken(known, current).map(({ generation }) => generation)).to.deep.equal(whole);
    });
  }

  it('is put in order, whatever order the history has', () => {
    expect(unbroken([...entries].reverse(), 5)).to.deep.equal(entries);
  });

  it('does not lead over what is left of a count that was lost with an inventory', () => {
    const anew = [entry(1, { x: { after: 'x1' } }), entry(2, { x: { before: 'x1', after: 'x2' } })];
    const list = anew.reduce(withEntry, entries as readonly HistoryEntry[]);
    expect(list).to.deep.equal(anew);
    const mixed = [...entries.slice(2), ...anew];
    expect(wayBackTo(1, unbroken(mixed, 2))).to.deep.equal({ x: { before: 'x1', after: 'x2' } });
  });

  it('is told apart from no generation at all where one on it is missing', () => {
    const broken = entries.filter(({ generation }) => generation !== 4);
    expect(obstacleTo(2, unbroken(broken, 5), broken)).to.match(/^generation 2 cannot be put together/);
  });

  it('leads to the last but one that lasted, unless told otherwise', () => {
    expect(previousGeneration(entries)).to.equal(4);
    expect(previousGeneration(entries.slice(0, 3))).to.equal(1);
    expect(previousGeneration(entries.slice(0, 1))).to.equal(undefined);
  });
});
