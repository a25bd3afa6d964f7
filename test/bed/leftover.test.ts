import { expect } from 'chai';
import { comparedOptions, unsetOption } from '../../crds/networkd/link-options.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, type Operator, startOperator } from './operator.ts';
import { forEachRelease } from './releases.ts';

const apiVersion = 'osa-net.dev/v1alpha1';

function document(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion, kind, metadata: { name }, spec });
}

const bridge = (spec: object) => document('ContainerBridge', 'a', { addresses: ['10.0.1.1/24'], ...spec });
const netdev = (spec: object) => document('NetDev', 'b', { NetDev: { Name: 'b', Kind: 'bridge' }, ...spec });
const nic = document('Network', 'nic', {
  Match: { Name: 'eth1' },
  Link: { MTUBytes: '1400', MACAddress: '02:00:00:00:00:77' },
  Network: { Address: ['10.0.9.1/24', 'fd00:9::1/64'] },
});

forEachRelease(['host', 'bullseye', 'trixie'], (release) => {
  describe('what a text no longer asks for', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    before(async () => {
      bed = await startBed({ release });
      const lan = await bed.namespace('lan');
      await lan.veth('eth1', 'port');
      await bed.sh('ip link set eth1 mtu 1300');
      dropDocument(bed, 'a.yaml', bridge({ mtu: 1400, forwarding: 'ipv4', masquerade: 'ipv4' }));
      dropDocument(bed, 'b.yaml', netdev({ Bridge: { STP: true, Priority: 100 } }));
      dropDocument(bed, 'nic.yaml', nic);
      operator = startOperator(bed);
      await operator.waitReady(['ContainerBridge/a', 'NetDev/b', 'Network/nic']);
    });

    after(async () => {
      await operator?.stop();
      await bed?.stop();
    });

    async function seen(link: string) {
      const [one] = await bed.ip('-details', 'address', 'show', 'dev', link);
      if (!one) throw new Error(`there is no ${link}`);
      return one;
    }

    const isMasqueraded = async () =>
      (await bed.sh('nft list table ip io.systemd.nat || true', { check: false })).stdout.includes(
        '10.0.1.0/24',
      );

    it('of a bridge goes: MTU, NAT, and forwarding as far as it is that of the link', async () => {
      expect((await seen('br-a')).mtu).to.equal(1400);
      operator.drop('a.yaml', bridge({}));
      await eventually(async () => expect((await seen('br-a')).mtu).to.equal(1500));
      await eventually(async () => expect(await isMasqueraded()).to.equal(false));
      const { stdout } = await bed.sh(
        'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/br-a/forwarding',
      );
      const [host, link] = stdout.trim().split('\n');
      await operator.waitReady(['ContainerBridge/a']);
      expect(link, 'as a new link would have it').to.equal(host);
      expect((await seen('br-a')).addr_info?.map(({ local }: { local: string }) => local)).to.include(
        '10.0.1.1',
      );
    });

    it('of a kind of link goes, by a new link where networkd changes none', async () => {
      expect((await seen('b')).linkinfo?.info_data).to.include({ stp_state: 1, priority: 100 });
      operator.drop('b.yaml', netdev({ Bridge: { Priority: 100 } }));
      const only = { stp_state: 0, priority: 100 };
      await eventually(async () => expect((await seen('b')).linkinfo?.info_data).to.include(only));
      operator.drop('b.yaml', netdev({}));
      const none = { stp_state: 0, priority: 32768 };
      await eventually(async () => expect((await seen('b')).linkinfo?.info_data).to.include(none));
      await operator.waitReady(['NetDev/b']);
    });

    it('goes from a link whose document is removed: addresses, MTU and MAC address', async () => {
      const before = await seen('eth1');
      expect([before.mtu, before.address]).to.deep.equal([1400, '02:00:00:00:00:77']);
      operator.remove('nic.yaml');
      await eventually(async () => {
        const { mtu, address, addr_info } = await seen('eth1');
        const left = addr_info?.map(({ local }: { local: string }) => local);
        expect(left).to.not.include('10.0.9.1').and.not.include('fd00:9::1');
        expect(mtu).to.equal(1300);
        expect(address).to.not.equal('02:00:00:00:00:77');
      }, 15_000);
      await eventually(
        () =>
          expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json')).settings).to.not.have.property(
            'eth1',
          ),
        15_000,
      );
    });

    it('stays where it was there before, also after a change that is taken back', async () => {
      const addresses = async () => ((await seen('eth1')).addr_info ?? []).map(({ local }) => local);
      await bed.sh('ip link set eth1 up; ip address add 192.0.2.10/24 dev eth1');
      const spec = { Match: { Name: 'eth1' }, Network: { Address: ['192.0.2.10/24', '10.0.9.7/24'] } };
      bed.write('/root/tried.yaml', document('Network', 'tried', spec));
      const trial = bed.sh('osa-net try /root/tried.yaml --timeout 60', { check: false });
      await eventually(async () => expect(await addresses()).to.include('10.0.9.7'));
      expect((await bed.sh('osa-net cancel', { check: false })).code, 'it is taken back').to.equal(0);
      expect((await trial).code, 'cancelled').to.equal(4);
      expect(await addresses())
        .to.include('192.0.2.10')
        .and.not.include('10.0.9.7');
      await eventually(
        () =>
          expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json')).settings).to.not.have.property(
            'eth1',
          ),
        15_000,
      );
      operator.process.kill('SIGHUP');
      await operator.waitReady(['ContainerBridge/a']);
      expect(await addresses()).to.include('192.0.2.10');
    });
  });
});

forEachRelease(['host'], () => {
  it('the kernel gives a new link what is said of settings that nobody asks for', async function () {
    this.timeout(30_000);
    const bed = await startBed({ release: 'host' });
    try {
      await bed.sh('ip link add x type bridge; ip link add y type vxlan id 7 dstport 4789');
      for (const [name, section] of [
        ['x', 'Bridge'],
        ['y', 'VXLAN'],
      ] as const) {
        const [link] = await bed.ip('-details', 'link', 'show', 'dev', name);
        const options = (comparedOptions[section] ?? []).flatMap(
          (key) => unsetOption(`${section}.${key}`) ?? [],
        );
        expect(options).to.not.be.empty;
        for (const { field, value } of options) {
          const shown = link?.linkinfo?.info_data?.[field];
          if (shown !== undefined) expect(String(shown).toLowerCase(), `${section} ${field}`).to.equal(value);
        }
      }
    } finally {
      await bed.stop();
    }
  });
});
