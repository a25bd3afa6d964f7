import { expect } from 'chai';
import { bundle, load, type Simulator } from './bundle.ts';
import type { Schedule } from './inside/entry.ts';
import { mutants } from './mutant-list.ts';
import { shrink } from './shrink.ts';

/** Seeds that once found something, and what. */
const remembered: Readonly<Record<string, number>> = {
  'a link of another kind under our name, the inventory being lost': 28,
  'a removal that is not durable yet when it is forgotten': 95,
  'a file that could not be read once': 85,
  'a file that is read while it is being written': 252,
  'a link that was replaced since the plan was made': 251,
  'a bus that is away while what was held may go': 209,
  'a held resource whose file breaks and is mended': 930,
  'a kind that changes while the power goes': 47,
  'a kind that changes while networkd is away': 461,
  'a kind that changes back in a file that breaks': 600,
  'an inventory that no sync has made durable': 436,
  'a link made from the text of before that nobody saw': 60411,
  'documents that vanish while the disk of the state directory fails, and of which one comes back': 5727363,
  'a link that outlives the change of its kind, goes, and has its place taken by one of the old kind': 5811685,
  'a document that comes back in place just after it went': 5729990,
  'an MTU that takes along that of the link on it': 110657,
  'a link of the .netdev of before, the inventory being lost': 301915,
  'a unit that was replaced although that failed, and that the power takes back': 502428,
  'a half-written file that looks old by a clock which was set forward': 504485,
  'a restart of networkd that fails while nothing else is left to do': 600875,
  'a port that is being plugged in while the inventory is lost': 5105229,
  'a write that is under way when it is judged': 5126120,
  'a link that others put in place of ours while its kind changes': 5130396,
  'a networkd that others start during a slow look, just before a kind changes': 5210350,
  'a port that somebody sets down while its bridge is not there': 5214246,
};

/** The same, of schedules with commands. */
const rememberedWithCommands: Readonly<Record<string, number>> = {
  'a hold that ends while an accident holds documents': 206,
  'a stacked link that networkd makes again before it reads that it is gone': 1068,
  'a clock that is set back while a link departs': 2806,
  'a foreign link under the name of a new peer': 4357,
  'a file that breaks after a document of it was taken back and removed': 4531,
  'a change that ends in nothing while the power goes': 5989,
  'a link that networkd made just before its .netdev went': 21700,
  'a networkd that made a link anew while nobody heard of it': 124042,
  'an inventory that was written although the write failed': 125508,
  'a refused document that has left its file': 123245,
  'a port of a bridge that nobody makes, plugged in elsewhere': 121581,
  'a kind that was to change and is not to any more, while the power goes': 135546,
  'a unit that somebody puts where ours is just about to be': 631212,
  'a restore of what others had that fails': 630690,
  'a document that is written in place while what was held may go': 720351,
  'a port that an operator is about to unplug when it dies': 7100198,
};

/** The same, of schedules with a document that takes over a link of others. */
const rememberedWithAdoption: Readonly<Record<string, number>> = {
  'a document that is withdrawn before its change is confirmed': 16,
  'a way back on which each pass does something': 30,
  'a document that comes back while its link goes back to others': 27,
  'a link that is taken over once more while it goes back': 875,
  'a boot that brings another link of the name': 700012,
};

/** The same, of short schedules in which the operator is slow or dies, and networkd goes, while a document is carried out. */
const rememberedWithOutages: Readonly<Record<string, number>> = {
  'a networkd that others start while an operator is at work': 57,
  'a link that is seen only while networkd is away, and whose .netdev goes then': 1256,
  'a networkd that others start during a look, and that makes what the look missed': 1634,
  'a bridge that others put where ours was while it is deleted, and a networkd that comes after that': 1126,
};

/** The same, of short schedules in which a disk fails now and then. */
const rememberedWithDisks: Readonly<Record<string, number>> = {
  'a document that comes back in place while it is not gone yet': 2505,
};

