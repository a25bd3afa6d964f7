import { expect } from 'chai';
import { eventually } from './eventually.ts';
import { type Origin, originLinks, ready, startOrigin, stopOrigin, unitsOfIntegration } from './origin.ts';
import { forEachRelease } from './releases.ts';
import {
  changedIn,
  hostState,
  linkFacts,
  linksIn,
  type Recording,
  recordEvents,
  silence,
  unitStats,
  unitTexts,
} from './witness.ts';

/** Longest time from the damage until links and units are as they were, ms. */
const longest = 5_000;

interface Damage {
  readonly command: string;
  /** The network of the origin whose links and units may hear of it; the others must not. */
  readonly network: string;
  /** What it hits: a link, of which there is an event, or a unit, which is another file afterwards. */
  readonly hits: string;
}

const units = '/etc/systemd/network';

const damages: readonly Damage[] = [
  ...originLinks.map((link) => ({
    command: `ip link del ${link}`,
    network: link.replace(/^(mv|br)-|-v[12]$/g, ''),
    hits: link,
  })),
  { command: 'ip addr del 10.0.3.2/24 dev br-container', network: 'container', hits: 'br-container' },
  { command: 'ip route del default', network: 'container', hits: 'br-container' },
  { command: 'ip link set mv-container-v1 nomaster', network: 'container', hits: 'mv-container-v1' },
  { command: 'ip link set mv-mgmt-v1 nomaster', network: 'mgmt', hits: 'mv-mgmt-v1' },
  { command: 'ip link set mv-vxlan type macvlan mode private', network: 'vxlan', hits: 'mv-vxlan' },
  { command: 'ip link set mv-storage down', network: 'storage', hits: 'mv-storage' },
  { command: 'ip -6 address flush dev mv-vlan scope link', network: 'vlan', hits: 'mv-vlan' },
  {
    command: `sed -i s/10.0.3.2/10.0.3.3/ ${units}/05-osa-net-br-container.network; networkctl reload`,
    network: 'container',
    hits: '05-osa-net-br-container.network',
  },
  ...['mv-storage.netdev', 'mv-storage-v1.network', 'mv-storage-v2.network'].map((unit) => ({
    command: `echo '# mine' >>${units}/05-osa-net-${unit}`,
    network: 'storage',
    hits: `05-osa-net-${unit}`,
  })),
  ...unitsOfIntegration('flat').map((unit) => ({
    command: `rm ${units}/${unit}`,
    network: 'flat',
    hits: unit,
  })),
];

forEachRelease(['host', 'trixie'], (release) => {
  describe('drift', function () {
    this.timeout(60_000);
    let origin: Origin;
    let events: Recording;

    before(async () => {
      origin = await startOrigin(release);
      // Nobody else has these addresses; looking for 2 s each time would only take time.
      await origin.bed.sh('for who in all default; do echo 0 >/proc/sys/net/ipv6/conf/$who/accept_dad; done');
      events = await recordEvents(origin.bed);
      await silence(events);
    });

    after(() => stopOrigin(origin));

    /** The links with all that is promised of them; one that was made anew has another index. */
    async function withoutIndexes(): Promise<Readonly<Record<string, string>>> {
      const facts = Object.entries(await linkFacts(origin.bed));
      return Object.fromEntries(facts.map(([name, text]) => [name, text.replace(/^\d+ /, '')]));
    }

    for (const { command, network, hits } of damages) {
      it(`by "${command}" is repaired within 5 s, and nobody else hears of it`, async () => {
        const { bed } = origin;
        const concerned = [`br-${network}`, `mv-${network}`, `mv-${network}-v1`, `mv-${network}-v2`];
        const own = Object.keys(unitStats(bed)).filter((unit) => new RegExp(`-${network}[-.]`).test(unit));
        const [links, texts, stats] = [await withoutIndexes(), unitTexts(bed), unitStats(bed)];
        const others = await hostState(bed, [...concerned, ...own]);

        await bed.sh(command);
        const started = performance.now();
        await eventually(() =>
          expect([...linksIn(events.lines()), ...changedIn(stats, unitStats(bed))]).to.include(hits),
        );
        await eventually(async () => {
          expect(unitTexts(bed)).to.deep.equal(texts);
          expect(await withoutIndexes()).to.deep.equal(links);
          expect((await hostState(bed, concerned)).routes).to.deep.equal(others.routes);
        }, longest);
        expect(performance.now() - started).to.be.below(longest);
        await ready(bed);

        const heard = linksIn(await silence(events, 400));
        expect(heard.filter((name) => !concerned.includes(name))).to.deep.equal([]);
        expect(await hostState(bed, [...concerned, ...own])).to.deep.equal(others);
        expect(await withoutIndexes()).to.deep.equal(links);
        await ready(bed);
      });
    }
  });
});
