import { expect } from 'chai';
import { conditionOf, type StatusItem, type StatusList } from '../../state/status.ts';
import { eventually } from '../bed/eventually.ts';
import { exampleDocuments, withoutDummies } from '../demo/documents.ts';
import { type Host, startHost } from './host.ts';
import { forEachHost } from './releases.ts';

const bridges = ['mgmt', 'vlan', 'vxlan', 'storage', 'flat'];
const resolverFile = '/etc/osa-net.d/resolver.yaml';
const dropIn = '/etc/systemd/resolved.conf.d/05-osa-net.conf';

function resolver(spec: string): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: Resolver\nmetadata: {name: host}\nspec: ${spec}\n`;
}

forEachHost(['bookworm', 'trixie'], (release) => {
  describe('the service on a whole host', function () {
    this.timeout(120_000);
    let host: Host;
    let resolvConfBefore = '';

    const status = async () =>
      JSON.parse((await host.sh('osa-net status -o json', { check: false })).stdout) as StatusList;
    const ready = (item: StatusItem) => conditionOf(item.status, 'Ready');
    const allReady = () =>
      eventually(async () => {
        const { items } = await status();
        const waiting = items.filter((item) => ready(item)?.status !== 'True');
        if (items.length === 0) throw new Error('no resource yet');
        if (waiting.length > 0) throw new Error(waiting.map((item) => ready(item)?.message).join('; '));
        return items;
      }, 40_000);
    const resolvConf = async () =>
      (await host.sh('readlink /etc/resolv.conf || cat /etc/resolv.conf')).stdout;

    before(async () => {
      host = await startHost({ release });
      await host.sh(
        'systemctl disable --now systemd-networkd systemd-networkd.socket systemd-resolved; true',
      );
      await host.sh('rm -f /etc/resolv.conf; echo "nameserver 192.0.2.1" >/etc/resolv.conf');
      resolvConfBefore = await resolvConf();
      for (const name of bridges) {
        await host.sh(
          `ip link add br-${name} up type bridge; ip link add p-${name} up master br-${name} type veth peer name q-${name}; ip link set q-${name} up`,
        );
      }
      const documents = exampleDocuments().map((document) =>
        document.key === 'ContainerBridge/container' ? withoutDummies(document) : document,
      );
      for (const { key, file, text } of documents) {
        host.write(key.startsWith('Resolver/') ? resolverFile : `/etc/osa-net.d/${file}`, text);
      }
      await host.install();
    });

    after(() => host.stop());

    it('is up for systemd, and does not start a networkd that nobody enabled', async () => {
      expect((await host.sh('systemctl is-active osa-net')).stdout).to.equal('active\n');
      const reasons = new Set((await status()).items.map((item) => ready(item)?.reason));
      expect([...reasons]).to.deep.equal(['NetworkdUnavailable']);
      expect((await host.sh('systemctl is-active systemd-networkd', { check: false })).stdout).to.equal(
        'inactive\n',
      );
    });

    it('makes the whole origin ready once networkd runs, the Resolver too', async () => {
      await host.sh('systemctl enable --now systemd-networkd');
      const items = await allReady();
      expect(items.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).to.include.members([
        'ContainerBridge/container',
        'LinkPolicy/default',
        'Resolver/host',
        ...bridges.map((name) => `MacvlanIntegration/${name}`),
      ]);
      for (const name of bridges) {
        const [link] = await host.ip('link', 'show', `mv-${name}-v1`);
        expect(link).to.include({ master: `br-${name}` });
      }
    });

    it('puts forwarding and NAT right from within its sandbox', async () => {
      const seen = async () =>
        (await host.sh('cat /proc/sys/net/ipv4/ip_forward; nft list set ip io.systemd.nat masq_saddr'))
          .stdout;
      const before = await seen();
      expect(before).to.match(/^1\n/).and.include('10.0.3.0/24');
      await host.sh('echo 0 >/proc/sys/net/ipv4/ip_forward; nft flush ruleset');
      await eventually(async () => expect(await seen()).to.equal(before), 20_000);
      await allReady();
    });

    it('links resolv.conf to the uplinks and enables resolved', async () => {
      expect(await resolvConf()).to.equal('/run/systemd/resolve/resolv.conf\n');
      const { stdout } = await host.sh(
        'systemctl is-enabled systemd-resolved; systemctl is-active systemd-resolved',
      );
      expect(stdout).to.equal('enabled\nactive\n');
    });

    it('gives resolved its settings and tells it', async () => {
      host.write(resolverFile, resolver('{resolvConf: stub, dns: [192.0.2.53], domains: [example.org]}'));
      await eventually(async () => {
        expect(await resolvConf()).to.equal('/run/systemd/resolve/stub-resolv.conf\n');
        expect((await host.sh('resolvectl dns')).stdout).to.match(/Global: 192\.0\.2\.53/);
      }, 20_000);
      await allReady();
    });

    it('tells systemd how it is doing', async () => {
      await eventually(async () => {
        const { stdout } = await host.sh('systemctl show osa-net -p StatusText');
        expect(stdout).to.match(/StatusText=9 of 9 resources ready/);
      }, 10_000);
    });

    it('changes nothing when it is killed and restarted by systemd', async () => {
      const stats = async () => (await host.sh('stat -c "%n %i %Y" /etc/systemd/network/*')).stdout;
      const before = await stats();
      const pid = (await status()).operator.pid;
      await host.sh('systemctl kill -s KILL osa-net');
      await eventually(async () => expect((await status()).operator.pid).to.not.equal(pid), 20_000);
      await allReady();
      expect(await stats()).to.equal(before);
    });

    it('puts resolv.conf back when the Resolver goes, and leaves the rest alone', async () => {
      host.remove(resolverFile);
      await eventually(async () => {
        expect(await resolvConf()).to.equal(resolvConfBefore);
        expect(host.exists(dropIn)).to.equal(false);
      }, 20_000);
      await eventually(async () => expect((await allReady()).length).to.equal(8), 10_000);
    });

    it('leaves the network as it is when it is stopped', async () => {
      const links = async () => (await host.ip('link')).map(({ ifname }) => ifname);
      const before = await links();
      await host.sh('systemctl stop osa-net');
      expect(await links()).to.deep.equal(before);
      const { stdout } = await host.sh('systemctl show osa-net -p Result');
      expect(stdout).to.equal('Result=success\n');
    });
  });
});