/** Units that somebody deletes just before their document goes, which networkd has to be told of nevertheless. */
const deletedWithDocument: Schedule = {
  seed: 1300786,
  version: 262,
  isWatched: false,
  events: [
    {
      after: 6638,
      salt: 62363470,
      action: {
        kind: 'write',
        file: '30-rest.yml',
        doc: { kind: 'ContainerBridge', name: 'b', spec: { addresses: [], dummies: [], interfaces: [] } },
        inPlace: true,
      },
    },
    { after: 731, salt: 2990764047, action: { kind: 'unit-delete', index: 13, of: 'b' } },
    {
      after: 31,
      salt: 1921119354,
      action: {
        kind: 'write',
        file: '30-rest.yml',
        doc: {
          kind: 'ContainerBridge',
          name: 'b',
          spec: { addresses: ['10.0.98.1/24'], dummies: ['d-b'], interfaces: [] },
        },
        inPlace: true,
      },
    },
    { after: 97, salt: 195834492, calls: 3, action: { kind: 'unit-delete', index: 72, of: 'b' } },
    { after: 12, salt: 3489378164, action: { kind: 'remove', name: 'b' } },
  ],
};

/** Schedules a run, always the same ones: whether a change is good must not hang on chance. The thousands are for `npm run sim`. */
const few = 150;

describe('a simulated host', function () {
  this.timeout(120_000);
  let simulator: Simulator;

  before(async () => {
    simulator = await load(await bundle());
  });

  for (const [what, seed] of Object.entries(remembered)) {
    it(`survives ${what}`, async () => {
      expect((await simulator.run(simulator.scheduleOf(seed))).failure).to.equal('');
    });
  }

  for (const [what, seed] of Object.entries(rememberedWithCommands)) {
    it(`survives ${what}`, async () => {
      expect((await simulator.run(simulator.scheduleOf(seed, 'commands'))).failure).to.equal('');
    });
  }

  for (const [what, seed] of Object.entries(rememberedWithAdoption)) {
    it(`survives ${what}`, async () => {
      expect((await simulator.run(simulator.scheduleOf(seed, 'adoption'))).failure).to.equal('');
    });
  }

  for (const [what, seed] of Object.entries(rememberedWithOutages)) {
    it(`survives ${what}`, async () => {
      expect((await simulator.run(simulator.scheduleOf(seed, 'outages'))).failure).to.equal('');
    });
  }

  for (const [what, seed] of Object.entries(rememberedWithDisks)) {
    it(`survives ${what}`, async () => {
      expect((await simulator.run(simulator.scheduleOf(seed, 'disks'))).failure).to.equal('');
    });
  }

  it('survives that units are deleted just before their document goes', async () => {
    expect((await simulator.run(deletedWithDocument)).failure).to.equal('');
  });

  it('comes to rest after whatever happens to it', async () => {
    for (let seed = 1; seed <= few; seed++) {
      const { failure } = await simulator.run(simulator.scheduleOf(seed));
      expect(failure, `npm run sim -- --seed ${seed}`).to.equal('');
    }
  });

  it('does the same again for the same seed', async () => {
    const [one, other] = [
      await simulator.run(simulator.scheduleOf(7), true),
      await simulator.run(simulator.scheduleOf(7), true),
    ];
    expect(one.trace).to.deep.equal(other.trace);
    expect(one.trace.length).to.be.greaterThan(55);
  });

  it('meets every kind of fault within a few schedules', async () => {
    const met = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const outcome = await simulator.run(simulator.scheduleOf(seed));
      for (const kind of Object.keys(outcome.met)) met.add(kind);
    }
    const faults = [
      'ENOSPC',
      'EIO',
      'EACCES',
      'EROFS',
      'kill',
      'power',
      'networkd',
      'bus',
      'clock',
      'lost event',
    ];
    expect([...met]).to.include.members([
      ...faults,
      'lost signal',
      'networkd after',
      'kernel before',
      'failed start',
    ]);
  });

  it('knows how to break the code in each of the ways', async () => {
    const whole = await bundle();
    for (const mutant of mutants) expect(await bundle(mutant), mutant.name).not.to.equal(whole);
  });

  it('sees in the kernel itself what an operator that believes events never looks at again', async () => {
    const mutant = mutants.find(({ name }) => name === 'events taken for granted');
    const broken = await load(await bundle(mutant));
    expect((await broken.run(broken.scheduleOf(1))).failure).to.include('has MTU 1280, not 1450');
  });

  it('shrinks what broken code fails at to a few events', async () => {
    const broken = await load(await bundle(mutants.find(({ name }) => name === 'no prune guard')));
    const schedule = broken.scheduleOf(3);
    const { failure } = await broken.run(schedule);
    expect(failure).to.include('vanished with most others');
    const shortest = await shrink(schedule, failure, broken);
    expect(shortest.events.length).to.be.lessThan(9);
    expect((await broken.run(JSON.parse(JSON.stringify(shortest)))).failure).to.include(
      'vanished with most others',
    );
  });
});
