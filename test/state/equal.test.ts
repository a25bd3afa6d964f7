import { expect } from 'chai';
import fc from 'fast-check';
import { equal } from '../../state/equal.ts';

describe('equality of plain values', () => {
  const different: readonly [reason: string, a: unknown, b: unknown][] = [
    ['another value', { a: 1 }, { a: 2 }],
    ['a value deep inside', { a: [{ b: 'x' }] }, { a: [{ b: 'y' }] }],
    ['one more field', { a: 1 }, { a: 1, b: 2 }],
    ['one field fewer', { a: 1, b: 2 }, { a: 1 }],
    ['another field', { a: undefined }, { b: undefined }],
    ['another order', [1, 2], [2, 1]],
    ['a longer list', [1], [1, 2]],
    ['a list that is an object', [], {}],
    ['nothing', { a: null }, { a: {} }],
    ['a number that is a text', 1, '1'],
  ];
  for (const [reason, a, b] of different) {
    it(`sees ${reason}`, () => {
      expect(equal(a, b)).to.equal(false);
      expect(equal(b, a)).to.equal(false);
    });
  }

  it('holds between a value and its copy, and between others where chai says so', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(equal(a, structuredClone(a))).to.equal(true);
        expect(equal(a, b)).to.equal(equal(b, a));
        if (equal(a, b)) expect(a).to.deep.equal(b);
        else expect(a).to.not.deep.equal(b);
      }),
    );
  });
});
