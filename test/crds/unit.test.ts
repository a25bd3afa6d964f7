import { expect } from 'chai';
import fc from 'fast-check';
import {
  continuesOnNextLine,
  ownerOf,
  parseUnit,
  serializeUnit,
  sha256,
  signedUnit,
  type UnitSection,
} from '../../crds/unit.ts';

const printable = fc.string({ unit: 'grapheme' });
const value = printable
  .map((text) => text.replace(/\p{Cc}|[\u2028\u2029]/gu, '').trim())
  .filter((text) => !continuesOnNextLine(text));
const key = fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,12}$/);
const section: fc.Arbitrary<UnitSection> = fc.record({
  name: fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,12}$/).filter((name) => name !== 'X-OsaNet'),
  entries: fc.array(fc.tuple(key, value)),
});

describe('unit text', () => {
  it('gives back the sections it was made of, repeated ones and keys too', () => {
    fc.assert(
      fc.property(fc.array(section), (sections) => {
        expect(parseUnit(serializeUnit(sections))).to.deep.equal(sections);
      }),
    );
  });

  it('stays as it is when it is read and written again', () => {
    fc.assert(
      fc.property(fc.array(section), (sections) => {
        const text = serializeUnit(sections);
        expect(serializeUnit(parseUnit(text))).to.equal(text);
      }),
    );
  });

  const readings: readonly [reason: string, text: string, sections: readonly UnitSection[]][] = [
    [
      'comments and blank lines go',
      '# a\n; b\n\n[A]\n# Key=no\nKey=1\n',
      [{ name: 'A', entries: [['Key', '1']] }],
    ],
    [
      'white space around keys and values goes',
      '[A]\n  Key =  1 2 \t\n',
      [{ name: 'A', entries: [['Key', '1 2']] }],
    ],
    ['lines end as on Windows', '[A]\r\nKey=1\r\n', [{ name: 'A', entries: [['Key', '1']] }]],
    [
      'a backslash joins lines, over a comment',
      '[A]\nKey=1 \\\n# no\n 2\n',
      [{ name: 'A', entries: [['Key', '1   2']] }],
    ],
    [
      'two backslashes do not',
      '[A]\nKey=1\\\\\nB=2\n',
      [
        {
          name: 'A',
          entries: [
            ['Key', '1\\\\'],
            ['B', '2'],
          ],
        },
      ],
    ],
    ['a backslash on the last line joins nothing', '[A]\nKey=1\\', [{ name: 'A', entries: [['Key', '1']] }]],
    ['a value keeps its equals signs', '[A]\nKey=a=b\n', [{ name: 'A', entries: [['Key', 'a=b']] }]],
    ['an empty value counts', '[A]\nKey=\n', [{ name: 'A', entries: [['Key', '']] }]],
    [
      'no assignment, no key, no section: skipped',
      'Key=1\n[A]\nword\n=1\n[B\n',
      [{ name: 'A', entries: [] }],
    ],
  ];
  for (const [reason, text, sections] of readings) {
    it(`is read as networkd reads it: ${reason}`, () => {
      expect(parseUnit(text)).to.deep.equal(sections);
    });
  }

  const unwritable: readonly [reason: string, section: UnitSection][] = [
    ['a line end in a value', { name: 'A', entries: [['Key', 'a\n[Match]']] }],
    ['a backslash at the end', { name: 'A', entries: [['Key', 'a\\']] }],
    ['a blank at the end', { name: 'A', entries: [['Key', 'a ']] }],
    ['an equals sign in a key', { name: 'A', entries: [['a=b', 'c']] }],
    ['a comment for a key', { name: 'A', entries: [['#a', 'c']] }],
    ['a line end in the name of a section', { name: 'A]\n[B', entries: [] }],
    ['no name of a section', { name: '', entries: [] }],
  ];
  for (const [reason, one] of unwritable) {
    it(`is not written with ${reason}`, () => {
      expect(() => serializeUnit([one])).to.throw(TypeError, 'expected');
    });
  }
});

describe('owner of a unit', () => {
  const owner = 'ContainerBridge/container';
  const text = signedUnit(owner, [{ name: 'Match', entries: [['Name', 'br0']] }]);

  it('is named with a hash of the rest', () => {
    const body = text.slice(0, text.indexOf('[X-OsaNet]'));
    expect(ownerOf(text)).to.deep.equal({ owner, hash: sha256(body), intact: true });
  });

  it('is told to the reader in a comment', () => {
    expect(text).to.match(/^# Written by osa-net for ContainerBridge\/container\./);
  });

  const edits: readonly [reason: string, edit: (text: string) => string][] = [
    ['a value', (t) => t.replace('Name=br0', 'Name=br1')],
    ['a comment', (t) => `# mine\n${t}`],
    ['a line end', (t) => t.replace('\n[Match]', '\n\n[Match]')],
    ['something behind the section', (t) => `${t}\n[Link]\nMTUBytes=9000\n`],
    ['a second section of ours', (t) => `${t}[X-OsaNet]\nOwner=NetDev/other\n`],
  ];
  for (const [reason, edit] of edits) {
    it(`sees that somebody edited ${reason}`, () => {
      expect(ownerOf(edit(text))).to.include({ owner, intact: false });
    });
  }

  it('is intact whatever the unit says', () => {
    fc.assert(
      fc.property(fc.array(section), (sections) => {
        expect(ownerOf(signedUnit(owner, sections))).to.include({ owner, intact: true });
      }),
    );
  });

  const foreign: readonly [reason: string, text: string][] = [
    ['a unit without the section', '[Match]\nName=br0\n'],
    ['a unit with the section in a comment', '# [X-OsaNet]\n# Owner=NetDev/a\n# Hash=0\n[Match]\n'],
    ['a section without owner', '[X-OsaNet]\nHash=0\n'],
    ['a section without hash', '[X-OsaNet]\nOwner=NetDev/a\n'],
    ['an owner that is no resource', '[X-OsaNet]\nOwner=../etc\nHash=0\n'],
    ['an empty file', ''],
  ];
  for (const [reason, one] of foreign) {
    it(`is unknown: ${reason}`, () => {
      expect(ownerOf(one)).to.equal(undefined);
    });
  }
});
