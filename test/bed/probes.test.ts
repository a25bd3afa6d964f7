import { once } from 'node:events';
import { expect } from 'chai';
import { type Probe, type ProbeTarget, sessionEnded } from '../../state/probe.ts';
import { type Bed, startBed } from './bed.ts';
import { type Clients, startClients } from './clients.ts';
import { eventually } from './eventually.ts';
import { checkout } from './places.ts';
import type { InsideProcess } from './process.ts';
import { forEachRelease } from './releases.ts';
import type { Workload } from './workload.ts';

const script = `${checkout}/build/test/bed/answering-inside.js`;

forEachRelease(['host', 'bullseye', 'trixie'], (release) => {
  describe('a prober', function () {
    this.timeout(60_000);
    let bed: Bed;
    let router: Workload;
    let clients: Clients;

    const automatic = () => clients.call<readonly Probe[]>('probes', 'automatic');
    const check = (...asked: [probe: Probe, hurry?: number]) =>
      clients.call<string>('probes', 'check', ...asked);
    const ask = (target: ProbeTarget) => check({ id: 'ConnectivityProbe/x', target, timeoutMs: 1_000 });
    const gateway = (family: 4 | 6) => ask({ type: 'gateway', family });

    /** Starts our program in a namespace, which ends with the bed, and waits until it is ready. */
    async function answering(where: 'bed' | 'router', ...words: string[]): Promise<InsideProcess> {
      const enter = where === 'bed' ? [] : ['nsenter', '--net=/run/netns/router'];
      const inside = bed.spawn([...enter, process.execPath, script, ...words]);
      if (inside.child.stdout) await once(inside.child.stdout, 'data');
      return inside;
    }

    /** A router that is the default gateway of the bed, in both families. */
    beforeEach(async () => {
      bed = await startBed({ release, networkd: false });
      router = await bed.namespace('router');
      clients = await startClients(bed);
    });

    afterEach(() => bed.stop());

    async function plugIn(): Promise<void> {
      await router.veth('up0', 'down0');
      await bed.sh('ip address add 10.9.0.2/24 dev up0; ip address add fd09::2/64 dev up0 nodad');
      await router.sh('ip address add 10.9.0.1/24 dev down0; ip address add fd09::1/64 dev down0 nodad');
      await bed.sh('ip route add default via 10.9.0.1; ip route add default via fd09::1');
    }

    /** Entries as they stand after a while without traffic. */
    async function rest(): Promise<void> {
      const [link] = await router.ip('link', 'show', 'dev', 'down0');
      const entry = `dev up0 lladdr ${link?.address} nud stale`;
      await bed.sh(`ip neigh replace 10.9.0.1 ${entry}; ip neigh replace fd09::1 router ${entry}`);
    }

    /** The kernel has checked that nobody else has its link-local address. */
    async function linkLocal(): Promise<void> {
      const own = ['-6', 'address', 'show', 'dev', 'up0', 'scope', 'link', '-tentative'];
      await eventually(async () =>
        expect(
          (await bed.ip(...own)).flatMap(({ addr_info }) => addr_info ?? []).filter(({ local }) => local),
        ).to.have.length(1),
      );
    }

    it('has nothing to ask where there is no way out', async () => {
      expect(await automatic()).to.deep.equal([]);
      await bed.sh('ip link add br0 up type bridge; ip address add 10.9.0.2/24 dev br0');
      expect(await automatic()).to.deep.equal([]);
      expect(await gateway(4)).to.equal('there is no default route any more');
      expect(await gateway(6)).to.equal('there is no default route any more');
    });

    describe('asks the default gateway', () => {
      beforeEach(plugIn);

      it('by itself, in each family that has one', async () => {
        const probes = await automatic();
        expect(probes.map(({ id }) => id)).to.deep.equal([
          'default gateway (IPv4)',
          'default gateway (IPv6)',
        ]);
        expect(await Promise.all(probes.map((probe) => check(probe)))).to.deep.equal(['', '']);
        await bed.sh('ip -6 route del default');
        expect((await automatic()).map(({ id }) => id)).to.deep.equal(['default gateway (IPv4)']);
      });

      it('again, even if it was known, and leaves its entry a router', async () => {
        await router.sh('sysctl -qw net.ipv6.conf.all.forwarding=1');
        await linkLocal();
        await rest();
        expect([await gateway(4), await gateway(6)]).to.deep.equal(['', '']);
        const { stdout } = await bed.sh('ip neigh show dev up0');
        expect(stdout)
          .to.match(/^10\.9\.0\.1 .*REACHABLE/m)
          .and.match(/^fd09::1 .*router REACHABLE/m);
      });

      it('of IPv6 on a link without a link-local address', async () => {
        await bed.sh('ip link set up0 addrgenmode none; ip address flush dev up0 scope link');
        await rest();
        expect(await gateway(6)).to.equal('');
        await rest();
        await router.sh('ip address flush dev down0');
        expect(await gateway(6)).to.equal('fd09::1 (up0) does not answer');
      });

      const cuts: readonly (readonly [how: string, router: string, bed: string, v4: RegExp, v6: RegExp])[] = [
        ['whose link is down', 'ip link set down0 down', '', /10\.9\.0\.1 \(up0\)/, /fd09::1 \(up0\)/],
        [
          'that has lost its addresses',
          'ip address flush dev down0',
          '',
          /10\.9\.0\.1 \(up0\)/,
          /fd09::1 \(up0\)/,
        ],
        [
          'of a wrong address',
          '',
          'ip route replace default via 10.9.0.9; ip -6 route replace default via fd09::9',
          /10\.9\.0\.9 \(up0\) does not answer/,
          /fd09::9 \(up0\) does not answer/,
        ],
        [
          'from an address that is gone',
          '',
          'ip address flush dev up0',
          /^there is no default route any more$/,
          /./,
        ],
      ];
      for (const [how, onRouter, onBed, v4, v6] of cuts) {
        it(`${how}, in vain`, async () => {
          await rest();
          expect([await gateway(4), await gateway(6)]).to.deep.equal(['', '']);
          if (onRouter !== '') await router.sh(onRouter);
          if (onBed !== '') await bed.sh(onBed);
          const [four, six] = await Promise.all([gateway(4), gateway(6)]);
          expect(four).to.match(v4);
          expect(six).to.match(v6);
        });
      }

      it('with a better route, and not that of a VRF', async () => {
        await bed.sh('ip route add default via 10.9.0.9 metric 7');
        expect(await gateway(4)).to.equal('');
        await bed.sh('ip route change default via 10.9.0.9; ip route add default via 10.9.0.1 metric 9');
        expect(await gateway(4)).to.match(/10\.9\.0\.9/);
        await bed.sh('ip -6 route del default; ip -6 route add default via fd09::1 table 7');
        expect(await gateway(6)).to.equal('there is no default route any more');
      });

      it('not where no neighbour is ever asked', async () => {
        await bed.sh('ip link set up0 arp off');
        await router.sh('ip link set down0 down');
        expect(await gateway(4)).to.equal('');
        await bed.sh('ip link set up0 arp on; ip route replace default via 10.9.0.1');
        await bed.sh('ip neigh replace 10.9.0.1 dev up0 lladdr 02:00:00:00:00:01 nud permanent');
        expect(await gateway(4)).to.equal('');
        expect((await bed.sh('ip neigh show to 10.9.0.1')).stdout).to.include('PERMANENT');
      });
    });

    describe('watches an ssh connection', () => {
      beforeEach(async () => {
        await plugIn();
        await router.sh('ip address add 10.8.0.1/32 dev lo; sysctl -qw net.ipv4.ip_forward=1');
        await answering('bed');
      });

      const peers: readonly (readonly [what: string, host: string, from: string, local: string])[] = [
        ['from the same network', '10.9.0.2', '10.9.0.1', 'ip address del 10.9.0.2/24 dev up0'],
        ['from behind the router', '10.9.0.2', '10.8.0.1', 'ip address del 10.9.0.2/24 dev up0'],
        ['of IPv6', 'fd09::2', 'fd09::1', 'ip address del fd09::2/64 dev up0'],
      ];
      for (const [what, host, from, forget] of peers) {
        it(`${what}, until it is cut`, async () => {
          await answering('router', 'connect', host, from);
          await answering('router', 'connect', host, from);
          const sessions = (await automatic()).filter(({ target }) => target.type === 'session');
          expect(sessions).to.have.length(1);
          const [probe] = sessions;
          if (!probe) return;
          expect(probe.target).to.deep.include({ local: { address: host, port: 22 } });
          expect(probe.id)
            .to.match(/^ssh from \S+:\d+$/)
            .and.to.include(from);
          expect(await check(probe)).to.equal('');

          await router.sh('ip link set down0 down');
          expect(await check(probe)).to.match(/does not answer \(up0\)$/);
          await router.sh('ip link set down0 up; ip address replace fd09::1/64 dev down0 nodad');
          await eventually(async () => expect(await check(probe)).to.equal(''));
          await bed.sh(forget);
          expect(await check(probe)).to.equal(`${host} is no longer an address of this host`);
        });
      }

      it('whose route is lost, or whose peer is here now', async () => {
        await answering('router', 'connect', '10.9.0.2', '10.8.0.1');
        const probe = (await automatic()).find(({ target }) => target.type === 'session');
        if (!probe) throw new Error('there is no probe');
        await bed.sh('ip address add 10.8.0.1/32 dev lo');
        expect(await check(probe)).to.equal('10.8.0.1 is an address of this host now');
        await bed.sh('ip address del 10.8.0.1/32 dev lo; ip route del default');
        expect(await check(probe)).to.equal('there is no route from 10.9.0.2 to 10.8.0.1 any more');
      });

      it('only as long as somebody sits at it', async () => {
        const user = await answering('router', 'connect', '10.9.0.2');
        const probe = (await automatic()).find(({ target }) => target.type === 'session');
        if (!probe) throw new Error('there is no probe');
        user.kill('SIGKILL');
        await user.ended;
        expect(await check(probe)).to.equal('');
        await router.sh('ip link set down0 down');
        expect(await check(probe), 'neither a pass nor a failure').to.equal(sessionEnded);
        expect((await automatic()).map(({ target }) => target.type)).to.not.include('session');
      });

      it('and none of this host with itself', async () => {
        await answering('bed', 'connect', '127.0.0.1');
        await answering('bed', 'connect', '10.9.0.2');
        await answering('bed', 'connect', '::1');
        expect((await automatic()).map(({ target }) => target.type)).to.deep.equal(['gateway', 'gateway']);
      });
    });

    it('hurries only with what did not pass when it was last asked', async () => {
      await plugIn();
      const target = { type: 'ping', host: '10.9.0.1' } as const;
      const hurried = () => check({ id: 'ConnectivityProbe/x', target, timeoutMs: 1_000 }, 300);
      expect(await hurried()).to.equal('');
      await router.sh('ip link set down0 down');
      expect(await hurried()).to.match(/^10\.9\.0\.1 does not answer to .* within 1 s/);
      expect(await hurried()).to.match(/^10\.9\.0\.1 does not answer to .* within 0\.3 s/);
      await router.sh('ip link set down0 up');
      await eventually(async () => expect(await hurried()).to.equal(''));
    });

    describe('asks what documents ask', () => {
      beforeEach(async () => {
        await plugIn();
        await bed.sh(
          'echo nameserver 10.9.0.1 >/run/bed/resolv; mount --bind /run/bed/resolv /etc/resolv.conf',
        );
      });

      const answered = async (target: ProbeTarget) => expect(await ask(target)).to.equal('');
      const unanswered = async (target: ProbeTarget, why: RegExp) => expect(await ask(target)).to.match(why);

      it('of ports', async () => {
        await answering('router');
        await answered({ type: 'tcp', host: '10.9.0.1', port: 80 });
        await answered({ type: 'tcp', host: 'fd09::1', port: 80 });
        await answered({ type: 'tcp', host: 'known.example', port: 80 });
        await unanswered(
          { type: 'tcp', host: 'fd09::1', port: 81 },
          /^cannot connect to \[fd09::1\]:81: connection refused$/,
        );
        await unanswered(
          { type: 'tcp', host: '10.9.0.9', port: 80 },
          /^10\.9\.0\.9:80 does not answer within 1 s$/,
        );
        await unanswered(
          { type: 'tcp', host: 'other.example', port: 80 },
          /^cannot resolve other\.example by 10\.9\.0\.1: it has no address$/,
        );
      });

      it('of URLs', async () => {
        const secure = (await bed.sh('command -v openssl', { check: false })).code === 0;
        const certificate = ['/run/bed/key', '/run/bed/certificate'];
        if (secure) {
          const made = '-x509 -newkey rsa:2048 -nodes -subj /CN=nobody.example -days 2';
          await bed.sh(`openssl req ${made} -keyout /run/bed/key -out /run/bed/certificate`);
        }
        await answering('router', ...(secure ? certificate : []));
        await answered({ type: 'http', url: 'http://known.example/' });
        await answered({ type: 'http', url: 'http://[fd09::1]/304' });
        await answered({ type: 'http', url: 'http://10.9.0.1/503', status: 503 });
        if (secure) await answered({ type: 'http', url: 'https://known.example/' });
        await unanswered(
          { type: 'http', url: 'http://10.9.0.1/503' },
          /^http:\/\/10\.9\.0\.1\/503 answers 503 instead of 200 to 399$/,
        );
        await unanswered(
          { type: 'http', url: 'http://10.9.0.1/', status: 204 },
          /answers 200 instead of 204$/,
        );
        await unanswered({ type: 'http', url: 'http://10.9.0.1:81/' }, /connection refused$/);
        await unanswered({ type: 'http', url: 'http://10.9.0.9/' }, /does not answer within 1 s$/);
      });

      it('of names, by the servers of the day', async () => {
        await answering('router');
        await answered({ type: 'dns', name: 'known.example' });
        await answered({ type: 'dns', name: 'known.example', server: '10.9.0.1' });
        await unanswered({ type: 'dns', name: 'other.example' }, /by 10\.9\.0\.1: it has no address$/);
        await unanswered(
          { type: 'dns', name: 'known.example', server: '10.9.0.9' },
          /by 10\.9\.0\.9: no answer/,
        );
        await bed.sh('echo nameserver 10.9.0.9 >/run/bed/resolv');
        await unanswered({ type: 'dns', name: 'known.example' }, /by 10\.9\.0\.9: no answer/);
      });

      it('of hosts, by the program ping', async () => {
        // busybox's has no -n
        bed.write('/run/bed/bin/ping', '#!/bin/sh\nshift\nexec busybox ping "$@"\n');
        await bed.sh('chmod +x /run/bed/bin/ping');
        await answered({ type: 'ping', host: '10.9.0.1' });
        await answered({ type: 'ping', host: 'fd09::1' });
        await unanswered(
          { type: 'ping', host: '10.9.0.9' },
          /^10\.9\.0\.9 does not answer to a ping within 1 s$/,
        );
      });

      it('of hosts, without it', async () => {
        await answered({ type: 'ping', host: '10.9.0.1' });
        await answered({ type: 'ping', host: 'fd09::1' });
        const why =
          /10\.9\.0\.9 does not answer to a datagram or connection .* \(the program ping is not installed\)$/;
        await unanswered({ type: 'ping', host: '10.9.0.9' }, why);
      });
    });
  });
});
