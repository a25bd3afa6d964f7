import { expect } from 'chai';
import { loadFile } from '../../crds/load.ts';
import { brief, documentOf, mark, problemsIn, unmarked } from './marked.ts';

const good = documentOf('ContainerBridge', 'container', 'addresses: [10.0.3.2/24]');
const head = 'apiVersion: osa-net.dev/v1alpha1\n';

/** reason, text with a mark where each problem is expected, codes in order. */
const texts: readonly (readonly [reason: string, text: string, ...codes: string[]])[] = [
  ['an empty file, as after a full disk', '»', 'EMPTY_FILE'],
  ['a file of blank lines', '»\n \n\n', 'EMPTY_FILE'],
  ['comments say nothing', '# later\n'],
  ['a document of comments is skipped', `# first\n---\n# second\n---\n${good}---\n`],
  ['a list is no resource', '»- a\n- b\n', 'NOT_A_RESOURCE'],
  ['a word is no resource', '»hello\n', 'NOT_A_RESOURCE'],
  ['an explicit null is no resource', '»~\n', 'NOT_A_RESOURCE'],
  ['a quote that is not closed', `${good}---\na: "x»y`, 'YAML_SYNTAX'],
  ['a bracket that is not closed', 'a: [1, »2', 'YAML_SYNTAX'],
  ['a tab as indentation', 'a:\n»\tb: 1\n', 'YAML_SYNTAX'],
  [
    'two syntax errors are two problems',
    'a: [1\n»b: 2\n---\nc: {d: 1\n»e: 3\n',
    'YAML_SYNTAX',
    'YAML_SYNTAX',
  ],
  ['a NUL byte, as after a crash', `${good}»\0\0\0\0`, 'YAML_SYNTAX'],
  ['a key given twice', 'kind: a\n»kind: b\n', 'DUPLICATE_KEY'],
  [
    'a key given twice deep inside',
    documentOf('ContainerBridge', 'a', 'dhcpServer: {poolSize: 1, »poolSize: 2}'),
    'DUPLICATE_KEY',
  ],
  ['a map as key', '? »[x]\n: 1\n', 'YAML_SYNTAX'],
  ['an unknown tag', 'a: »!!js/function x\n', 'YAML_SYNTAX'],
  ['YAML 1.1 reads words otherwise', `»%YAML 1.1\n---\n${good}`, 'YAML_SYNTAX'],
  ['an alias without anchor', 'a: »*nowhere\n', 'YAML_SYNTAX'],
  ['an alias inside what it names', 'a: &a [»*a]\n', 'YAML_SYNTAX'],
  ['more aliases than anybody needs', `a: &a x\nb: [${'*a, '.repeat(50)}»*a]\n`, 'TOO_MANY_ALIASES'],
  ['nesting beyond the limit', `a: ${'['.repeat(63)}»[${']'.repeat(64)}\n`, 'NESTING_TOO_DEEP'],
  ['__proto__ is no field', `${good}  »__proto__: {polluted: 1}\n`, 'UNKNOWN_FIELD'],
];

describe('a file that is not what it should be', () => {
  for (const [reason, marked, ...codes] of texts) {
    it(reason, () => {
      const { text, at } = unmarked(marked);
      expect(problemsIn(text).map(brief)).to.deep.equal(codes.map((code, index) => `${code} ${at[index]}`));
      expect(at).to.have.length(codes.length);
    });
  }

  it('takes nesting up to the limit', () => {
    const codes = problemsIn(`a: ${'['.repeat(63)}${']'.repeat(63)}\n`).map(({ code }) => code);
    expect(codes).not.to.include('NESTING_TOO_DEEP');
  });

  for (const opening of ['[', '{', '- ', '? ', '{a: ', '[ ']) {
    it(`survives 100,000 times ${JSON.stringify(opening)}`, () => {
      const found = problemsIn(opening.repeat(100_000));
      expect(found.map(({ code }) => code)).to.deep.equal(['NESTING_TOO_DEEP']);
    });
  }

  it('survives an alias bomb, in no time', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    const started = performance.now();
    const found = problemsIn(`a0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}\n`);
    expect(found.map(({ code }) => code)).to.deep.equal(['TOO_MANY_ALIASES']);
    expect(performance.now() - started).to.be.below(8000);
  });

  it('refuses aliases that are few and stand for too much', () => {
    const wide = `a: &a [${'x, '.repeat(300)}x]\n`;
    const found = problemsIn(`${wide}b: [${'*a, '.repeat(39)}*a]\n`);
    expect(found.map(brief)).to.deep.equal(['TOO_MANY_ALIASES 2:141']);
  });

  it('takes an alias that is used with sense', () => {
    const text = documentOf('Resolver', 'a', 'dns: &all [9.9.9.9]\nfallbackDNS: *all');
    const { resources, problems } = loadFile('a.yaml', new TextEncoder().encode(text));
    expect(problems).to.deep.equal([]);
    expect(resources[0]?.spec).to.deep.include({ dns: ['9.9.9.9'], fallbackDNS: ['9.9.9.9'] });
  });

  it('refuses 2 MiB', () => {
    const { problems } = loadFile('big.yaml', new Uint8Array(2 * 1024 * 1024).fill(0x23));
    expect(problems.map(brief)).to.deep.equal(['FILE_TOO_LARGE 1:1']);
  });

  it('keeps a report within bounds and says that there is more', () => {
    const text = `${head}${Array.from({ length: 500 }, (_, i) => `key${i}: 1`).join('\n')}\n`;
    const problems = problemsIn(text);
    expect(problems).to.have.length(101);
    expect(problems.at(-1)?.message).to.match(/^403 more problems/);
  });

  it('is linear in the number of keys', () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `key${i}: 1`).join('\n');
    const started = performance.now();
    problemsIn(text);
    expect(performance.now() - started).to.be.below(8000);
  });
});

