import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Inventory } from '../../state/inventory.ts';
import { type Bed, type Release, startBed } from './bed.ts';
import { changed, fewer, fifty } from './fifty.ts';
import { dropDocument, startOperator } from './operator.ts';
import { ready } from './origin.ts';
import { checkout } from './places.ts';
import { forEachRelease } from './releases.ts';
import { startedOperator, stepsOf } from './restart.ts';

const unitDir = '/etc/systemd/network';
const stateDir = '/var/lib/osa-net';
const entry = '/run/bed/killed-operator.mjs';

/** How often a release's operator is killed: at each step boundary on v252, at some of them on v257. */
interface Schedule {
  readonly release: Release;
  /** Steps that each life may do, by what it is about. */
  readonly apply: number;
  readonly change: number;
  readonly remove: number;
  /** Kills at no step in particular. */
  readonly anyTime: number;
  /** So many kills there are at least. */
  readonly least: number;
}

const schedules: readonly Schedule[] = [
  { release: 'host', apply: 1, change: 3, remove: 6, anyTime: 20, least: 120 },
  { release: 'trixie', apply: 8, change: 8, remove: 20, anyTime: 6, least: 20 },
];

/** One file to load instead of 200: a life takes half as long. */
async function bundleInto(bed: Bed): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(checkout, 'test/bed/killed-operator.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['x11'],
    define: { OSA_NET_VERSION: '"test"' },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: 'warning',
  });
  bed.write(entry, outputFiles[0]?.text ?? '');
}

for (const schedule of schedules) {
  forEachRelease([schedule.release], (release) => {
    describe('an operator that is killed again and again', function () {
      this.timeout(200_000);
      let bed: Bed;
      let foreign: unknown;
      let kills = 0;

      before(async () => {
        bed = await startBed({ release });
        await bundleInto(bed);
        await bed.sh('ip link add br-other up type bridge; ip addr add 192.0.2.9/24 dev br-other');
        bed.write(
          `${unitDir}/10-other.network`,
          '[Match]\nName=br-other\n[Network]\nConfigureWithoutCarrier=yes\nAddress=192.0.2.9/24\n',
        );
        await bed.sh('networkctl reload');
        foreign = await foreignThings();
      });

      after(() => bed.stop());

      /** What osa-net did not make. */
      async function foreignThings(): Promise<unknown> {
        const [{ ifindex, addr_info, flags } = {}] = await bed.ip('addr', 'show', 'br-other');
        const { stdout } = await bed.sh(`stat -c '%i %y' ${unitDir}/10-other.network`);
        return { ifindex, addresses: addr_info?.map(({ local }) => local), flags, unit: stdout };
      }

      /**
       * Runs operators that die at a step, each as many steps further as it is allowed to, until one gets through. One
       * that died where the last one did gets one step more. They die right before a step and right after one in turn.
       */
      async function killAtSteps(steps: number): Promise<void> {
        let allowed = steps;
        let before = '';
        for (let life = 0; ; life++) {
          if (life > 300) throw new Error('still not through');
          const env =
            life % 2 === 0 ? { OSA_NET_KILL_BEFORE: `${allowed + 1}` } : { OSA_NET_KILL_AFTER: `${allowed}` };
          const operator = bed.spawn([process.execPath, entry], { env });
          operator.child.stdout?.resume();
          operator.child.stderr?.resume();
          if ((await operator.ended) !== null) return;
          kills++;
          const now = await traces();
          allowed = now === before ? allowed + 1 : steps;
          before = now;
        }
      }

      /** What a life left behind; nothing of it is unknown to the inventory, which is written first. */
      async function traces(): Promise<string> {
        const units = readdirSync(bed.root + unitDir).filter((name) => name.startsWith('05-osa-net-'));
        expect(Object.keys(inventory().units)).to.include.members(units);
        const { stdout } = await bed.sh(`ip -oneline link; sha256sum ${unitDir}/*`);
        return stdout;
      }

      function inventory(): Inventory {
        return JSON.parse(bed.read(`${stateDir}/inventory.json`)) as Inventory;
      }

      /** The next operator, which nobody kills: it converges, and everything is as if nobody had been killed. */
      async function assertConverges(documents: string): Promise<void> {
        const operator = await startedOperator(bed);
        try {
          await ready(bed, undefined, 30_000);
        } finally {
          expect(await operator.stop()).to.equal(0);
        }
        await assertInventory();
        expect(bed.read(`${stateDir}/documents/all.yaml`)).to.equal(documents);
        expect((await bed.sh(`find /etc ${stateDir} /run/osa-net -name '*tmp'`)).stdout).to.equal('');
        expect(await foreignThings()).to.deep.equal(foreign);
        const last = startOperator(bed, { flags: ['--once'] });
        expect(await last.process.ended).to.equal(0);
        expect(stepsOf(last)).to.deep.equal([]);
      }

      /** The inventory is what is there: each unit with its hash, each link with its kind; and no reload is left to do. */
      async function assertInventory(): Promise<void> {
        const { units, links, reloadPending } = inventory();
        const files = readdirSync(bed.root + unitDir).filter((name) => name !== '10-other.network');
        const hashes = files.map((name) => {
          const bytes = readFileSync(join(bed.root + unitDir, name));
          return [name, createHash('sha256').update(bytes).digest('hex')];
        });
        expect(mapped(units, ({ hash }) => hash)).to.deep.equal(Object.fromEntries(hashes));
        const there = (await bed.ip('link'))
          .filter(({ ifname }) => !['lo', 'br-other'].includes(ifname))
          .map(({ ifname, linkinfo }) => [ifname, linkinfo?.info_kind]);
        expect(mapped(links, ({ kind }) => kind)).to.deep.equal(Object.fromEntries(there));
        expect(reloadPending).to.equal(false);
      }

      it('converges from each step of applying 50 documents', async () => {
        dropDocument(bed, 'all.yaml', fifty);
        await killAtSteps(schedule.apply);
        await assertConverges(fifty);
      });

      it('converges from the steps of changing half of them', async () => {
        dropDocument(bed, 'all.yaml', changed);
        await killAtSteps(schedule.change);
        await assertConverges(changed);
      });

      it('converges from the steps of removing many of them', async () => {
        dropDocument(bed, 'all.yaml', fewer);
        await killAtSteps(schedule.remove);
        await assertConverges(fewer);
      });

      it(`converges when it is killed ${schedule.anyTime} times at any time`, async () => {
        const texts = [fifty, changed, fewer];
        for (let n = 0; n < schedule.anyTime; n++) {
          dropDocument(bed, 'all.yaml', texts[n % texts.length] ?? fifty);
          const operator = startOperator(bed);
          // Anything from before the first look to after the last step.
          await sleep(100 + Math.random() * 1_000);
          await operator.kill9();
          kills++;
        }
        dropDocument(bed, 'all.yaml', changed);
        await assertConverges(changed);
      });

      it(`was killed at least ${schedule.least} times`, () => {
        console.log(`      killed ${kills} times`);
        expect(kills).to.be.at.least(schedule.least);
      });
    });
  });
}

function mapped<T>(record: Readonly<Record<string, T>>, value: (entry: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, entry]) => [name, value(entry)]));
}
