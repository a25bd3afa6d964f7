import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, startOperator } from './operator.ts';
import type { ScriptResult } from './process.ts';
import { forEachRelease } from './releases.ts';

function bridge(name: string, spec = '{}'): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata:\n  name: ${name}\nspec: ${spec}\n`;
}

const names = ['a', 'b', 'c', 'd'] as const;

interface PlannedStep {
  readonly kind: string;
  readonly target: string;
  readonly owner?: string;
}

forEachRelease(['host'], () => {
  describe('the command line beside the real networkd', function () {
    this.timeout(60_000);
    let bed: Bed;

    before(async () => {
      bed = await startBed();
    });

    after(() => bed.stop());

    function osaNet(words: string): Promise<ScriptResult> {
      return bed.sh(`osa-net ${words}`, { check: false });
    }

    async function planned(): Promise<{ code: number; steps: readonly PlannedStep[] }> {
      const { code, stdout, stderr } = await osaNet('diff -o json');
      if (code > 1) throw new Error(stderr);
      return { code, steps: JSON.parse(stdout) as PlannedStep[] };
    }

    it('diff tells the changes that come, and --once makes them', async () => {
      for (const name of names) dropDocument(bed, `${name}.yaml`, bridge(name));
      const before = await planned();
      expect(before.code).to.equal(1);
      const written = before.steps.filter(({ kind }) => kind === 'write-unit').map(({ target }) => target);
      expect(written.sort()).to.deep.equal(
        names.flatMap((name) => [`05-osa-net-br-${name}.netdev`, `05-osa-net-br-${name}.network`]),
      );
      const once = await osaNet('operator --once');
      expect(once.code, once.stderr).to.equal(0);
      expect(once.stdout.match(/ True /g)).to.have.length(names.length);
      expect(await planned()).to.deep.equal({ code: 0, steps: [] });
    });

    it('--once says that a document is bad, and ends with 1', async () => {
      dropDocument(bed, 'bad.yaml', bridge('bad', '{ mtu: many }'));
      const { code, stdout } = await osaNet('operator --once');
      bed.remove('/etc/osa-net.d/bad.yaml');
      expect(code).to.equal(1);
      expect(stdout).to.match(/bad +False +ValidationFailed/);
    });

    it('status knows the operator that ran is gone', async () => {
      const { code, stdout } = await osaNet('status');
      expect(code).to.equal(3);
      expect(stdout).to.contain('ContainerBridge');
    });

    it('prune lists what is held back, and lets it go', async () => {
      const operator = startOperator(bed);
      await operator.waitReady();
      await bed.sh('rm /etc/osa-net.d/[bcd].yaml');
      await eventually(async () => expect((await osaNet('status')).stderr).to.contain('PruneBlocked'), 5_000);
      const listed = await osaNet('prune');
      expect(listed.code).to.equal(1);
      expect(listed.stdout).to.match(
        /ContainerBridge\/d +br-d +05-osa-net-br-d.netdev,05-osa-net-br-d.network/,
      );
      const approved = await osaNet('prune --yes');
      expect(approved.code, approved.stderr).to.equal(0);
      await eventually(async () => {
        const links = (await bed.ip('link')).map(({ ifname }) => ifname);
        expect(links.filter((link) => link.startsWith('br-'))).to.deep.equal(['br-a']);
      }, 5_000);
      expect((await osaNet('prune')).code).to.equal(0);
      expect(await operator.stop()).to.equal(0);
    });

    it('a second operator is refused in one line', async () => {
      const operator = startOperator(bed);
      await operator.waitReady();
      const second = await osaNet('operator');
      expect(second.code).to.equal(1);
      expect(second.stderr.trimEnd()).to.match(/^osa-net: cannot start: another osa-net operator .*[^\n]$/);
      await operator.stop();
    });
  });
});
