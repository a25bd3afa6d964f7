import { expect } from 'chai';
import { createBus } from '../../controller/dbus/bus.ts';
import { createNetworkdClient } from '../../controller/networkd/client.ts';
import { rememberingLogger } from '../controller/dbus/private-bus.ts';
import { type Bed, startBed } from './bed.ts';
import { type Clients, failure, type Snapshot, startClients } from './clients.ts';
import { eventually } from './eventually.ts';
import { forEachRelease } from './releases.ts';

const bridge = '[NetDev]\nName=br0\nKind=bridge\n';
const network = (address: string): string =>
  `[Match]\nName=br0\n[Network]\nAddress=${address}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n`;

forEachRelease(['host', 'trixie'], (release) => {
  describe('the client of networkd', function () {
    this.timeout(60_000);
    let bed: Bed;
    let clients: Clients;

    const setUp = (networkd = true) =>
      async function (this: Mocha.Context): Promise<void> {
        bed = await startBed({ release, networkd });
        clients = await startClients(bed);
      };
    const until = (check: (snapshot: Snapshot) => void, timeoutMs = 5_000): Promise<unknown> =>
      eventually(async () => check(await clients.snapshot()), timeoutMs);
    const ifindexOf = async (name: string): Promise<number> => (await clients.links(name))[0]?.ifindex ?? 0;
    const stateOf = async (name: string): Promise<string> => {
      const ifindex = await ifindexOf(name);
      const link = (await clients.snapshot()).links.find((candidate) => candidate.ifindex === ifindex);
      return link === undefined ? 'unknown' : `${link.setup} ${link.operational}`;
    };
    /** Match rules and pending calls of everyone on the bus, but for this look itself. */
    const matchRules = async (): Promise<number> => {
      const ask =
        'org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.Debug.Stats GetAllMatchRules';
      const { stdout } = await bed.sh(`busctl --system --json=short call ${ask}`);
      const { data } = JSON.parse(stdout) as { data: [Record<string, readonly string[]>] };
      const ours = Object.values(data[0]).filter((rules) => rules.some((rule) => rule.includes('arg0=')));
      return ours.flat().filter((rule) => rule.includes('network1')).length;
    };

    afterEach(() => bed.stop());

    describe('where networkd runs', () => {
      beforeEach(setUp());

      it('knows its version and every link at once', async () => {
        const { state, message, version, run, links } = await clients.snapshot();
        expect({ state, message, version, run }).to.deep.equal({
          state: 'running',
          message: '',
          version: bed.version,
          run: 1,
        });
        expect(links).to.deep.equal([{ ifindex: 1, setup: 'unmanaged', operational: 'carrier' }]);
        expect(clients.networkdEvents).to.deep.equal(['all']);
      });

      it('follows links as they come, change and go, without asking', async () => {
        await bed.sh('ip link add br7 type bridge; ip link add v1 type veth peer name v2');
        await eventually(async () => expect(await stateOf('v2')).to.equal('unmanaged off'));
        await bed.sh('ip link set v1 master br7 up; ip link set v2 up');
        await eventually(async () => expect(await stateOf('v1')).to.equal('unmanaged enslaved'));
        const ifindex = await ifindexOf('v1');
        expect(clients.networkdEvents).to.include(ifindex);
        await bed.sh('ip link delete v1');
        await until(({ links }) => expect(links).to.have.length(2));
        expect(clients.networkdEvents.filter((event) => event === 'all')).to.have.length(1);
      });

      it('reloads, reconfigures, and names the file that is applied', async () => {
        bed.write('/etc/systemd/network/05-br0.netdev', bridge);
        bed.write('/etc/systemd/network/05-br0.network', network('10.9.0.1'));
        await clients.call('networkd', 'reload');
        await eventually(async () => expect(await stateOf('br0')).to.match(/^configured /));
        const ifindex = await ifindexOf('br0');
        expect(await clients.call('networkd', 'networkFile', ifindex)).to.match(/\/05-br0\.network$/);
        expect(await clients.call('networkd', 'networkFile', 1)).to.equal(undefined);
        await bed.sh('ip address flush dev br0');
        await clients.call('networkd', 'reconfigureLink', ifindex);
        await eventually(async () => {
          expect((await clients.links('br0'))[0]?.addresses).to.deep.equal([
            { cidr: '10.9.0.1/24', scope: 'global' },
          ]);
        });
      });

      it('reloads many times at once, one after another', async () => {
        await bed.sh('for i in $(seq 50); do ip link add br$i type bridge; done');
        const reloads = Array.from({ length: 10 }, () => clients.call('networkd', 'reload'));
        const outside = bed.sh('for i in $(seq 10); do networkctl reload || true; done');
        await Promise.all([...reloads, outside]);
        await until(({ links }) => expect(links).to.have.length(51));
      });

      it('says what it cannot reconfigure', async () => {
        expect(await failure(clients.call('networkd', 'reconfigureLink', 99))).to.match(
          /^cannot reconfigure link 99: cannot call ReconfigureLink/,
        );
      });

      it('refreshes what is known at no cost, and leaves out what is gone', async () => {
        await clients.call('networkd', 'refresh');
        await clients.call('networkd', 'refresh', [1, 4711]);
        expect((await clients.snapshot()).links.map(({ ifindex }) => ifindex)).to.deep.equal([1]);
      });

      it('survives the death of networkd, and reads everything anew', async () => {
        await bed.sh('ip link add br7 type bridge');
        await bed.networkd.kill9();
        await until(({ state, message, links }) => {
          expect({ state, message, links }).to.deep.equal({
            ...{ state: 'unavailable', message: 'systemd-networkd is not running', links: [] },
          });
        });
        expect(await failure(clients.call('networkd', 'reload'))).to.match(
          /^cannot reload systemd-networkd: /,
        );
        expect(bed.networkd.pid()).to.equal(undefined);
        await bed.networkd.start();
        await until(({ state, version, run, links }) => {
          expect({ state, version, run }).to.deep.equal({ state: 'running', version: bed.version, run: 2 });
          expect(links).to.have.length(2);
        });
        const all = clients.networkdEvents.filter((event) => event === 'all');
        expect(all, 'that it is there is told before all of it is read').to.have.length.of.at.least(4);
        await clients.call('networkd', 'reload');
      });

      it('survives the death of the bus, which networkd does not', async () => {
        await bed.bus.kill9();
        await until(({ message }) => expect(message).to.match(/^the system bus is gone: /));
        expect(await failure(clients.call('networkd', 'reload'))).to.match(/the system bus is gone/);
        await bed.bus.start();
        await until(
          ({ message }) => expect(message).to.match(/has to be restarted because the system bus was$/),
          10_000,
        );
        await bed.networkd.restart();
        await until(({ state }) => expect(state).to.equal('running'));
        expect(clients.log).to.deep.include('info the system bus is back');
      });

      it('keeps its two match rules through all of this', async () => {
        expect(await matchRules()).to.equal(2);
        for (let i = 0; i < 5; i++) {
          await bed.networkd.restart();
          await bed.sh('for i in $(seq 20); do ip link add br$i type bridge; done');
          await clients.call('networkd', 'reload');
          await clients.call(
            'kernel',
            'deleteLinks',
            Array.from({ length: 20 }, (_, n) => `br${n + 1}`),
          );
          await until(({ links }) => expect(links).to.have.length(1));
        }
        expect(await matchRules()).to.equal(2);
      });

      it('says that there is no systemd to ask', async () => {
        expect(await clients.call('systemd', 'available')).to.equal(false);
        expect(await failure(clients.call('systemd', 'startUnit', 'x.service'))).to.equal(
          'cannot start x.service: systemd is not on the system bus (it is not PID 1 here)',
        );
      });
    });

    describe('where networkd manages another network namespace than ours', () => {
      beforeEach(setUp());

      it('says so, and knows of no links', async () => {
        const { log } = rememberingLogger();
        const bus = createBus({ log, address: `unix:path=${bed.root}/run/dbus/system_bus_socket` });
        const outside = createNetworkdClient({ bus, log });
        try {
          await outside.start();
          const { state, message, links } = outside.snapshot();
          expect({ state, message, links: [...links] }).to.deep.equal({
            ...{ state: 'unavailable', links: [] },
            message: 'networkd on this bus manages another network namespace',
          });
        } finally {
          await outside.stop();
          await bus.stop();
        }
      });
    });

    describe('where networkd does not run yet', () => {
      beforeEach(setUp(false));

      it('starts, says so, and does not start it', async () => {
        const { state, message } = await clients.snapshot();
        expect({ state, message }).to.deep.equal({
          state: 'unavailable',
          message: 'systemd-networkd is not running',
        });
        await bed.networkd.start();
        await until(({ state: later }) => expect(later).to.equal('running'));
      });
    });
  });
});
