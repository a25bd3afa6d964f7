import { expect } from 'chai';
import { conditionOf } from '../../state/status.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { forEachRelease } from './releases.ts';

const document = (kind: string, name: string, spec: string, dependsOn?: string) =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n` +
  `${dependsOn === undefined ? '' : `  annotations:\n    osa-net.dev/depends-on: ${dependsOn}\n`}spec:\n${spec}`;

const bridge = (name: string, dependsOn?: string, spec = `  addresses: [10.77.${name.length}.1/24]\n`) =>
  document('ContainerBridge', name, spec, dependsOn);
const integration = (name: string, on: string, dependsOn?: string) =>
  document('MacvlanIntegration', name, `  bridge: ${on}\n`, dependsOn);

async function readyOf(operator: Operator, key: string): Promise<string> {
  const { items } = await operator.status();
  const item = items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
  const ready = item && conditionOf(item.status, 'Ready');
  return `${ready?.status} ${ready?.reason} ${ready?.message}`;
}

async function units(bed: Bed): Promise<readonly string[]> {
  const { stdout } = await bed.sh('ls /etc/systemd/network');
  return stdout.split('\n').filter((name) => name !== '');
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('a resource that depends on others', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    beforeEach(async () => {
      bed = await startBed({ release });
      operator = startOperator(bed);
    });

    afterEach(async () => {
      await operator.stop();
      await bed.stop();
    });

    it('is applied once they are Ready, one after the other', async () => {
      operator.drop('a.yaml', bridge('third', 'ContainerBridge/aa'));
      operator.drop('b.yaml', bridge('aa', 'ContainerBridge/b'));
      await eventually(async () =>
        expect(await readyOf(operator, 'ContainerBridge/aa')).to.match(
          /^False DependencyNotReady \/etc\/osa-net\.d\/b\.yaml:6:\d+: waits for ContainerBridge\/b, which no document describes, so nothing of it is applied yet$/,
        ),
      );
      expect(await readyOf(operator, 'ContainerBridge/third')).to.include(
        'waits for ContainerBridge/aa, which is not Ready',
      );
      expect(await units(bed)).to.deep.equal([]);
      operator.drop('c.yaml', bridge('b'));
      await operator.waitReady();
      const made = operator.log.flatMap(
        ({ message }) => /write-unit \S*(br-\w+)\.netdev/.exec(message)?.[1] ?? [],
      );
      expect(made).to.deep.equal(['br-b', 'br-aa', 'br-third']);
    });

    it('stays when they fail later, and is repaired all the same', async () => {
      operator.drop('a.yaml', bridge('a'));
      operator.drop('b.yaml', bridge('bb', 'ContainerBridge/a'));
      await operator.waitReady();
      operator.drop('a.yaml', bridge('a', undefined, '  interface: this-name-is-too-long\n'));
      await eventually(async () =>
        expect(await readyOf(operator, 'ContainerBridge/a')).to.match(/^False ValidationFailed/),
      );
      expect(await readyOf(operator, 'ContainerBridge/bb')).to.match(/^True/);
      await bed.sh('ip link delete br-bb');
      await eventually(async () => {
        await bed.sh('ip link show dev br-bb');
        expect(await readyOf(operator, 'ContainerBridge/bb')).to.match(/^True/);
      });
    });

    it('is applied to the bridge that waits for the carrier of its own port', async () => {
      operator.drop('a.yaml', integration('m', 'br-a', 'ContainerBridge/a'));
      operator.drop('b.yaml', bridge('a'));
      await operator.waitReady();
    });

    it('waits alone: the others go on', async () => {
      operator.drop('a.yaml', integration('lost', 'br-nowhere'));
      operator.drop('b.yaml', bridge('bb', 'MacvlanIntegration/lost'));
      operator.drop('c.yaml', bridge('a'));
      operator.drop('d.yaml', integration('m', 'br-a', 'ContainerBridge/a'));
      await operator.waitReady(['ContainerBridge/a', 'MacvlanIntegration/m']);
      expect(await readyOf(operator, 'MacvlanIntegration/lost')).to.match(/^False DependencyNotReady/);
      expect(await readyOf(operator, 'ContainerBridge/bb')).to.match(/^False DependencyNotReady/);
      expect((await units(bed)).filter((name) => name.includes('br-bb'))).to.deep.equal([]);
      await bed.sh('ip link add br-nowhere type bridge; ip link set br-nowhere up');
      await operator.waitReady();
    });

    it('converges in one go with --once, and tells what it does before', async () => {
      await operator.stop();
      operator.drop('a.yaml', bridge('third', 'ContainerBridge/aa'));
      operator.drop('b.yaml', bridge('aa', 'ContainerBridge/b'));
      operator.drop('c.yaml', bridge('b'));
      const diff = await bed.sh('osa-net diff', { check: false });
      expect(diff.stdout).to.include('br-b.netdev').and.not.include('br-aa.netdev');
      const once = await bed.sh('osa-net operator --once', { check: false });
      expect(once.code).to.equal(0);
      expect((await bed.sh('osa-net diff', { check: false })).code).to.equal(0);
    });
  });
});
