import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { readiness } from './origin.ts';
import { forEachRelease } from './releases.ts';
import type { Workload } from './workload.ts';

const bridge = 'ContainerBridge/lan';
const probe = 'ConnectivityProbe/peer';

function document(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name }, spec });
}

/** A bridge without a gateway, so that nothing but a probe tells whether it works. */
const lan = (address: string) =>
  document('ContainerBridge', 'lan', { interface: 'br-lan', interfaces: ['eth1'], addresses: [address] });
const asking = document('ConnectivityProbe', 'peer', { ping: { host: '192.0.2.1' }, timeout: '1s' });

forEachRelease(['host', 'trixie'], (release) => {
  describe('a ConnectivityProbe', function () {
    this.timeout(90_000);
    let bed: Bed;
    let router: Workload;
    let operator: Operator;

    beforeEach(async () => {
      bed = await startBed({ release });
      router = await bed.namespace('router');
      await router.veth('eth1', 'lan');
      await router.sh('ip addr add 192.0.2.1/24 dev lan');
      bed.write('/etc/osa-net.d/lan.yaml', lan('192.0.2.2/24'));
      operator = startOperator(bed, { flags: ['--rollback-after', '3s'] });
      await operator.waitReady([bridge]);
    });

    afterEach(() => bed?.stop());

    it('takes a change back after which it fails, and says so at the document', async () => {
      operator.drop('probe.yaml', asking);
      await operator.waitReady([bridge, probe]);
      operator.drop('lan.yaml', lan('198.51.100.2/24'));
      await eventually(() => {
        const { reason, message } = readiness(bed, bridge);
        expect(reason).to.equal('RolledBack');
        expect(message).to.contain(probe);
      }, 30_000);
      await eventually(async () => {
        const { stdout } = await bed.sh('ip -brief address show dev br-lan');
        expect(stdout).to.contain('192.0.2.2/24').and.not.to.contain('198.51.100.2');
      });
      await eventually(() => expect(readiness(bed, probe).status).to.equal('True'), 10_000);
    });

    it('that failed before a change is no reason to take it back, and tells only that it fails', async () => {
      await router.sh('ip link set lan down');
      operator.drop('probe.yaml', asking);
      await eventually(() => {
        const { status, reason } = readiness(bed, probe);
        expect({ status, reason }).to.deep.equal({ status: 'False', reason: 'ProbeFailed' });
      }, 10_000);
      await router.sh('ip link set lan up');
      const generation = await applied();
      await router.sh('ip addr flush dev lan');
      operator.drop('lan.yaml', lan('198.51.100.2/24'));
      await operator.waitReady([bridge]);
      await eventually(async () => expect(await applied()).to.be.above(generation), 10_000);
      expect(readiness(bed, probe).reason).to.equal('ProbeFailed');
    });

    /** The last generation that was kept. */
    async function applied(): Promise<number> {
      const { stdout } = await bed.sh('osa-net history --output json', { check: false });
      const entries = JSON.parse(stdout) as readonly { readonly generation: number }[];
      return Math.max(...entries.map(({ generation }) => generation));
    }
  });
});
