import { expect } from 'chai';
import { edited } from '../demo/documents.ts';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import {
  itemOf,
  linksOfIntegration,
  type Origin,
  originDocuments,
  published,
  readiness,
  ready,
  startOrigin,
  stopOrigin,
  unitsOfIntegration,
} from './origin.ts';
import { forEachRelease } from './releases.ts';
import { linkFacts, recordCalls, recordEvents, silence, unitStats } from './witness.ts';

/** Longest time that everything may take to be Ready once what was away is back, ms. */
const longest = 15_000;

function documentOf(key: string): { readonly file: string; readonly text: string } {
  const found = originDocuments().find((document) => document.key === key);
  if (!found) throw new Error(`cannot find ${key} in the example`);
  return found;
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('an operator whose networkd or bus goes away', function () {
    this.timeout(90_000);
    let origin: Origin;
    let bed: Bed;
    let operator: Operator;
    let pid: number | undefined;
    let links: Readonly<Record<string, string>>;

    before(async () => {
      origin = await startOrigin(release);
      ({ bed, operator } = origin);
      await bed.sh('for who in all default; do echo 0 >/proc/sys/net/ipv6/conf/$who/accept_dad; done');
      const events = await recordEvents(bed);
      await silence(events);
      await events.stop();
      pid = operator.process.pid();
      links = await linkFacts(bed);
    });

    afterEach('the operator is the same as ever', () => {
      expect(operator.process.pid()).to.equal(pid).and.be.a('number');
      expect(operator.log.filter(({ level }) => level === 'raw')).to.deep.equal([]);
    });

    after(() => stopOrigin(origin));

    /** Until every resource says that networkd is not available; the links stay as they are. */
    async function assertUnavailable(message: RegExp): Promise<void> {
      await eventually(() => {
        const { items, operator: self } = published(bed);
        expect(items).to.not.deep.equal([]);
        expect(self.networkd.state).to.equal('unavailable');
        for (const { kind, metadata } of items) {
          const condition = readiness(bed, `${kind}/${metadata.name}`);
          expect(condition).to.include({ status: 'Unknown', reason: 'NetworkdUnavailable' });
          expect(condition.message).to.match(message);
        }
      });
      expect(await linkFacts(bed)).to.deep.equal(links);
    }

    /** Until everything is Ready and every link is the same as ever, its index included. */
    async function assertBack(): Promise<void> {
      await ready(bed, undefined, longest);
      await eventually(async () => expect(await linkFacts(bed)).to.deep.equal(links));
      await ready(bed);
      expect(published(bed).operator.networkd).to.include({ state: 'running', version: bed.version });
    }

    it('goes on when networkd is killed and started again', async () => {
      const lines = operator.log.length;
      await bed.networkd.kill9();
      await assertUnavailable(/^systemd-networkd is not running/);
      await bed.networkd.start();
      await assertBack();
      const told = operator.log.slice(lines).filter(({ level }) => level !== 'debug');
      expect(told.map(({ message }) => message)).to.have.length.below(10);
    });

    it('goes on when the bus is killed and started again, and networkd with it', async () => {
      await bed.bus.kill9();
      await assertUnavailable(/bus/);
      await bed.bus.start();
      await assertUnavailable(/has to be restarted because the system bus was/);
      await bed.networkd.restart();
      await assertBack();
    });

    it('carries out afterwards what documents asked for meanwhile', async () => {
      const { file, text } = documentOf('ContainerBridge/container');
      const mgmt = documentOf('MacvlanIntegration/mgmt');
      const { generation } = itemOf(bed, 'ContainerBridge/container').metadata;
      await bed.networkd.kill9();
      await assertUnavailable(/not running/);
      const stats = unitStats(bed);
      operator.drop(file, edited(text, '10.0.3.2/24', '10.0.3.3/24'));
      operator.remove(mgmt.file);
      await eventually(() =>
        expect(itemOf(bed, 'ContainerBridge/container').metadata.generation).to.equal(generation + 1),
      );
      expect(unitStats(bed)).to.deep.equal(stats);

      await bed.networkd.start();
      await eventually(async () => {
        const facts = await linkFacts(bed);
        expect(facts['br-container']).to.include(' 10.0.3.3/24').and.not.include(' 10.0.3.2/24');
        expect(facts).to.not.have.any.keys(...linksOfIntegration('mgmt'));
        expect(unitStats(bed)).to.not.have.any.keys(...unitsOfIntegration('mgmt'));
      }, longest);
      operator.drop(file, text);
      operator.drop(mgmt.file, mgmt.text);
      await ready(bed, ['ContainerBridge/container', 'MacvlanIntegration/mgmt'], longest);
      await eventually(async () => {
        const facts = await linkFacts(bed);
        expect(facts['mv-mgmt-v1']).to.include(' in br-mgmt ');
        expect(facts['br-container']).to.equal(links['br-container']);
        links = facts;
      });
    });

    for (const [fate, end] of [
      ['killed', () => bed.networkd.kill9().then(() => bed.networkd.start())],
      ['slow', () => bed.sh('kill -CONT $(cat /run/bed/networkd.pid)')],
    ] as const) {
      it(`finishes a change during which networkd is ${fate}`, async () => {
        const { file, text } = documentOf('ContainerBridge/container');
        const calls = await recordCalls(bed);
        await bed.sh('kill -STOP $(cat /run/bed/networkd.pid)');
        operator.drop(file, edited(text, '10.0.3.2/24', '10.0.3.4/24'));
        await eventually(() => expect(calls.lines()).to.include('org.freedesktop.network1.Manager.Reload'));
        await end();
        await calls.stop();
        await eventually(async () => {
          expect((await linkFacts(bed))['br-container']).to.include(' 10.0.3.4/24');
        }, longest);
        await ready(bed, undefined, longest);
        operator.drop(file, text);
        await eventually(async () => expect(await linkFacts(bed)).to.deep.equal(links), longest);
        await ready(bed);
      });
    }
  });
});
