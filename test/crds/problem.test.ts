import { expect } from 'chai';
import { at, type Problem, problemLine, problemText } from '../../crds/problem.ts';
import { isAnnotated, resourceKey } from '../../crds/resource.ts';

function problem(excerpt: string, column: number, length: number): Problem {
  const location = { file: 'a.yaml', line: 3, column, length, excerpt };
  return { code: 'BAD_VALUE', message: 'this is wrong', hint: 'mend it', location };
}

describe('a problem', () => {
  it('is one line for conditions', () => {
    expect(at(problem('', 5, 1).location)).to.equal('a.yaml:3:5');
    expect(problemLine(problem('x', 5, 1))).to.equal('a.yaml:3:5: this is wrong; mend it');
  });

  const texts: readonly (readonly [reason: string, problem: Problem, lines: readonly string[]])[] = [
    ['has a caret below', problem('mtu: 20', 6, 2), ['mtu: 20', '     ^^']],
    ['keeps tabs', problem('\tmtu: 20', 7, 2), ['\tmtu: 20', '\t     ^^']],
    ['ends with its line', problem('mtu: 20', 6, 99), ['mtu: 20', '     ^^']],
    ['may stand behind the line', problem('mtu:', 5, 1), ['mtu:', '    ^']],
    [
      'shows a window of a long line',
      problem(`${'a'.repeat(300)}bad${'c'.repeat(300)}`, 301, 3),
      [`${'a'.repeat(39)}bad${'c'.repeat(68)}`, `${' '.repeat(39)}^^^`],
    ],
    [
      'shows the end of a long line',
      problem(`${'a'.repeat(300)}b`, 301, 1),
      [`${'a'.repeat(109)}b`, `${' '.repeat(109)}^`],
    ],
  ];
  for (const [reason, one, lines] of texts) {
    it(`in a terminal ${reason}`, () => {
      const [head, source, caret, hint] = problemText(one).split('\n');
      expect(head).to.equal(`a.yaml:3:${one.location.column}: this is wrong [BAD_VALUE]`);
      expect(source?.length).to.be.at.most(112);
      expect([source, caret]).to.deep.equal(lines.map((line) => `  ${line}`));
      expect(hint).to.equal('  mend it');
    });
  }

  it('in a terminal has no source line where there is none', () => {
    expect(problemText(problem('', 1, 1))).to.equal('a.yaml:3:1: this is wrong [BAD_VALUE]\n  mend it');
  });
});

describe('annotations', () => {
  const cases: readonly (readonly [name: 'prune' | 'reconcile' | 'adopt', value: string, on: boolean])[] = [
    ['prune', 'disabled', true],
    ['prune', 'true', false],
    ['reconcile', 'suspended', true],
    ['adopt', 'true', true],
    ['adopt', 'disabled', false],
  ];
  for (const [name, value, on] of cases) {
    it(`${name}: ${value} is ${on ? 'on' : 'off'}`, () => {
      const annotations = { [`osa-net.dev/${name}`]: value };
      expect(isAnnotated({ metadata: { name: 'a', labels: {}, annotations } }, name)).to.equal(on);
      expect(isAnnotated({ metadata: { name: 'a', labels: {}, annotations: {} } }, name)).to.equal(false);
    });
  }

  it('belong to a kind and a name', () => {
    expect(resourceKey('Resolver', 'host')).to.equal('Resolver/host');
  });
});
