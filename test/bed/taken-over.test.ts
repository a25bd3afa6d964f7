import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { published, readiness } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { type Stream, startStream } from './stream.ts';

const key = 'ContainerBridge/uplink';
const flags = ['--log-level', 'debug', '--rollback-after', '3s'];

/** Takes over the bridge that somebody made by hand, and loses the address that the host is reached by. */
function document(address: string, annotations: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    apiVersion: 'osa-net.dev/v1alpha1',
    kind: 'ContainerBridge',
    metadata: {
      name: 'uplink',
      annotations: { 'osa-net.dev/adopt': 'true', 'osa-net.dev/recreate': 'allowed', ...annotations },
    },
    spec: { interface: 'br-hand', interfaces: ['eth1'], addresses: [address] },
  });
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('a bridge of others that the host is reached through', function () {
    this.timeout(90_000);
    let bed: Bed;
    let operator: Operator;
    let stream: Stream;
    let asItWas: string;

    before(async () => {
      bed = await startBed({ release });
      const router = await bed.namespace('router');
      await router.veth('eth1', 'lan');
      await router.sh('ip addr add 192.0.2.1/24 dev lan');
      await bed.sh(`
        ip link add br-hand address 02:00:00:00:00:77 mtu 1400 type bridge
        ip link set eth1 up master br-hand
        ip link set br-hand up
        ip addr add 192.0.2.2/24 dev br-hand
        ip route add 203.0.113.0/24 via 192.0.2.1 metric 77`);
      operator = startOperator(bed, { flags });
      await eventually(() => expect(published(bed).operator).to.have.property('version'));
      stream = await startStream(bed, router, '192.0.2.2');
      asItWas = await seen();
    });

    after(async () => {
      await stream?.stop();
      await bed?.stop();
    });

    async function seen(): Promise<string> {
      const { stdout } = await bed.sh(
        `ip -br link show br-hand | sed 's/@.*//'; ip -br -4 addr show br-hand; ip route show dev br-hand; ip -br link show master br-hand | cut -d@ -f1`,
      );
      return stdout;
    }

    /** It is there as it was, and nothing of it is on record. */
    async function isGivenBack(why: RegExp): Promise<void> {
      await eventually(() => {
        const { reason, message } = readiness(bed, key);
        expect(reason).to.equal('RolledBack');
        expect(message).to.match(why);
        expect(published(bed).operator.trial).to.equal(undefined);
      }, 30_000);
      await eventually(async () => expect(await seen()).to.equal(asItWas), 5_000);
      await stream.assertAlive();
      // It is theirs for good once networkd has left it so for a while.
      await eventually(
        () => expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json')).links).to.deep.equal({}),
        20_000,
      );
      expect(await seen()).to.equal(asItWas);
      expect((await bed.sh('ls /etc/systemd/network')).stdout).to.equal('');
    }

    it('is given back as it was when the change that takes it over is taken back', async () => {
      operator.drop('uplink.yaml', document('192.0.2.77/24'));
      await isGivenBack(/192\.0\.2\.2 is no longer an address of this host/);
    });

    it('is given back by the next start when the operator is killed meanwhile', async () => {
      // What is not to be pruned when its document goes is no reason to keep what a change did that is taken back.
      operator.drop('uplink.yaml', document('192.0.2.78/24', { 'osa-net.dev/prune': 'disabled' }));
      await eventually(() => expect(published(bed).operator.trial?.phase).to.equal('trial'));
      await operator.kill9();
      operator = startOperator(bed, { flags });
      await isGivenBack(/osa-net or the host went down/);
    });
  });
});
