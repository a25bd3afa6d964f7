import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { holdNamespaces, machineState } from './machine.ts';
import { forEachRelease } from './releases.ts';

/** A bridge with its DHCP server, and a macvlan plugged into it through a veth pair. */
const units: Readonly<Record<string, string>> = {
  'br0.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
  'br0.network':
    '[Match]\nName=br0\n[Network]\nAddress=10.9.0.1/24\nIPMasquerade=IPV4\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\nDHCPServer=yes\n' +
    '[DHCPServer]\nPoolOffset=25\nPoolSize=50\nDefaultLeaseTimeSec=3h\nEmitDNS=yes\nDNS=10.9.0.9\n',
  'v.netdev': '[NetDev]\nName=v1\nKind=veth\n[Peer]\nName=v2\n',
  'v1.network': '[Match]\nName=v1\n[Network]\nBridge=br0\n',
  'v2.network': '[Match]\nName=v2\n[Network]\nMACVLAN=mv0\nIPv6AcceptRA=no\n',
  'mv0.netdev': '[NetDev]\nName=mv0\nKind=macvlan\n[MACVLAN]\nMode=bridge\n',
  'mv0.network': '[Match]\nName=mv0\n[Network]\nDHCP=no\nIPv6AcceptRA=no\n',
};

const versions = { bullseye: 247, trixie: 257, sid: 262 } as const;

async function loadUnits(bed: Bed): Promise<void> {
  const ipv4 = bed.version < 248 ? 'yes' : 'ipv4';
  for (const [name, text] of Object.entries(units)) {
    bed.write(`/etc/systemd/network/${name}`, text.replace('IPV4', ipv4));
  }
  await bed.sh('networkctl reload');
}

/** How often a bed and node are started in turn, on a machine that others use as well. */
const pairs = 3;

async function millisecondsOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

