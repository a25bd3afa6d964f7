import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { documentOf } from '../crds/marked.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, startOperator } from './operator.ts';
import { forEachRelease } from './releases.ts';
import { hostState } from './witness.ts';

/** A step as `osa-net diff -o json` prints it. */
interface PrintedStep {
  readonly kind: string;
  readonly target: string;
  readonly reason: string;
  readonly disruption: string;
  readonly owner?: string;
}

/** What happens to a host whose documents have been applied, and the kinds of steps that it takes to follow. */
interface Situation {
  readonly title: string;
  readonly happen: (bed: Bed) => unknown;
  readonly kinds: readonly string[];
}

const bridge = (name: string, net: number, more = '') =>
  documentOf('ContainerBridge', name, `addresses: [10.1.${net}.1/24]\nrequiredState: no-carrier${more}`);
const integration = (name: string, bridgeName: string) =>
  documentOf('MacvlanIntegration', name, `bridge: ${bridgeName}`);

const documents: Readonly<Record<string, string>> = {
  'one.yaml': bridge('one', 1),
  'two.yaml': bridge('two', 2),
  'three.yaml': bridge('three', 3),
  'a.yaml': integration('a', 'br-foreign'),
  'b.yaml': integration('b', 'br-one'),
};

const situations: readonly Situation[] = [
  {
    title: 'documents on a fresh host',
    happen: (bed) => {
      for (const [file, text] of Object.entries(documents)) dropDocument(bed, file, text);
    },
    kinds: ['reload', 'write-unit'],
  },
  {
    title: 'a changed document',
    happen: (bed) => dropDocument(bed, 'two.yaml', bridge('two', 22)),
    kinds: ['reload', 'write-unit'],
  },
  {
    title: 'a removed document',
    happen: (bed) => bed.remove('/etc/osa-net.d/b.yaml'),
    kinds: ['delete-link', 'reload', 'remove-unit'],
  },
  {
    title: 'a macvlan in another mode',
    happen: (bed) => bed.sh('ip link set mv-a type macvlan mode private'),
    kinds: ['set-link'],
  },
  {
    title: 'a unit that was edited by hand',
    happen: (bed) => bed.sh('echo "[Link]" >>/etc/systemd/network/05-osa-net-br-three.network'),
    kinds: ['reload', 'write-unit'],
  },
  {
    title: 'a unit that was removed by hand',
    happen: (bed) => bed.sh('rm /etc/systemd/network/05-osa-net-mv-a.netdev'),
    kinds: ['reload', 'write-unit'],
  },
  {
    title: 'a link that was deleted',
    happen: (bed) => bed.sh('ip link del mv-a'),
    kinds: ['reload', 'touch-dependents'],
  },
  {
    title: 'all of it at once',
    happen: async (bed) => {
      dropDocument(bed, 'four.yaml', bridge('four', 4, '\nmtu: 1400'));
      dropDocument(bed, 'two.yaml', bridge('two', 2));
      bed.remove('/etc/osa-net.d/three.yaml');
      await bed.sh('ip link set mv-a type macvlan mode vepa');
    },
    kinds: ['delete-link', 'reload', 'remove-unit', 'set-link', 'write-unit'],
  },
];

