import { expect } from 'chai';
import { documentOf } from '../crds/marked.ts';
import { linkCases } from '../kinds/cases.ts';
import { read } from '../kinds/on-bed.ts';
import { versions } from '../language/versions.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import { itemOf, readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { startedOperator } from './restart.ts';

/** Kinds of links that every kernel here can make; a machine of its own shows the others. */
const documents: Readonly<Record<string, string>> = {
  'Bridge/br-mgmt': documentOf(
    'Bridge',
    'br-mgmt',
    'addresses: [10.77.0.1/24]\ngateways: [10.77.0.254]\nmtu: 1400',
  ),
  'Veth/port': documentOf('Veth', 'port', 'peer: port-out\nbridge: br-mgmt\nmtu: 1400'),
  'Interface/port-out': documentOf(
    'Interface',
    'port-out',
    'addresses: [10.77.0.2/24]\nroutes: [{destination: 10.78.0.0/16, gateway: 10.77.0.9}]\nrules: [{from: 10.77.0.2/32, table: 100, priority: 1000}]\ndns: [10.77.0.53]',
  ),
  'Macvlan/mv': documentOf('Macvlan', 'mv', 'parent: port-out\nmode: private\naddresses: [10.79.0.1/24]'),
  'Vxlan/vx': documentOf(
    'Vxlan',
    'vx',
    'vni: 7\nlocal: 10.77.0.2\nremote: 10.77.0.9\nparent: port-out\nbridge: br-mgmt',
  ),
  'Interface/nic': documentOf('Interface', 'nic', 'bridge: br-other\nmacAddress: "02:00:00:00:77:01"'),
};

forEachRelease(['host', 'trixie', 'bullseye'], (release) => {
  describe('kinds of links', function () {
    this.timeout(90_000);
    let bed: Bed;
    let operator: Operator;

    before(async () => {
      bed = await startBed({ release });
      await bed.sh(
        'ip link add nic type veth peer name wire; ip link set wire up; ip link add br-other type bridge; ip link set br-other up',
      );
      operator = await startedOperator(bed);
      operator.drop('links.yaml', Object.values(documents).join('---\n'));
    });

    after(async () => {
      await operator?.stop();
      await bed?.stop();
    });

    const linkOf = async (name: string) => (await bed.ip('link')).find(({ ifname }) => ifname === name);
    const route = async () => (await bed.sh('ip -4 route show 10.78.0.0/16')).stdout;

    it('are made and configured as their documents say', async () => {
      await ready(bed, Object.keys(documents), 40_000);
      expect(await linkOf('port')).to.include({ master: 'br-mgmt', mtu: 1400 });
      expect(await linkOf('mv')).to.include({ link: 'port-out' });
      expect((await linkOf('mv'))?.linkinfo?.info_data).to.include({ mode: 'private' });
      expect(await linkOf('vx')).to.include({ master: 'br-mgmt' });
      expect((await linkOf('vx'))?.linkinfo?.info_data).to.include({ id: 7, link: 'port-out' });
      expect(await route()).to.match(/via 10\.77\.0\.9 dev port-out/);
      expect((await bed.sh('ip rule')).stdout).to.match(/1000:\s+from 10\.77\.0\.2 lookup 100/);
    });

    it('are plugged into a bridge of others too', async () => {
      expect(await linkOf('nic')).to.include({ master: 'br-other', address: '02:00:00:00:77:01' });
      await bed.sh('ip link set nic nomaster');
      await eventually(async () => expect(await linkOf('nic')).to.include({ master: 'br-other' }));
    });

    it('are put right when somebody changes them', async () => {
      await bed.sh(
        'ip link set port mtu 1300; ip route del 10.78.0.0/16; ip rule del priority 1000; ip link set mv type macvlan mode bridge; ip address del 10.77.0.1/24 dev br-mgmt',
      );
      await eventually(async () => {
        expect(await linkOf('port')).to.include({ mtu: 1400 });
        expect(await route()).to.match(/via 10\.77\.0\.9/);
        expect((await bed.sh('ip rule')).stdout).to.match(/1000:/);
        expect((await linkOf('mv'))?.linkinfo?.info_data).to.include({ mode: 'private' });
        expect((await bed.sh('ip -4 address show br-mgmt')).stdout).to.include('10.77.0.1/24');
      }, 20_000);
      await ready(bed, Object.keys(documents), 40_000);
    });

    it('wait for the document of what they stand on', async () => {
      operator.drop('alone.yaml', documentOf('Vlan', 'alone', 'parent: nobody\nid: 9'));
      await eventually(() =>
        expect(readiness(bed, 'Vlan/alone')).to.include({
          reason: 'DependencyNotReady',
          message:
            '/etc/osa-net.d/alone.yaml:6:11: no document is about nobody, and networkd knows only links that have a unit; ' +
            'add a document for nobody; of kind Interface where the link exists by other means',
        }),
      );
      operator.remove('alone.yaml');
    });

    it('go with their documents, and the line in the unit of their parent', async () => {
      const { 'Macvlan/mv': _, ...rest } = documents;
      operator.drop('links.yaml', Object.values(rest).join('---\n'));
      await eventually(async () => expect(await linkOf('mv')).to.equal(undefined), 20_000);
      expect(bed.read('/etc/systemd/network/05-osa-net-port-out.network')).to.not.include('MACVLAN');
      await ready(bed, Object.keys(rest));
      expect(itemOf(bed, 'Interface/port-out').status.units).to.deep.equal(['05-osa-net-port-out.network']);
    });
  });

  describe('every field of every kind of link', function () {
    this.timeout(90_000);

    it('becomes lines that networkd reads without a word', async () => {
      const bed = await startBed({ release, networkd: false });
      try {
        const outcomes = await read(bed, versions[release], linkCases());
        expect(outcomes.flatMap(({ words }) => words)).to.deep.equal([]);
        expect(outcomes.filter(({ verdict }) => verdict === 'read').length).to.be.above(400);
      } finally {
        await bed.stop();
      }
    });
  });
});
