import { expect } from 'chai';
import { exampleDocuments, withoutDummies } from '../demo/documents.ts';
import {
  hasDummy,
  makeContainer,
  makeForeignBridges,
  makeOutside,
  outsideAddress,
} from '../demo/surroundings.ts';
import { type Bed, startBed } from './bed.ts';
import { containerBridge, dummyPort, integrationByHand } from './by-hand.ts';
import { eventually } from './eventually.ts';
import type { IpEntry } from './ip.ts';
import { type Operator, startOperator } from './operator.ts';
import { foreign, originLinks, published, readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import type { Lease, Workload } from './workload.ts';

/** What is compared of a link: not its index and its link-local address, which come by chance. */
function essenceOf({ ifname, linkinfo, link, master, mtu, flags, addr_info }: IpEntry) {
  const addresses = (addr_info ?? []).filter(({ scope }) => scope === 'global');
  return {
    name: ifname,
    kind: linkinfo?.info_kind,
    parent: link,
    master,
    mode: linkinfo?.info_data?.['mode'],
    mtu,
    up: flags.includes('UP'),
    carrier: flags.includes('LOWER_UP'),
    addresses: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  };
}

async function essencesOf(bed: Bed, names: readonly string[]) {
  const links = (await bed.ip('addr')).filter(({ ifname }) => names.includes(ifname));
  return links.sort((a, b) => (a.ifname < b.ifname ? -1 : 1)).map(essenceOf);
}

/** A workload's lease through a macvlan whose address is the same on every host: the server chooses by it. */
async function leaseOf(container: Workload): Promise<Lease> {
  await container.sh('ip link set mv0 down; ip link set mv0 address 02:00:00:00:00:42 up');
  return container.lease('mv0', { ask: ['router', 'dns', 'ntpsrv', 'tzstr', 'tzdbstr'] });
}

/** What the server sent; udhcpc tells of its own doings besides. */
function offerOf({ ip, mask, router, dns, ntpsrv, tzstr, tzdbstr, lease, serverid }: Lease) {
  return { ip, mask, router, dns, ntpsrv, tzstr, tzdbstr, lease, serverid };
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('the topology of the origin', function () {
    this.timeout(60_000);
    let bed: Bed;
    let byHand: Bed;
    let operator: Operator;
    let dummies: boolean;
    let names: readonly string[];

    before(async () => {
      bed = await startBed({ release });
      byHand = await startBed({ release });
      dummies = await hasDummy(bed);
      names = dummies ? [...originLinks, 'dummy0'] : originLinks;
      await Promise.all([makeForeignBridges(bed), makeForeignBridges(byHand)]);
      await Promise.all([followDocuments(), followUnits()]);
    });

    after(async () => {
      await operator?.stop();
      await bed?.stop();
      await byHand?.stop();
    });

    async function followDocuments(): Promise<void> {
      const documents = exampleDocuments()
        .filter(({ key }) => !key.startsWith('Resolver/'))
        .map((one) => (one.key === 'ContainerBridge/container' && !dummies ? withoutDummies(one) : one));
      operator = startOperator(bed);
      operator.drop('origin.yaml', documents.map(({ text }) => text).join('---\n'));
      await ready(bed);
    }

    async function followUnits(): Promise<void> {
      const integrations = ['container', ...foreign].map(integrationByHand);
      const units = [containerBridge, ...integrations, dummies ? dummyPort : {}];
      for (const [name, text] of units.flatMap(Object.entries)) {
        byHand.write(`/etc/systemd/network/${name}`, text);
      }
      await byHand.networkd.restart(); // as by hand
    }

    it('is Ready, each resource of it', () => {
      const { items } = published(bed);
      const keys = items.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(keys).to.deep.equal([
        'ContainerBridge/container',
        'LinkPolicy/default',
        ...['container', 'flat', 'mgmt', 'storage', 'vlan', 'vxlan'].map((n) => `MacvlanIntegration/${n}`),
      ]);
      expect(keys.map((key) => readiness(bed, key).status)).to.deep.equal(keys.map(() => 'True'));
    });

    it('has the links that the hand-written units make, and is plugged into the foreign bridges', async () => {
      const plugged = new Map<string, string>(foreign.map((name) => [`mv-${name}-v1`, `br-${name}`]));
      await eventually(async () => {
        const reference = await essencesOf(byHand, names);
        expect(reference).to.have.lengthOf(names.length);
        const unplugged = reference.filter(({ name, master }) => plugged.has(name) && master === undefined);
        expect(unplugged, 'left unplugged by the units').to.have.lengthOf(plugged.size);
        const wanted = reference.map((link) => ({ ...link, master: plugged.get(link.name) ?? link.master }));
        expect(await essencesOf(bed, names)).to.deep.equal(wanted);
      }, 15_000);
    });

    it('has dummy0 as a port of br-container', async function () {
      if (!dummies) {
        console.log('        skipped: this kernel cannot make dummy links');
        this.skip();
      }
      const [dummy] = await essencesOf(bed, ['dummy0']);
      expect(dummy).to.include({ kind: 'dummy', master: 'br-container', up: true });
    });

    it('routes and masquerades as the hand-written units do', async () => {
      for (const question of [
        'nft list ruleset',
        'ip route show default',
        'ip route show dev br-container scope link',
        'cat /proc/sys/net/ipv4/ip_forward',
      ]) {
        await eventually(async () => {
          const [answer, reference] = await Promise.all([bed.sh(question), byHand.sh(question)]);
          expect(answer.stdout, question).to.equal(reference.stdout).and.not.equal('');
        });
      }
      expect((await bed.sh('nft list ruleset')).stdout).to.include('10.0.3.0/24');
      expect((await bed.sh('ip route show default')).stdout).to.match(
        /^default via 10\.0\.3\.1 dev br-container/,
      );
      expect((await bed.sh('cat /proc/sys/net/ipv4/ip_forward')).stdout).to.equal('1\n');
    });

    it('gives a container the lease that the hand-written units give, and lets it out', async () => {
      const [container, other] = await Promise.all([makeContainer(bed), makeContainer(byHand)]);
      const lease = await leaseOf(container);
      expect(lease).to.include({ lease: '10800', mask: '24', serverid: '10.0.3.2' });
      expect(lease['ip']).to.match(/^10\.0\.3\.\d+$/);
      expect(Number(lease['ip']?.split('.')[3])).to.be.within(25, 124);
      expect(offerOf(lease)).to.deep.equal(offerOf(await leaseOf(other)));

      expect(await container.ping('10.0.3.2')).to.equal(true);
      await makeOutside(bed);
      // The host outside has no route to 10.0.3.0/24: only what is masqueraded gets an answer.
      expect(await container.ping(outsideAddress)).to.equal(true);
      // A running operator would masquerade again.
      await operator.stop();
      await bed.sh('nft flush ruleset');
      expect(await container.ping(outsideAddress)).to.equal(false);
    });
  });
});