describe('bytes that are no UTF-8', () => {
  const bytes = (...parts: (string | number)[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [part])));
  const cases: readonly (readonly [reason: string, bytes: Uint8Array, at: string])[] = [
    ['a byte that starts nothing', bytes('a: 1\nb: ', 0xff, '\n'), '2:4'],
    ['a character cut short at the end', bytes('a: ', 0xc3), '1:4'],
    ['Latin-1', bytes('name: caf', 0xe9, ' au lait\n'), '1:10'],
    ['after two-byte characters, columns count characters', bytes('# ä', 0xfe), '1:4'],
    ['UTF-16 with its mark', bytes(0xff, 0xfe, 'a', 0), '1:1'],
    ['a surrogate half', bytes('x', 0xed, 0xa0, 0x80), '1:2'],
  ];
  for (const [reason, content, at] of cases) {
    it(reason, () => {
      expect(loadFile('a.yaml', content).problems.map(brief)).to.deep.equal([`NOT_UTF8 ${at}`]);
    });
  }

  it('does not mind a byte order mark', () => {
    const { resources, problems } = loadFile('a.yaml', bytes(0xef, 0xbb, 0xbf, good));
    expect(problems).to.deep.equal([]);
    expect(resources[0]?.location).to.include({ line: 1, column: 1, length: 'apiVersion'.length });
  });

  it('does not mind CRLF', () => {
    const { problems } = loadFile('a.yaml', bytes(good.replaceAll('\n', '\r\n').replace('/24', '/99')));
    expect(problems.map(brief)).to.deep.equal(['BAD_PREFIX 6:15']);
    expect(problems[0]?.location.excerpt).to.equal('  addresses: [10.0.3.2/99]');
  });
});

describe('a file of several documents', () => {
  it('gives the valid ones, and names those that are not', () => {
    const bad = documentOf('Resolver', 'host', 'dnsec: "yes"');
    const broken = documentOf('LinkPolicy', 'all', 'match: [');
    const nameless = `${head}kind: Resolver\nspec: {}\n`;
    const text = [good, bad, nameless, broken].join('---\n');
    const { resources, documents, problems } = loadFile('a.yaml', new TextEncoder().encode(text));
    expect(resources.map(({ key }) => key)).to.deep.equal(['ContainerBridge/container']);
    expect(documents.map(({ key, location }) => `${key} ${location.line}`)).to.deep.equal([
      'ContainerBridge/container 1',
      'Resolver/host 8',
      'LinkPolicy/all 19',
    ]);
    expect(problems.map(({ code }) => code)).to.deep.equal(['UNKNOWN_FIELD', 'MISSING_FIELD', 'YAML_SYNTAX']);
  });

  it('never reads a file that is half written as a valid one with less in it, but between two fields', () => {
    const whole = documentOf('ContainerBridge', 'a', 'addresses: [10.0.3.2/24]\ngateway: 10.0.3.1');
    const header = whole.indexOf('spec:') + 'spec:'.length;
    for (let length = 1; length <= header; length += 1) {
      expect(problemsIn(whole.slice(0, length)), whole.slice(0, length)).not.to.deep.equal([]);
    }
  });

  it(`marks nothing twice (${mark} is for the tests only)`, () => {
    expect(unmarked(`a${mark}b\n${mark}`)).to.deep.equal({ text: 'ab\n', at: ['1:2', '2:1'] });
  });
});
