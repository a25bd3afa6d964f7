import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { published, readiness } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { type Stream, startStream } from './stream.ts';

const key = 'ContainerBridge/uplink';
const flags = ['--log-level', 'debug', '--rollback-after', '3s'];

/** The bridge that the host is reached through. */
function uplink(spec: Readonly<Record<string, unknown>> = {}): string {
  const whole = {
    interface: 'br-uplink',
    interfaces: ['eth1'],
    addresses: ['192.0.2.2/24'],
    gateway: '192.0.2.1',
    ...spec,
  };
  return JSON.stringify({
    apiVersion: 'osa-net.dev/v1alpha1',
    kind: 'ContainerBridge',
    metadata: { name: 'uplink' },
    spec: whole,
  });
}

/** Documents that cut the host off, each by another way. */
const cuts: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
  ['a wrong gateway', { gateway: '192.0.2.254' }, /192\.0\.2\.254 \(br-uplink\) does not answer/],
  ['a bridge without its port', { interfaces: [] }, /does not answer/],
  [
    'the address removed',
    { addresses: ['192.0.2.77/24'] },
    /192\.0\.2\.2 is no longer an address of this host/,
  ],
];

forEachRelease(['host', 'trixie'], (release) => {
  describe('a change that cuts the host off', function () {
    this.timeout(90_000);
    let bed: Bed;
    let operator: Operator;
    let stream: Stream;

    before(async () => {
      bed = await startBed({ release });
      const router = await bed.namespace('router');
      await router.veth('eth1', 'lan');
      await router.sh('ip addr add 192.0.2.1/24 dev lan');
      bed.write('/etc/osa-net.d/uplink.yaml', uplink());
      operator = startOperator(bed, { flags });
      await operator.waitReady([key]);
      stream = await startStream(bed, router, '192.0.2.2');
    });

    after(async () => {
      await stream?.stop();
      await bed?.stop();
    });

    async function backAgain(why: RegExp): Promise<void> {
      await eventually(() => {
        const { reason, message } = readiness(bed, key);
        expect(reason).to.equal('RolledBack');
        expect(message).to.match(why);
      }, 30_000);
      await eventually(() => expect(published(bed).operator.trial).to.equal(undefined), 10_000);
      await stream.assertAlive();
    }

    for (const [name, spec, why] of cuts) {
      it(`by ${name} is taken back, the connection lives, and the status says why`, async () => {
        operator.drop('uplink.yaml', uplink(spec));
        await backAgain(why);
        operator.drop('uplink.yaml', uplink());
        await operator.waitReady([key]);
      });

      it(`by ${name} is taken back by the next start when the operator is killed meanwhile`, async () => {
        operator.drop('uplink.yaml', uplink(spec));
        await eventually(() => expect(published(bed).operator.trial?.phase).to.equal('trial'));
        await operator.kill9();
        operator = startOperator(bed, { flags });
        await backAgain(/osa-net or the host went down/);
        operator.drop('uplink.yaml', uplink());
        await operator.waitReady([key]);
      });
    }

    it('is taken back although the state directory is full by then, and the status says so', async () => {
      const state = '/var/lib/osa-net';
      await bed.sh(
        `mkdir /run/small; mount -t tmpfs -o size=256k tmpfs /run/small; cp -a ${state}/. /run/small`,
      );
      await bed.sh(`mount --bind /run/small ${state}`);
      operator.drop('uplink.yaml', uplink({ gateway: '192.0.2.254' }));
      await eventually(() => expect(published(bed).operator.trial?.phase).to.equal('trial'));
      await bed.sh(`head -c 1M /dev/zero >${state}/zero || true`);
      await eventually(async () => {
        const { stdout } = await bed.sh('ip -4 route show default');
        expect(stdout).to.include('via 192.0.2.1 ');
        const [trouble] = published(bed).operator.conditions;
        expect(trouble).to.include({ reason: 'ApplyFailed' });
        expect(trouble?.message).to.match(/ENOSPC/);
      }, 30_000);
      await stream.assertAlive();
      await bed.sh(`rm ${state}/zero`);
      await backAgain(/192\.0\.2\.254 \(br-uplink\) does not answer/);
    });
  });
});