/** The line that the operator logs when it has done the step. */
function lineOf({ kind, target, reason, disruption }: PrintedStep): string {
  return `${kind} ${target}: ${reason}${disruption === 'none' ? '' : ` (${disruption})`}`;
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('osa-net diff', function () {
    this.timeout(60_000);
    let bed: Bed;

    before(async () => {
      bed = await startBed({ release });
      await bed.sh('ip link add br-foreign up type bridge');
    });

    after(() => bed.stop());

    async function diff(): Promise<{ steps: readonly PrintedStep[]; code: number; stderr: string }> {
      const { stdout, stderr, code } = await bed.sh('osa-net diff -o json', { check: false });
      return { steps: stdout === '' ? [] : (JSON.parse(stdout) as PrintedStep[]), code, stderr };
    }

    /** Everything that a look must not change: the host, and what osa-net keeps for itself. */
    async function everything(): Promise<unknown> {
      const kept = ['/etc/osa-net.d', '/etc/systemd/network', '/var/lib/osa-net', '/run/osa-net'];
      return { host: await hostState(bed), files: kept.flatMap((path) => listing(bed.root, path)) };
    }

    /** The same once the kernel is through with the new links: their link-local addresses take a second or two. */
    async function everythingAtRest(): Promise<unknown> {
      return eventually(async () => {
        expect((await bed.sh('ip -6 address show tentative')).stdout).to.equal('');
        const first = await everything();
        await sleep(300);
        expect(await everything()).to.deep.equal(first);
        return first;
      }, 15_000);
    }

    /** Runs `osa-net operator --once`; the steps of each pass that had any, as they were logged. */
    async function converge(): Promise<readonly (readonly string[])[]> {
      const { log, process } = startOperator(bed, { flags: ['--once', '--log-level', 'debug'] });
      expect(await process.ended, JSON.stringify(log.at(-1))).to.equal(0);
      const passes: string[][] = [[]];
      for (const line of log) {
        if (line.message === 'pass') passes.push([]);
        else if (line['step'] !== undefined) passes.at(-1)?.push(line.message);
      }
      return passes.filter((steps) => steps.length > 0);
    }

    it('says that there is nothing to do', async () => {
      expect(await diff()).to.deep.equal({ steps: [], code: 0, stderr: '' });
      expect((await bed.sh('osa-net diff')).stderr).to.equal('osa-net: no changes\n');
    });

    for (const { title, happen, kinds } of situations) {
      it(`prints exactly what the next pass does, and does nothing: ${title}`, async () => {
        await happen(bed);
        const before = await everythingAtRest();
        const { steps, code } = await diff();
        expect(code).to.equal(1);
        expect([...new Set(steps.map(({ kind }) => kind))].sort()).to.deep.equal(kinds);
        expect(await everything()).to.deep.equal(before);

        const [first] = await converge();
        expect(first).to.deep.equal(steps.map(lineOf));
        expect(await diff()).to.deep.equal({ steps: [], code: 0, stderr: '' });
      });
    }

    it('says what is wrong with a document, and plans without it', async () => {
      dropDocument(bed, 'five.yaml', bridge('five', 5).replace('10.1.5.1/24', '10.1.5.1/99'));
      const { steps, code, stderr } = await diff();
      expect({ steps, code }).to.deep.equal({ steps: [], code: 0 });
      expect(stderr).to.match(/^\/etc\/osa-net\.d\/five\.yaml:6:15: .*\[BAD_PREFIX\]\n/);
      bed.remove('/etc/osa-net.d/five.yaml');
    });

    it('says what it holds back', async () => {
      await bed.sh('mkdir /etc/away; mv /etc/osa-net.d/*.yaml /etc/away');
      const { steps, code, stderr } = await diff();
      expect({ steps, code }).to.deep.equal({ steps: [], code: 0 });
      expect(stderr).to.match(/^osa-net: PruneBlocked: 4 of 4 documents vanished at once/);
      await bed.sh('mv /etc/away/*.yaml /etc/osa-net.d');
    });

    it('cannot tell without networkd', async () => {
      await bed.networkd.kill9();
      const { steps, code, stderr } = await diff();
      expect({ steps, code }).to.deep.equal({ steps: [], code: 2 });
      expect(stderr).to.match(/^osa-net: cannot plan: /);
    });

    it('refuses what it does not know', async () => {
      const { code, stderr } = await bed.sh('osa-net diff --outptu json', { check: false });
      expect(code).to.equal(2);
      expect(stderr).to.contain('--output');
    });
  });
});

/** Inode, size and times of everything below a path of the bed; nothing where there is none. */
function listing(root: string, path: string): readonly string[] {
  const stat = statSync(root + path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return [];
  const own = `${path} ${stat.ino} ${stat.size} ${stat.mode} ${stat.mtimeNs} ${stat.ctimeNs}`;
  if (!stat.isDirectory()) return [own];
  return [
    own,
    ...readdirSync(root + path)
      .sort()
      .flatMap((name) => listing(root, join(path, name))),
  ];
}
