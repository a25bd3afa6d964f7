import { expect } from 'chai';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { type Bed, type Release, startBed } from './bed.ts';
import { bundled } from './bundled.ts';
import { startOperator } from './operator.ts';
import { ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { hostState, unfinishedFiles, unitStats } from './witness.ts';

const bridges = 40;
const integrations = 10;

function documentsOf(mtu: number): string {
  const bridge = (i: number) =>
    `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: {name: b${i}}\nspec: {addresses: [10.${i}.0.1/24], mtu: ${mtu}}\n`;
  const integration = (i: number) =>
    `apiVersion: osa-net.dev/v1alpha1\nkind: MacvlanIntegration\nmetadata: {name: b${i}}\nspec: {bridge: br-b${i}}\n`;
  const all = [
    ...Array.from({ length: bridges }, (_, i) => bridge(i)),
    ...Array.from({ length: integrations }, (_, i) => integration(i)),
  ];
  return all.join('---\n');
}

/** Before which step the n-th life (from 0) ends. */
type Fate = (life: number) => number;

/** Every fourth life gets one step further: two steps that need each other (touch, reload) must meet in one life. */
function fateOf(stride: number): Fate {
  return (life) => stride + Number(life % 4 === 3);
}

/** Runs operators that kill themselves before a step until one gets through; the number of kills. */
async function killUntilThrough(bed: Bed, entry: string, fate: Fate, most: number): Promise<number> {
  for (let kills = 0; kills <= most; kills++) {
    const run = bed.spawn([process.execPath, entry], { env: { OSA_NET_KILL_BEFORE: String(fate(kills)) } });
    run.child.stdout?.resume();
    run.child.stderr?.resume();
    if ((await run.ended) !== null) return kills;
  }
  throw new Error(`still not through after ${most} kills`);
}

/** The inventory names exactly the units and links that are there, and has no reload left to do. */
async function assertInventory(bed: Bed, foreign: readonly string[]): Promise<void> {
  const inventory: Inventory = {
    ...emptyInventory,
    ...JSON.parse(bed.read('/var/lib/osa-net/inventory.json')),
  };
  const links = (await bed.ip('link')).map(({ ifname }) => ifname).filter((name) => !foreign.includes(name));
  expect(Object.keys(inventory.links).sort()).to.deep.equal(links.sort());
  expect(Object.keys(inventory.units).sort()).to.deep.equal(Object.keys(unitStats(bed)).sort());
  for (const [unit, { hash }] of Object.entries(inventory.units)) {
    const { stdout } = await bed.sh(`sha256sum </etc/systemd/network/${unit}`);
    expect(stdout.slice(0, 64), unit).to.equal(hash);
  }
  expect(inventory.reloadPending).to.equal(false);
}

/** Every how many steps the operator is killed: at each boundary while it applies, at fewer of what is alike later. */
const stride = { apply: 2, change: 8, remove: 4 };
const leastKills = 100;
const releases = ['host', 'trixie'] as const;

/** Operators on a host of their own that die at their steps, through three changes of the documents. */
class Victims {
  readonly #bed: Promise<Bed>;
  readonly #entry: Promise<string>;
  readonly applied: Promise<void>;
  readonly changed: Promise<void>;
  readonly removed: Promise<void>;
  kills = 0;

  constructor(release: Release, entry: Promise<string>) {
    this.#bed = startBed({ release });
    this.#entry = entry;
    this.applied = this.#apply();
    this.changed = this.applied.then(() => this.#change());
    this.removed = this.changed.then(() => this.#remove());
    // Whoever waits for one of them is told; until then nobody listens.
    for (const one of [this.applied, this.changed, this.removed]) one.catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.removed.catch(() => undefined);
    const bed = await this.#bed.catch(() => undefined);
    await bed?.stop();
  }

  async #apply(): Promise<void> {
    const bed = await this.#bed;
    await bed.sh(
      'mkdir -p /etc/osa-net.d; ip link add br-other up type bridge; ip addr add 192.0.2.9/24 dev br-other',
    );
    bed.write('/etc/osa-net.d/all.yaml', documentsOf(1500));
    await this.#converged(fateOf(stride.apply));
  }

  async #change(): Promise<void> {
    const bed = await this.#bed;
    bed.write('/etc/osa-net.d/all.yaml', documentsOf(1400));
    await this.#converged(fateOf(stride.change));
    const links = (await bed.ip('link')).filter(({ ifname }) => ifname.startsWith('br-b'));
    expect(links.map(({ mtu }) => mtu)).to.deep.equal(Array.from({ length: bridges }, () => 1400));
  }

  async #remove(): Promise<void> {
    const bed = await this.#bed;
    // The first ten bridges have integrations plugged in.
    const kept = documentsOf(1400)
      .split('---\n')
      .filter((_, i) => i < 10 || i >= 30);
    bed.write('/etc/osa-net.d/all.yaml', kept.join('---\n'));
    // Links go as one batch at its last step, so each life must get further than the one before.
    await this.#converged((life) => stride.remove * (life + 1));
    const names = (await bed.ip('link')).map(({ ifname }) => ifname);
    expect(names.filter((name) => name.startsWith('br-b')).length).to.equal(bridges - 20);
  }

  async #converged(fate: Fate): Promise<void> {
    const bed = await this.#bed;
    const before = (await hostState(bed)).links['br-other'];
    this.kills += await killUntilThrough(bed, await this.#entry, fate, 400);
    const operator = startOperator(bed);
    try {
      await ready(bed, undefined, 60_000);
      expect(unfinishedFiles(bed)).to.deep.equal([]);
      await assertInventory(bed, foreign);
      expect((await hostState(bed)).links['br-other']).to.equal(before);
    } finally {
      await operator.stop();
    }
  }
}

/** Links that are there before osa-net. */
const foreign = ['lo', 'br-other'];
/** All hosts at once: what an operator costs to start is most of the time, and there are two processors. */
const victims = new Map<Release, Victims>();

forEachRelease(releases, (release) => {
  describe('an operator that is killed at its steps', function () {
    this.timeout(900_000);

    const mine = (): Victims => {
      const found = victims.get(release);
      if (!found) throw new Error('nobody was started');
      return found;
    };

    before(() => {
      if (victims.size > 0) return;
      const entry = bundled('killed-operator');
      for (const one of releases) victims.set(one, new Victims(one, entry));
    });

    after(() => mine().end());

    it('converges when it is killed at each step of applying 50 documents', () => mine().applied);
    it('converges when it is killed while it changes them', () => mine().changed);
    it('converges when it is killed while it removes some of them', () => mine().removed);

    it(`was killed ${leastKills} times or more`, () => {
      console.log(`      killed ${mine().kills} times`);
      expect(mine().kills).to.be.at.least(leastKills);
    });
  });
});
