import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { eventually } from '../bed/eventually.ts';
import { holdNamespaces, machineState } from '../bed/machine.ts';
import { type Host, hostNames, startHost } from './host.ts';
import { forEachHost } from './releases.ts';

function cgroupsNamed(name: string): string {
  return execFileSync('find', ['/sys/fs/cgroup', '-name', `${name}*`], { encoding: 'utf8' });
}

const versions = { bookworm: 252, trixie: 257 } as const;

forEachHost(['bookworm', 'trixie'], (release) => {
  describe('a whole host', function () {
    this.timeout(90_000);
    let host: Host;

    before(async () => {
      host = await startHost({ release });
    });

    after(() => host.stop());

    it('boots its own PID 1, of its release', async () => {
      expect(host.version).to.equal(versions[release]);
      expect((await host.sh('cat /proc/1/comm')).stdout).to.equal('systemd\n');
      expect((await host.sh('node -p 6*7')).stdout).to.equal('42\n');
    });

    it('has a network of its own', async () => {
      expect((await host.ip('link')).map(({ ifname }) => ifname)).to.not.include('eth0');
    });

    it('starts networkd and resolved when systemd1 is asked to', async () => {
      const manager = 'org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager';
      for (const unit of ['systemd-networkd.service', 'systemd-resolved.service']) {
        await host.sh(`busctl call ${manager} StartUnit ss ${unit} replace`);
        await eventually(
          async () => (await host.sh(`systemctl is-active ${unit}`)).stdout === 'active\n',
          15_000,
        );
      }
      const network = 'org.freedesktop.network1 /org/freedesktop/network1 org.freedesktop.network1.Manager';
      expect((await host.sh(`busctl call ${network} ListLinks`)).stdout).to.include('"lo"');
    });

    it('makes a link from a unit', async () => {
      host.write('/etc/systemd/network/br0.netdev', '[NetDev]\nName=br0\nKind=bridge\n');
      await host.sh('systemctl start systemd-networkd; networkctl reload');
      await eventually(async () =>
        expect((await host.ip('link')).map(({ ifname }) => ifname)).to.include('br0'),
      );
    });
  });

  it('leaves no process, no mount and no file on the machine when it is off', async function () {
    this.timeout(90_000);
    const before = machineState();
    const host = await startHost({ release });
    const namespaces = holdNamespaces(host.pid);
    try {
      host.write('/etc/osa-net.d/x.yaml', '');
      expect(namespaces.processes().length).to.be.at.least(3);
      expect(cgroupsNamed(hostNames)).to.not.equal('');
      await host.stop();
      expect(namespaces.processes()).to.deep.equal([]);
    } finally {
      namespaces.release();
    }
    expect(cgroupsNamed(hostNames)).to.equal('');
    expect(machineState()).to.deep.equal(before);
  });
});
