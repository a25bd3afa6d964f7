import { expect } from 'chai';
import type { SourceFile } from '../../state/directory.ts';
import { inForce } from '../../state/force.ts';
import { asRead } from '../../state/unread.ts';
import { doc, kept, keysOf, source, view } from './build.ts';

const network = (name: string, more: object = {}, annotations = {}) =>
  doc('Network', name, { Match: { Name: name }, Network: { DHCP: 'yes', ...more } }, annotations);
const wrong = (name: string, annotations = {}) => network(name, { Adress: '10.0.0.1/24' }, annotations);
/** A key that systemd has since 254. */
const late = (name: string) =>
  doc('Network', name, { Match: { Name: name }, DHCPServer: { RapidCommit: 'no' } });

/** The documents in force, with what they were before, and the codes of what is wrong. */
function read(now: readonly SourceFile[], before: readonly SourceFile[], version = 252) {
  const known = kept(...before);
  const seen = asRead(view(...now), known, version);
  const { resources, problems } = inForce(seen, known, new Set());
  return {
    documents: resources.map(({ key, spec }) => `${key} ${JSON.stringify(spec).includes('Adress')}`),
    codes: [...problems.values()].flat().map(({ code }) => code),
  };
}

describe('a document of which systemd would leave out something', () => {
  it('is not in force, nor what else is new in its file', () => {
    const file = source('a.yaml', wrong('a'), network('b'));
    expect(read([file, source('c.yaml', network('c'))], [])).to.deep.equal({
      documents: ['Network/c false'],
      codes: ['UNKNOWN_FIELD'],
    });
  });

  it('keeps its last good text in its place among the others', () => {
    const now = [source('a.yaml', wrong('a')), source('b.yaml', network('b'))];
    const { documents } = read(now, [source('a.yaml', network('a'))]);
    expect(documents).to.deep.equal(['Network/a false', 'Network/b false']);
  });

  it('is in force as long as nobody changes it, where it was before that was checked', () => {
    const before = source('a.yaml', wrong('a'), network('b'));
    const now = source('a.yaml', wrong('a'), network('b', { LLDP: 'yes' }));
    expect(read([now], [before]), 'another document of its file changes').to.deep.equal({
      documents: ['Network/a true', 'Network/b false'],
      codes: [],
    });
    expect(read([source('z.yaml', wrong('a'))], [before]), 'it moves').to.deep.include({ codes: [] });
    const changed = source('a.yaml', network('a', { Adress: '10.0.0.1/24', LLDP: 'yes' }), network('b'));
    expect(read([changed], [before]).codes, 'it changes').to.deep.equal(['UNKNOWN_FIELD']);
  });

  it('is in force under another name too', () => {
    const renamed = wrong('a').replace('"name":"a"', '"name":"other"');
    expect(read([source('a.yaml', renamed)], [source('a.yaml', wrong('a'))])).to.deep.equal({
      documents: ['Network/other true'],
      codes: [],
    });
  });

  it('is in force where its author lets it through', () => {
    const file = source('a.yaml', wrong('a', { 'osa-net.dev/unread': 'allowed' }));
    expect(read([file], [])).to.deep.equal({ documents: ['Network/a true'], codes: [] });
  });

  it('is wrong for the systemd that the host has', () => {
    const file = source('a.yaml', late('a'));
    expect(read([file], [], 252).codes).to.deep.equal(['UNSUPPORTED_BY_SYSTEMD']);
    expect(read([file], [], 257).codes).to.deep.equal([]);
    expect(keysOf(inForce(asRead(view(file), kept(), 252), kept(), new Set()).resources)).to.deep.equal([]);
  });

  it('has its problems among the others of its file, in the order of the lines', () => {
    const file = source('a.yaml', wrong('a'), network('b', {}, { 'osa-net.dev/prune': 'no' }), wrong('c'));
    const seen = asRead(view(file), kept(), 252).files.get(file.file) as SourceFile;
    expect(seen.loaded.problems.map(({ code }) => code)).to.deep.equal([
      'UNKNOWN_FIELD',
      'BAD_VALUE',
      'UNKNOWN_FIELD',
    ]);
    expect(seen.loaded.resources).to.deep.equal([]);
  });
});

describe('a directory that is read twice', () => {
  it('is the same object where nothing is left out', () => {
    const directory = view(source('a.yaml', network('a')));
    expect(asRead(directory, kept(), 252)).to.equal(directory);
  });

  it('has the same file as long as nothing changes', () => {
    const file = source('a.yaml', wrong('a'));
    const seen = () => asRead(view(file), kept(), 252).files.get(file.file);
    expect(seen()).to.equal(seen());
    expect(asRead(view(file), kept(file), 252).files.get(file.file)).to.equal(file);
  });
});
