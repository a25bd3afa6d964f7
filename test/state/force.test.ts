import { expect } from 'chai';
import type { Problem } from '../../crds/problem.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import type { DirectoryView, SourceFile } from '../../state/directory.ts';
import { type InForce, inForce, isSpared } from '../../state/force.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { lastGoodFiles } from '../../state/last-good.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, kept, keysOf, lostDirectory, source, unreadable, view } from './build.ts';

const nothing: ReadonlySet<ResourceKey> = new Set();
const key = (name: string): ResourceKey => `ContainerBridge/${name}`;
const file = (name: string) => source(`${name}.yaml`, bridge(name));
const broken = (name: string) => source(`${name}.yaml`, bridge(name, { mtuu: 1 }));
const files = (...names: readonly string[]) => names.map(file);
const letters = (text: string) => text.split('');

function decide(now: readonly (SourceFile | Problem)[], before: readonly SourceFile[], approved = nothing) {
  return inForce(view(...now), kept(...before), approved);
}

/** What is kept of documents of which none is refused. */
const lastGoodOf = ({ resources, good, previous }: InForce) => lastGoodFiles(resources, good, previous);

describe('which documents are in force', () => {
  it('takes valid files as they are, in the order of files and positions', () => {
    const force = decide([source('b.yaml', bridge('z'), bridge('a')), file('m'), file('a')], []);
    expect(keysOf(force.resources)).to.deep.equal(['a', 'z', 'a', 'm'].map(key));
    expect([...lastGoodOf(force).keys()].map((path) => path.split('/').at(-1))).to.deep.equal([
      'a.yaml',
      'b.yaml',
      'm.yaml',
    ]);
    expect(force.problems.size).to.equal(0);
  });

  for (const [what, bad] of [
    ['is invalid', broken('a')],
    ['cannot be read', unreadable('a.yaml')],
    ['is half written', source('a.yaml', '{"apiVersion": "osa-net.dev/v1alpha1", "ki')],
    ['is empty', source('a.yaml', '')],
    ['is not YAML at all', source('a.yaml', '\t\0\u0001')],
  ] as const) {
    it(`keeps the last good version of a file that ${what}, and the other files go on`, () => {
      const good = source('a.yaml', bridge('a', { mtu: 1400 }), bridge('b'));
      const force = decide([bad, file('c')], [good, file('c')]);
      expect(keysOf(force.resources)).to.deep.equal(['a', 'b', 'c'].map(key));
      expect(lastGoodOf(force).get(good.file)).to.equal(good);
      expect([...force.problems.keys()]).to.deep.equal([good.file]);
      expect(force.prune).to.deep.equal({ blocked: '', held: [] });
      expect(['a', 'b', 'c'].every((name) => isSpared(force, key(name)))).to.equal(true);
    });
  }

  it('takes nothing of a file that never was good, but spares what it names', () => {
    const force = decide([source('a.yaml', bridge('a'), bridge('b', { mtuu: 1 }))], []);
    expect(force.resources).to.deep.equal([]);
    expect([isSpared(force, key('a')), isSpared(force, key('b')), isSpared(force, key('c'))]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  it('follows a renamed file', () => {
    const before = files('a', 'b', 'c', 'd');
    const force = decide([source('z.yaml', ...letters('abcd').map((name) => bridge(name)))], before);
    expect(force.prune.held).to.deep.equal([]);
    expect([...lastGoodOf(force).keys()]).to.have.length(1);
  });

  it('keeps a document that moved into a broken file as it was', () => {
    const before = source('a.yaml', bridge('a'), bridge('b', { mtu: 1400 }));
    const now = [file('a'), source('b.yaml', bridge('b', { mtuu: 1 }))];
    const force = decide(now, [before]);
    expect(keysOf(force.resources)).to.deep.equal(['a', 'b'].map(key));
    const again = inForce(view(...now), lastGoodOf(force), nothing);
    expect(keysOf(again.resources)).to.deep.equal(['a', 'b'].map(key));
    const gone = inForce(view(file('a')), lastGoodOf(again), nothing);
    expect(keysOf(gone.resources)).to.deep.equal([key('a')]);
  });
});

describe('the prune guard', () => {
  const before = files(...letters('abcdef'));

  for (const [names, held] of [
    ['abcdef', ''],
    ['bcdef', ''],
    ['def', ''],
    ['ef', 'abcd'],
    ['', 'abcdef'],
  ] as const) {
    it(`holds ${held || 'nothing'} when ${names || 'nothing'} is left of abcdef`, () => {
      const force = decide(files(...letters(names)), before);
      expect(force.prune.held).to.deep.equal(letters(held).map(key));
      expect(force.prune.blocked === '').to.equal(held === '');
      expect(keysOf(force.resources)).to.deep.equal(letters(held === '' ? names : 'abcdef').map(key));
    });
  }

  it('counts all documents that stood in the directory, and holds those that were applied', () => {
    const record = { specHash: 'x', generation: 1, createdAt: '', file: '' };
    const resources = { [key('a')]: record, [key('b')]: { ...record, applied: '' } };
    const heldAfter = (...stood: string[]) => {
      const inventory = { ...emptyInventory, resources, documents: stood.map(key) };
      return inForce(view(), kept(...files('a')), nothing, inventory).prune.held;
    };
    expect(heldAfter('a', 'b', 'c')).to.deep.equal([]);
    expect(heldAfter('a', 'b', 'c', 'd'), 'b was never applied').to.deep.equal([key('a')]);
  });

  it('takes nothing that stands in for the directory for an accident, and holds on to what is held', () => {
    const standIn = { ...view(file('a')), isStandIn: true };
    const inventory = {
      ...emptyInventory,
      documents: letters('abcdef').map(key),
      held: [key('a'), key('f')],
    };
    const force = inForce(standIn, kept(file('a')), nothing, inventory);
    expect(force.prune.held).to.deep.equal([key('f')]);
    expect(isSpared(force, key('f')), 'also where its text is lost').to.equal(true);
    expect(isSpared(force, key('b'))).to.equal(false);
    expect(inForce(standIn, new Map(), new Set([key('f')]), inventory).prune.blocked).to.equal('');
  });

  it('holds on to nothing that only a change brought which is being taken back', () => {
    const standIn = { ...view(file('a')), isStandIn: true };
    const change = { change: 'added', file: '', specHash: 'x', before: '', wasReady: false } as const;
    const changes = { [key('n')]: change, [key('o')]: { ...change, before: 'w' } };
    const transaction = { changes, phase: 'reverting' } as unknown as Transaction;
    const inventory = { ...emptyInventory, held: [key('n'), key('o')], transaction };
    const force = inForce(standIn, kept(file('a')), nothing, inventory);
    expect([isSpared(force, key('n')), isSpared(force, key('o'))]).to.deep.equal([false, true]);
  });

  it('lets three documents vanish at once, and four not', () => {
    expect(decide([], files('a', 'b', 'c')).prune.held).to.deep.equal([]);
    expect(decide([], files('a', 'b', 'c', 'd')).prune.held).to.have.length(4);
  });

  it('counts documents, not files', () => {
    const all = source('all.yaml', ...letters('abcd').map((name) => bridge(name)));
    expect(decide([source('all.yaml', bridge('a'))], [all]).prune.held).to.deep.equal(
      letters('bcd').map(key),
    );
  });

  it('lets all go one by one', () => {
    let lastGood = kept(...before);
    for (let left = before.length - 1; left >= 0; left--) {
      const force = inForce(view(...before.slice(0, left)), lastGood, nothing);
      expect(force.prune.blocked).to.equal('');
      expect(force.resources).to.have.length(left);
      lastGood = lastGoodOf(force);
    }
  });

  it('holds until the documents are back', () => {
    const first = decide(files('a'), before);
    expect(first.prune.blocked).to.include('5 of 6 documents vanished at once');
    const second = inForce(view(...files('a')), lastGoodOf(first), nothing);
    expect(second.prune).to.deep.equal(first.prune);
    expect(keysOf(second.resources)).to.deep.equal(keysOf(first.resources));
    const third = inForce(view(...before), lastGoodOf(second), nothing);
    expect(third.prune).to.deep.equal({ blocked: '', held: [] });
    expect(keysOf(third.resources)).to.deep.equal(letters('abcdef').map(key));
  });

  it('holds all that is still missing while the documents come back one by one', () => {
    for (const first of [view(), lostDirectory]) {
      let force = inForce(first, kept(...before), nothing);
      for (let back = 1; back <= before.length; back++) {
        const inventory = { ...emptyInventory, held: force.prune.held };
        force = inForce(view(...before.slice(0, back)), lastGoodOf(force), nothing, inventory);
        expect(force.prune.held).to.deep.equal(letters('abcdef').slice(back).map(key));
        expect(force.resources).to.have.length(6);
      }
    }
  });

  it('is not lifted by documents that are new, and lets others go beside it as usual', () => {
    const first = decide(files('e', 'f'), before);
    const held = letters('abcd').map(key);
    const inventory = { ...emptyInventory, held };
    const more = inForce(view(...files(...letters('efuvwxyz'))), lastGoodOf(first), nothing, inventory);
    expect(more.prune.held).to.deep.equal(held);
    const fewer = inForce(view(...files(...letters('euvwxyz'))), lastGoodOf(more), nothing, inventory);
    expect(fewer.prune.held).to.deep.equal(held);
    expect(keysOf(fewer.resources)).to.deep.equal(letters('abcdeuvwxyz').map(key));
    const textless = inForce(view(...files('a')), new Map(), new Set(), inventory);
    expect(textless.prune, 'the last good documents are lost').to.deep.include({
      held: letters('bcd').map(key),
    });
    const approved = inForce(view(...files('e')), lastGoodOf(fewer), new Set(held), inventory);
    expect(approved.prune.held.filter((one) => held.includes(one))).to.deep.equal([]);
  });

  it('lets approved resources go, and no others', () => {
    const all = decide([], before, new Set(letters('abcdef').map(key)));
    expect([all.prune.held, all.resources, lastGoodOf(all).size]).to.deep.equal([[], [], 0]);
    const some = decide([], before, new Set(letters('abc').map(key)));
    expect(some.prune.held).to.deep.equal(letters('def').map(key));
    expect(keysOf(some.resources)).to.deep.equal(letters('def').map(key));
  });

  it('is not led astray by files that break at the same time', () => {
    const force = decide([broken('a'), unreadable('b.yaml')], before);
    expect(force.prune.held).to.deep.equal(letters('cdef').map(key));
    expect(force.resources).to.have.length(6);
  });

  it('spares all that is on record while a file cannot be read, with or without a last good text', () => {
    const record = { specHash: 'x', generation: 1, createdAt: '', file: '' };
    const inventory = { ...emptyInventory, resources: { [key('m')]: record } };
    const isKept = (directory: DirectoryView) =>
      isSpared(inForce(directory, new Map(), nothing, inventory), key('m'));
    expect(isKept(view(file('a'), unreadable('b.yaml')))).to.equal(true);
    expect(isKept(view(file('a')))).to.equal(false);
  });

  it('holds everything when the directory cannot be read, however few there are', () => {
    const force = inForce(lostDirectory, kept(file('a')), new Set([key('a')]));
    expect(keysOf(force.resources)).to.deep.equal([key('a')]);
    expect(force.prune.held).to.deep.equal([key('a')]);
    expect(force.prune.blocked).to.match(/^cannot read the directory; /);
    const held = inForce(lostDirectory, kept(file('a')), nothing, { ...emptyInventory, held: [key('z')] });
    expect(held.prune.held, 'and what was held without a text').to.deep.equal([key('a'), key('z')]);
    expect(isSpared(force, key('never-good'))).to.equal(true);
    expect(lastGoodOf(force).size).to.equal(1);
  });
});
