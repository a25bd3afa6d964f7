import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { type Clients, failure, startClients } from './clients.ts';
import { eventually } from './eventually.ts';
import { childrenOf } from './process.ts';
import { forEachRelease } from './releases.ts';

forEachRelease(['host', 'trixie'], (release) => {
  describe('the client of the kernel', function () {
    this.timeout(60_000);
    let bed: Bed;
    let clients: Clients;
    const one = async (name: string) => (await clients.links(name))[0];

    beforeEach(async () => {
      bed = await startBed({ release, networkd: false });
      clients = await startClients(bed);
      await bed.sh('ip link add br0 type bridge; ip link add v1 type veth peer name v2');
      await bed.sh('ip link set br0 up; ip link set v1 up; ip link set v2 up');
      await bed.sh('ip link add mv0 link v2 type macvlan mode bridge; ip link set mv0 up');
    });

    afterEach(() => bed.stop());

    it('sees kinds, parents, masters, modes and addresses', async () => {
      await bed.sh('ip link set v1 master br0; ip address add 10.0.3.1/24 dev br0');
      expect(await one('mv0')).to.include({ kind: 'macvlan', parent: 'v2', mode: 'bridge', up: true });
      expect(await one('v1')).to.include({ kind: 'veth', parent: 'v2', master: 'br0' });
      expect((await one('br0'))?.addresses).to.deep.include({ cidr: '10.0.3.1/24', scope: 'global' });
      expect((await clients.links()).map(({ name }) => name)).to.include.members([
        'lo',
        'br0',
        'v1',
        'v2',
        'mv0',
      ]);
      expect(await clients.links('nope', 'br0')).to.have.length(1);
    });

    it('sees default routes', async () => {
      await bed.sh('ip address add 10.0.3.1/24 dev br0; ip route add default via 10.0.3.2 dev br0');
      expect(await clients.call('kernel', 'defaultRoutes')).to.deep.equal([
        { link: 'br0', gateway: '10.0.3.2' },
      ]);
    });

    it('sets master, mode, MTU and MAC in place', async () => {
      const before = await one('mv0');
      await clients.call('kernel', 'setProperty', 'v1', 'master', 'br0');
      await clients.call('kernel', 'setProperty', 'v1', 'mtu', '1400');
      await clients.call('kernel', 'setProperty', 'mv0', 'mode', 'private');
      await clients.call('kernel', 'setProperty', 'mv0', 'mac', '02:00:00:00:00:09');
      expect(await one('v1')).to.include({ master: 'br0', mtu: 1400 });
      expect(await one('mv0')).to.include({
        ifindex: before?.ifindex,
        mode: 'private',
        mac: '02:00:00:00:00:09',
      });
      await clients.call('kernel', 'setProperty', 'v1', 'master', '');
      expect(await one('v1')).to.not.have.property('master');
      expect(await failure(clients.call('kernel', 'setProperty', 'mv0', 'mode', 'passthru'))).to.equal(
        'cannot run ip link set dev mv0 type macvlan mode passthru: RTNETLINK answers: Invalid argument',
      );
    });

    it('puts addresses and routes back as they were, and nobody else loses any', async () => {
      await bed.sh(`
        ip address add 10.0.0.5/32 dev v1; ip address add 10.9.0.1 peer 10.9.0.2/32 dev v1
        ip route add 172.31.1.1 dev v1 scope link; ip route add default via 172.31.1.1 dev v1
        ip route add 198.51.100.0/24 via 172.31.2.1 dev v1 onlink
        ip -6 address add fd00::2/64 dev v1; ip -6 route add default dev v1 metric 1024
        ip address add 192.168.7.2/24 dev v2; ip route add default via 192.168.7.1 dev v2 metric 1024`);
      const state = async () =>
        (await bed.sh('ip -brief address show dev v1; ip -4 route; ip -6 route show dev v1')).stdout;
      const before = await eventually(async () => (await state()).includes('fe80::') && state());
      const [scene] = await clients.call<object[]>('kernel', 'scene', ['v1']);
      await bed.sh(
        'ip address flush dev v1 scope global; ip route flush dev v1; ip -6 route del default dev v1',
      );
      const former = { identity: '', mtu: 1500, ...scene };
      await clients.call('kernel', 'restoreLink', 'v1', former);
      expect(await state()).to.equal(before);
      const gone = clients.call('kernel', 'restoreLink', 'v1', { ...former, master: 'br-gone' });
      expect(await failure(gone)).to.include('br-gone');
    });

    it('gives back a link-local address without a flap, and none where there is to be none', async () => {
      const linkLocal = async () => (await bed.sh('ip -6 -brief address show dev v1 scope link')).stdout;
      const before = await eventually(async () => (await linkLocal()).includes('fe80::') && linkLocal());
      await bed.sh('ip -6 address flush dev v1 scope link');
      const changes = (await bed.sh('cat /sys/class/net/v1/carrier_changes')).stdout;
      expect(await clients.call('kernel', 'renewLinkLocal', 'v1')).to.equal(true);
      expect(await linkLocal()).to.equal(before);
      expect((await bed.sh('cat /sys/class/net/v1/carrier_changes')).stdout).to.equal(changes);
      await bed.sh('ip link set v1 addrgenmode none');
      expect(await clients.call('kernel', 'renewLinkLocal', 'v1')).to.equal(false);
    });

    it('deletes many links at once, odd names and missing ones too, and names what remains', async () => {
      await bed.sh(`ip link add "a@b#'" type bridge`);
      await clients.call('kernel', 'deleteLinks', ['br0', 'nope', 'v1', "a@b#'"]);
      expect((await clients.links()).map(({ kind }) => kind)).to.not.include.members(['bridge', 'veth']);
      expect(await failure(clients.call('kernel', 'deleteLinks', ['nope', 'lo']))).to.equal(
        'cannot delete lo: RTNETLINK answers: Operation not supported',
      );
    });

    const changes: readonly [string, string, string][] = [
      ['a new link', 'ip link add br8 type bridge', 'br8'],
      ['a deleted link', 'ip link delete mv0', 'mv0'],
      ['a link that leaves its bridge', 'ip link set v1 master br0; ip link set v1 nomaster', 'v1'],
      ['a new address', 'ip address add 10.0.3.1/24 dev br0', 'br0'],
      ['another macvlan mode', 'ip link set mv0 type macvlan mode private', 'mv0'],
    ];
    for (const [what, command, name] of changes) {
      it(`tells of ${what}`, async () => {
        await sleep(100);
        clients.kernelEvents.length = 0;
        await bed.sh(command);
        await eventually(() => expect(clients.kernelEvents).to.include(name), 1_000);
      });
    }

    it('starts its monitor again when it dies, and says that anything may have changed', async () => {
      const before = monitorOf(clients.process.pid());
      clients.kernelEvents.length = 0;
      process.kill(before, 'SIGKILL');
      await eventually(() => expect(clients.kernelEvents).to.include('all'), 3_000);
      clients.kernelEvents.length = 0;
      await bed.sh('ip link add br8 type bridge');
      await eventually(() => expect(clients.kernelEvents).to.include('br8'));
    });

    it('leaves no monitor behind when it is killed', async () => {
      const monitor = monitorOf(clients.process.pid());
      clients.process.kill('SIGKILL');
      await eventually(() =>
        expect(() => readFileSync(`/proc/${monitor}/cmdline`, 'utf8')).to.throw(/ENOENT|ESRCH/),
      );
    });
  });
});

/** The id of the `ip monitor` that a process runs. */
function monitorOf(pid: number | undefined): number {
  const monitor = childrenOf(pid).find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('monitor'),
  );
  if (monitor === undefined) throw new Error('there is no ip monitor');
  return monitor;
}
