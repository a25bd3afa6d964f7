import { expect } from 'chai';
import { isReachable, previousGeneration, wayBackTo } from '../../state/generations.ts';
import type { HistoryEntry } from '../../state/history.ts';

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

  it('leads to generations that lasted and are still on record, and to no other', () => {
    const reachable = [0, 1, 2, 3, 4, 5, 6].filter((generation) => isReachable(generation, entries));
    expect(reachable).to.deep.equal([1, 2, 4, 5]);
  });

  it('leads to the last but one that lasted, unless told otherwise', () => {
    expect(previousGeneration(entries)).to.equal(4);
    expect(previousGeneration(entries.slice(0, 3))).to.equal(1);
    expect(previousGeneration(entries.slice(0, 1))).to.equal(undefined);
  });
});
