import { expect } from 'chai';
import { eventually } from './eventually.ts';
import {
  itemOf,
  linksOfIntegration,
  type Origin,
  originDocuments,
  readiness,
  ready,
  startOrigin,
  stopOrigin,
  unitsOfIntegration,
} from './origin.ts';
import { forEachRelease } from './releases.ts';
import {
  hostState,
  linkFacts,
  linksIn,
  type Recording,
  recordEvents,
  silence,
  unitStats,
} from './witness.ts';

/** Longest time from the removal of a document until its units and links are gone, ms. */
const longest = 2_000;

forEachRelease(['host', 'trixie'], (release) => {
  describe('removing a document', function () {
    this.timeout(60_000);
    let origin: Origin;
    let events: Recording;

    before(async () => {
      origin = await startOrigin(release);
      events = await recordEvents(origin.bed);
      // Somebody else's, though they look like ours.
      origin.bed.write('/etc/systemd/network/05-osa-net-mv-other.network', '[Match]\nName=mv-other\n');
      await origin.bed.sh('ip link add mv-other type bridge; networkctl reload');
    });

    after(() => stopOrigin(origin));

    /**
     * Removes a file, and asserts that these links and units are gone in time, and that nothing else was touched.
     * @param neighbours links that hear of it, since they were joined with those that go
     */
    async function assertRemoved(
      file: string,
      links: readonly string[],
      units: readonly string[],
      neighbours: readonly string[],
    ): Promise<void> {
      const { bed, operator } = origin;
      await silence(events);
      const before = await hostState(bed, [...links, ...units, ...neighbours]);
      expect(await linkFacts(bed)).to.include.all.keys(...links);
      expect(unitStats(bed)).to.include.all.keys(...units);
      const started = performance.now();
      operator.remove(file);
      await eventually(async () => {
        expect(unitStats(bed)).to.not.have.any.keys(...units);
        expect(await linkFacts(bed)).to.not.have.any.keys(...links);
      }, longest);
      expect(performance.now() - started).to.be.below(longest);
      const seen = linksIn(await silence(events));
      expect(seen.filter((name) => ![...links, ...neighbours].includes(name))).to.deep.equal([]);
      expect(await hostState(bed, [...links, ...units, ...neighbours])).to.deep.equal(before);
    }

    it('removes its units and deletes its links within 2 s, and touches nothing else', () =>
      assertRemoved('macvlanintegration-mgmt.yaml', linksOfIntegration('mgmt'), unitsOfIntegration('mgmt'), [
        'br-mgmt',
      ]));

    it('takes a bridge from under its ports, which say what they miss until it is back', async () => {
      const { bed, operator } = origin;
      const bridge = originDocuments().find(({ key }) => key === 'ContainerBridge/container');
      const units = ['05-osa-net-br-container.netdev', '05-osa-net-br-container.network'];
      // The port's unit no longer names a bridge that networkd makes.
      const neighbours = [...linksOfIntegration('container'), '05-osa-net-mv-container-v1.network'];
      await assertRemoved(String(bridge?.file), ['br-container'], units, neighbours);
      await eventually(() => {
        const condition = readiness(bed, 'MacvlanIntegration/container');
        expect(condition).to.include({ status: 'False', reason: 'DependencyNotReady' });
        expect(condition.message).to.include('br-container');
      });
      operator.drop(String(bridge?.file), String(bridge?.text));
      await ready(bed, ['ContainerBridge/container', 'MacvlanIntegration/container']);
      expect((await linkFacts(bed))['mv-container-v1']).to.include(' in br-container ');
    });

    it('tells networkd of it also where somebody removes its units along with it', async () => {
      const { bed, operator } = origin;
      const document = {
        apiVersion: 'osa-net.dev/v1alpha1',
        kind: 'ContainerBridge',
        metadata: { name: 'left' },
        spec: { addresses: ['10.98.7.1/24'], requiredState: 'no-carrier' },
      };
      operator.drop('left.yaml', JSON.stringify(document));
      await ready(bed, ['ContainerBridge/left']);
      await bed.sh('rm /etc/osa-net.d/left.yaml /etc/systemd/network/05-osa-net-br-left.*');
      await eventually(() => expect(() => itemOf(bed, 'ContainerBridge/left')).to.throw());
      expect(await linkFacts(bed)).to.not.have.any.keys('br-left');
      // Whoever makes a bridge of that name now has it for themselves.
      await bed.sh('ip link add br-left type bridge; ip link set br-left up');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const [theirs] = await bed.ip('addr', 'show', 'br-left');
      expect(theirs?.addr_info?.map(({ local }) => local)).to.not.include('10.98.7.1');
    });
  });
});
