import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { conditionOf, type StatusList } from '../../state/status.ts';
import { type Bed, startBed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { openStream, type Stream } from '../bed/stream.ts';
import type { Workload } from '../bed/workload.ts';
import { type Host, startHost } from './host.ts';
import { forEachHost } from './releases.ts';

const key = 'ContainerBridge/uplink';
const document = '/etc/osa-net.d/uplink.yaml';

/** The bridge through which the host is reached, and through which it lets others reach each other. */
function uplink(spec: Readonly<Record<string, unknown>> = {}): string {
  const ports = { interface: 'br-uplink', interfaces: ['eth1', 'eth2'] };
  const addresses = { addresses: ['192.0.2.2/24'], gateway: '192.0.2.1' };
  return JSON.stringify({
    apiVersion: 'osa-net.dev/v1alpha1',
    kind: 'ContainerBridge',
    metadata: { name: 'uplink' },
    spec: { ...ports, ...addresses, ...spec },
  });
}

/** Documents that cut the host off, each by another way. */
const cuts: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
  ['a wrong gateway', { gateway: '192.0.2.254' }, /192\.0\.2\.254 \(br-uplink\) does not answer/],
  ['a bridge without its port', { interfaces: ['eth2'] }, /does not answer/],
  [
    'the address removed',
    { addresses: ['192.0.2.77/24'] },
    /is no longer an address of this host|does not answer/,
  ],
];

/** Who went down in the middle of a change cannot know whether it was good. */
const interrupted = /osa-net or the host went down before it was known to be good/;

forEachHost(['bookworm', 'trixie'], (release) => {
  describe('a host that is reached through what it manages', function () {
    this.timeout(180_000);
    /** What is outside the host: a router in its own network, and a server in a namespace. */
    let outside: Bed;
    let server: Workload;
    let host: Host;

    before(async () => {
      outside = await startBed({ networkd: false });
      server = await outside.namespace('server');
      host = await startHost({ release });
      host.write(
        '/etc/systemd/system/osa-net.service.d/fast.conf',
        '[Service]\nEnvironment=OSA_NET_ROLLBACK_AFTER=3s\n',
      );
      host.write(document, uplink());
      await host.sh('systemctl enable --now systemd-networkd');
      await connect();
      await host.install();
      await readyAgain();
    });

    after(async () => {
      await host?.stop();
      await outside?.stop();
    });

    /** Plugs the host in, as it is after each boot: to the router by eth1, to the server by eth2. */
    async function connect(): Promise<void> {
      const inside = ['nsenter', '-t', String(outside.pid), '--net', 'bash', '-euc'];
      const plug = `
        ip link add router type veth peer name eth1
        ip link add server type veth peer name eth2
        ip link set eth1 netns ${host.pid}
        ip link set eth2 netns ${host.pid}
        ip addr add 192.0.2.1/24 dev router
        ip link set router up`;
      await promisify(execFile)(inside[0] ?? '', [...inside.slice(1), plug]);
      await outside.sh('ip link set server netns server');
      await server.sh('ip addr add 192.0.2.3/24 dev server; ip link set server up');
      await host.sh('ip link set eth1 up; ip link set eth2 up');
    }

    async function ready() {
      const { stdout } = await host.sh('osa-net status -o json', { check: false });
      const { items, operator } = JSON.parse(stdout) as StatusList;
      const item = items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
      return { condition: item && conditionOf(item.status, 'Ready'), trial: operator.trial };
    }

    const readyAgain = () =>
      eventually(async () => {
        const { condition, trial } = await ready();
        expect([condition?.status, trial], condition?.message).to.deep.equal(['True', undefined]);
      }, 60_000);

    const onTrial = () =>
      eventually(async () => expect((await ready()).trial?.phase).to.equal('trial'), 20_000);

    async function takenBack(why: RegExp): Promise<void> {
      await eventually(async () => {
        const { condition, trial } = await ready();
        expect([condition?.reason, trial], condition?.message).to.deep.equal(['RolledBack', undefined]);
        expect(condition?.message).to.match(why);
      }, 90_000);
    }

    async function asBefore(): Promise<void> {
      host.write(document, uplink());
      await readyAgain();
    }

    /** As an ssh session from the router into the host. */
    const session = () =>
      openStream(
        (argv) => host.spawn(['/usr/bin/node', ...argv.slice(1)]),
        (argv) => outside.spawn(argv),
        '192.0.2.2',
      );

    /** Through the managed bridge, from the server to the router: its ends live on when the host does not. */
    const through = () =>
      openStream(
        (argv) => outside.spawn(argv),
        (argv) => outside.spawn(['nsenter', '--net=/run/netns/server', ...argv]),
        '192.0.2.1',
      );

    for (const [name, spec, why] of cuts) {
      describe(`and is given ${name}`, () => {
        let streams: Stream[];

        beforeEach(() => {
          streams = [];
        });

        afterEach(async function () {
          for (const stream of streams) await stream.stop();
          if (this.currentTest?.state !== 'failed') return;
          const log = await host.sh('journalctl -u osa-net -n 40 -o short-precise', { check: false });
          console.error(log.stdout);
        });

        it('takes it back, keeps the connection, and says why', async () => {
          streams = [await session(), await through()];
          host.write(document, uplink(spec));
          await takenBack(why);
          for (const stream of streams) await stream.assertAlive();
          await asBefore();
        });

        it('does so when the operator is killed between apply and confirm', async () => {
          streams = [await session(), await through()];
          host.write(document, uplink(spec));
          await onTrial();
          await host.sh('systemctl kill -s KILL osa-net');
          await takenBack(interrupted);
          for (const stream of streams) await stream.assertAlive();
          await asBefore();
        });

        it('does so when its power is cut between apply and confirm', async () => {
          streams = [await through()];
          host.write(document, uplink(spec));
          await onTrial();
          host = await host.powerCycle();
          await connect();
          await takenBack(interrupted);
          for (const stream of streams) await stream.assertAlive(60_000);
          await asBefore();
        });
      });
    }
  });
});
