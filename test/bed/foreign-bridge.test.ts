import { expect } from 'chai';
import { eventually } from './eventually.ts';
import { foreign, type Origin, readiness, ready, startOrigin, stopOrigin } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { linkFacts, type Recording, recordEvents, silence } from './witness.ts';

const ports = foreign.map((name) => ({ port: `mv-${name}-v1`, bridge: `br-${name}` }));
const portNames = ports.map(({ port }) => port).join(' ');

/** Events of a link itself (not of its addresses) in which it is no port of the bridge. */
function unpluggedIn(events: readonly string[], port: string, bridge: string): readonly string[] {
  const own = events.filter((line) => new RegExp(`^(Deleted )?\\d+: ${port}[@:]`).test(line));
  return own.filter((line) => !line.includes(` master ${bridge} `) || line.startsWith('Deleted'));
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('an integration with a bridge that osa-net did not make', function () {
    this.timeout(60_000);
    let origin: Origin;
    let events: Recording;
    let links: Readonly<Record<string, string>>;

    before(async () => {
      origin = await startOrigin(release);
      events = await recordEvents(origin.bed);
      await silence(events);
      links = await linkFacts(origin.bed);
    });

    after(() => stopOrigin(origin));

    async function assertPlugged(): Promise<void> {
      const seen = new Map((await origin.bed.ip('link')).map((link) => [link.ifname, link]));
      for (const { port, bridge } of ports) expect(seen.get(port)?.master, port).to.equal(bridge);
    }

    it('is plugged in', assertPlugged);

    for (const command of [
      'networkctl reload',
      'touch /etc/systemd/network/*; networkctl reload',
      `networkctl reconfigure ${portNames}`,
    ]) {
      it(`stays plugged in through "${command}", at every moment`, async () => {
        await origin.bed.sh(command);
        const seen = await silence(events);
        for (const { port, bridge } of ports) expect(unpluggedIn(seen, port, bridge)).to.deep.equal([]);
        await assertPlugged();
        expect(await linkFacts(origin.bed)).to.deep.equal(links);
        await ready(origin.bed);
      });
    }

    for (const { port, bridge } of ports) {
      it(`is plugged in again after "ip link set ${port} nomaster"`, async () => {
        const { bed } = origin;
        await bed.sh(`ip link set ${port} nomaster`);
        await eventually(() => expect(unpluggedIn(events.lines(), port, bridge)).to.not.deep.equal([]));
        await eventually(async () => expect(await linkFacts(bed)).to.deep.equal(links), 5_000);
        await ready(bed);
        await assertPlugged();
      });
    }

    it('is plugged in again when its bridge was away, and says so meanwhile', async () => {
      const { bed } = origin;
      await bed.sh('ip link del br-flat');
      await eventually(() => {
        const { status, reason, message } = readiness(bed, 'MacvlanIntegration/flat');
        expect({ status, reason }).to.deep.equal({ status: 'False', reason: 'DependencyNotReady' });
        expect(message).to.match(/^\/etc\/osa-net\.d\/macvlanintegration-flat\.yaml:\d+:\d+: .*br-flat/);
      });
      await bed.sh(
        'ip link add br-flat type bridge; ip link set br-flat up; ip link set cable-flat master br-flat',
      );
      await eventually(assertPlugged, 5_000);
      await ready(bed);
    });
  });
});