async function setupOf(bed: Bed, link: string): Promise<string> {
  const { stdout } = await bed.sh('networkctl list --no-legend --no-pager');
  return (
    stdout
      .split('\n')
      .find((line) => line.includes(` ${link} `))
      ?.trim()
      .split(/\s+/)
      .at(-1) ?? ''
  );
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('a bed', function () {
    this.timeout(30_000);
    let bed: Bed;
    const started: Bed[] = [];

    beforeEach(async () => {
      bed = await startBed({ release });
    });

    afterEach(async () => {
      for (const one of started.splice(0)) await one.stop();
      await bed.stop();
    });

    it('is usable in the time of 75 starts of node, 3 s on a machine of its own', async () => {
      let beds = 0;
      let nodes = 0;
      for (let i = 0; i < pairs; i++) {
        nodes += await millisecondsOf(() => promisify(execFile)(process.execPath, ['--eval', '0']));
        beds += await millisecondsOf(async () => started.push(await startBed({ release })));
      }
      expect(beds / nodes).to.be.below(75);
    });

    it('runs the systemd of its release', async () => {
      const other = await startBed({ release });
      try {
        expect((await other.ip('link')).map(({ ifname }) => ifname))
          .to.include('lo')
          .and.not.include('eth0');
        const { stdout } = await other.sh('networkctl --version');
        expect(stdout).to.match(new RegExp(`^systemd ${other.version} `));
        if (release !== 'host') expect(other.version).to.equal(versions[release]);
      } finally {
        await other.stop();
      }
    });

    it('makes a bridge, a veth pair and a macvlan from units', async () => {
      await loadUnits(bed);
      const links = await eventually(async () => {
        const all = new Map((await bed.ip('addr')).map((link) => [link.ifname, link]));
        expect([...all.keys()]).to.include.members(['br0', 'v1', 'v2', 'mv0']);
        expect(all.get('v1')?.master).to.equal('br0');
        expect(all.get('br0')?.addr_info?.map(({ local }) => local)).to.include('10.9.0.1');
        expect(await setupOf(bed, 'mv0')).to.equal('configured');
        return all;
      }, 10_000);
      expect(links.get('br0')?.linkinfo?.info_kind).to.equal('bridge');
      expect(links.get('mv0')?.linkinfo?.info_data).to.include({ mode: 'bridge' });
      expect(links.get('mv0')?.link).to.equal('v2');
    });

    it('gives a workload a lease through the macvlan, and a way out through masquerade', async () => {
      await loadUnits(bed);
      await eventually(async () => expect(await setupOf(bed, 'mv0')).to.equal('configured'), 10_000);
      const container = await bed.namespace('container');
      await container.macvlan('mv0');
      const lease = await container.lease('mv0', { ask: ['tzdbstr'] });
      expect(lease).to.include({ lease: '10800', mask: '24', serverid: '10.9.0.1', dns: '10.9.0.9' });
      expect(Number(lease['ip']?.split('.')[3])).to.be.within(25, 74);
      expect(await container.ping('10.9.0.1')).to.equal(true);

      const outside = await bed.namespace('outside');
      await outside.veth('out0', 'out1');
      await bed.sh('ip addr add 192.0.2.1/24 dev out0');
      await outside.sh('ip addr add 192.0.2.2/24 dev out1');
      expect(await container.ping('192.0.2.2')).to.equal(true); // no route back but through masquerade
      expect(await outside.ping('10.9.0.1')).to.equal(false);
    });

    it('can lose networkd and the bus and get them back', async () => {
      const before = bed.networkd.pid();
      await bed.networkd.kill9();
      expect(bed.networkd.pid()).to.equal(undefined);
      await bed.networkd.start();
      expect(bed.networkd.pid()).to.be.a('number').and.not.equal(before);
      expect(bed.networkd.cpuSeconds()).to.be.within(0, 5);
      await bed.networkd.restart();

      await bed.bus.kill9();
      expect((await bed.sh('busctl --system list', { check: false })).code).to.not.equal(0);
      await bed.bus.start();
      await bed.networkd.restart();
      await bed.sh('networkctl reload');
      expect(bed.networkd.log()).to.match(/lo: Link UP/);
    });

    it('runs the checkout read-only, and keeps what is written to itself', async () => {
      const before = machineState();
      bed.write('/etc/systemd/network/x.network', '[Match]\nName=x\n');
      bed.write('/etc/osa-net.d/x.yaml', 'a: 1\n');
      await bed.sh(
        'ln -sfn /run/nowhere /etc/resolv.conf; echo x >/var/lib/osa-net/x; ip link add br9 type bridge',
      );
      expect((await bed.sh('node -p 6*7')).stdout).to.equal('42\n');
      const { code, stderr } = await bed.sh(`touch ${process.cwd()}/package.json`, { check: false });
      expect(code, stderr).to.equal(1);
      expect(machineState()).to.deep.equal(before);
    });

    it('follows absolute symlinks inside, not out into the machine', () => {
      bed.write('/run/real', 'inside');
      bed.write('/run/bed/folder/file', '');
      bed.remove('/run/bed/folder');
      expect(bed.exists('/run/bed/folder')).to.equal(false);
      bed.remove('/etc/resolv.conf');
      return bed.sh('ln -s /run/real /etc/resolv.conf').then(() => {
        expect(bed.read('/etc/resolv.conf')).to.equal('inside');
        bed.write('/etc/resolv.conf', 'again');
        expect(bed.read('/run/real')).to.equal('again');
      });
    });

    it('shares nothing with another bed', async () => {
      const other = await startBed({ release });
      try {
        await bed.sh('ip link add br-one type bridge; touch /etc/systemd/network/one');
        await other.networkd.kill9();
        expect(other.exists('/etc/systemd/network/one')).to.equal(false);
        expect((await other.ip('link')).map(({ ifname }) => ifname)).to.not.include('br-one');
        await bed.sh('networkctl list');
      } finally {
        await other.stop();
      }
    });

    it('leaves no process and no mount when it stops', async () => {
      const before = machineState();
      const other = await startBed({ release });
      const namespaces = holdNamespaces(other.pid);
      try {
        const program = other.spawn(['sleep', '600']);
        await other.namespace('container');
        await eventually(() => expect(program.pid()).to.be.a('number'));
        expect(namespaces.processes().length).to.be.at.least(4); // init, bus, networkd, sleep
        await other.stop();
        expect(await program.ended).to.equal(null);
        await eventually(() => expect(namespaces.processes()).to.deep.equal([]));
      } finally {
        namespaces.release();
      }
      expect(machineState()).to.deep.equal(before);
    });
  });
});
