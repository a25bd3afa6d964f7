import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalHash, canonicalJson } from '../../crds/canonical.ts';
import { didYouMean, suggest } from '../../crds/suggest.ts';
import { timeSpanSeconds } from '../../crds/time-span.ts';

describe('spans of time', () => {
  const spans: readonly (readonly [text: string, seconds: number | undefined])[] = [
    ['3600', 3600],
    ['3h', 10_800],
    ['90min', 5400],
    ['1h 30min', 5400],
    ['1h30m', 5400],
    ['2 days', 172_800],
    ['1.5h', 5400],
    ['500ms', 0.5],
    ['1M', 2_629_800],
    ['1m', 60],
    ['1w 1y', 604_800 + 31_557_600],
    ['', undefined],
    ['h', undefined],
    ['3 fortnights', undefined],
    ['-1h', undefined],
    ['infinity', undefined],
    ['1h, 2m', undefined],
    ['1 constructor', undefined],
    ['1h\n', 3600],
  ];
  for (const [text, seconds] of spans) {
    it(`${JSON.stringify(text)} is ${seconds ?? 'none'}`, () => {
      expect(timeSpanSeconds(text)).to.equal(seconds);
    });
  }
});

describe('what was probably meant', () => {
  const fields = ['interface', 'interfaces', 'addresses', 'mtu', 'dhcpServer'];
  const words: readonly (readonly [word: string, meant: string | undefined])[] = [
    ['adresses', 'addresses'],
    ['DHCPServer', 'dhcpServer'],
    ['interfcaes', 'interfaces'],
    ['mtus', 'mtu'],
    ['mac', undefined],
    ['colour', undefined],
    ['x'.repeat(1000), undefined],
  ];
  for (const [word, meant] of words) {
    it(`${word.slice(0, 20)}: ${meant ?? 'nobody knows'}`, () => {
      expect(suggest(word, fields)).to.equal(meant);
    });
  }

  it('lists what there is where nothing is near', () => {
    expect(didYouMean('colour', ['a', 'b'])).to.equal('use one of: a, b');
    expect(didYouMean('colour', [])).to.equal('remove it');
  });
});

describe('canonical JSON', () => {
  it('is JSON, and blind to the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: null })).to.equal('{"a":null,"b":[1,{"d":2}]}');
    expect(canonicalHash({ a: 1, b: 2 })).to.equal(canonicalHash({ b: 2, a: 1 }));
    expect(canonicalHash({ a: 1 })).not.to.equal(canonicalHash({ a: '1' }));
  });
});
