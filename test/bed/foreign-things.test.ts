import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { linksOfIntegration, published, readiness, ready, unitsOfIntegration } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { startedOperator } from './restart.ts';
import { linkFacts, unitStats } from './witness.ts';

/** An integration with the bridge br-mgmt, with annotations. */
function integration(name: string, annotations: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(annotations).map(([key, value]) => `    osa-net.dev/${key}: "${value}"\n`);
  const block = lines.length === 0 ? '' : `  annotations:\n${lines.join('')}`;
  return `apiVersion: osa-net.dev/v1alpha1\nkind: MacvlanIntegration\nmetadata:\n  name: ${name}\n${block}spec:\n  bridge: br-mgmt\n`;
}

const adopt = { adopt: 'true' };

forEachRelease(['host', 'trixie'], (release) => {
  describe('what osa-net did not make', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    beforeEach(async () => {
      bed = await startBed({ release });
      await bed.sh('ip link add br-mgmt type bridge; ip link set br-mgmt up');
      operator = startOperator(bed);
      operator.drop('neighbour.yaml', integration('neighbour'));
      await ready(bed);
    });

    afterEach(async () => {
      await operator?.stop();
      await bed?.stop();
    });

    async function assertConflict(name: string, message: RegExp): Promise<void> {
      await eventually(() => {
        const condition = readiness(bed, `MacvlanIntegration/${name}`);
        expect(condition).to.include({ status: 'False', reason: 'Conflict' });
        expect(condition.message).to.match(message);
      });
    }

    /** Until the status speaks of these integrations only. */
    async function assertKnown(...names: readonly string[]): Promise<void> {
      await eventually(() =>
        expect(published(bed).items.map(({ metadata }) => metadata.name)).to.deep.equal([...names].sort()),
      );
    }

    async function restartOperator(): Promise<void> {
      await operator.stop();
      operator = await startedOperator(bed);
    }

    it('survives where a unit has the name of one of ours, until it is given over', async () => {
      const [unit, ...others] = unitsOfIntegration('taken');
      const text = '[NetDev]\nName=other0\nKind=bridge\n';
      bed.write(`/etc/systemd/network/${unit}`, text);
      const stats = unitStats(bed);
      operator.drop('taken.yaml', integration('taken'));
      await assertConflict(
        'taken',
        /^\/etc\/osa-net\.d\/taken\.yaml:\d+:\d+: 05-osa-net-mv-taken\.netdev .*adopt/,
      );
      await restartOperator();
      await assertConflict('taken', /adopt/);
      expect(unitStats(bed)).to.deep.equal(stats);
      expect(await linkFacts(bed)).to.not.have.any.keys(...linksOfIntegration('taken'));

      operator.remove('taken.yaml');
      await assertKnown('neighbour');
      expect(unitStats(bed)).to.deep.equal(stats);

      operator.drop('taken.yaml', integration('taken', adopt));
      await ready(bed, ['MacvlanIntegration/taken']);
      expect(unitStats(bed)).to.include.all.keys(...others);
      expect(bed.read(`/etc/systemd/network/${unit}`)).to.include('Owner=MacvlanIntegration/taken');
      operator.remove('taken.yaml');
      await eventually(() => expect(unitStats(bed)).to.not.have.any.keys(String(unit), ...others));
    });

    it('survives where a link has the name of one of ours, until it is given over', async () => {
      await bed.sh('ip link add mv-there-v1 type veth peer name mv-there-v2');
      const units = unitStats(bed);
      const links = await linkFacts(bed);
      operator.drop('there.yaml', integration('there'));
      await assertConflict('there', /^\/etc\/osa-net\.d\/there\.yaml:\d+:\d+: link mv-there-v1 .*adopt/);
      await restartOperator();
      await assertConflict('there', /adopt/);
      operator.remove('there.yaml');
      await assertKnown('neighbour');
      expect(unitStats(bed)).to.deep.equal(units);
      expect(await linkFacts(bed)).to.deep.equal(links);

      const index = await ifindexOf('mv-there-v1');
      operator.drop('there.yaml', integration('there', adopt));
      await ready(bed, ['MacvlanIntegration/there']);
      expect(await linkFacts(bed)).to.include.all.keys(...linksOfIntegration('there'));
      expect((await linkFacts(bed))['mv-there-v1']).to.include(' in br-mgmt ');
      // From v257 on networkd only has links of its own making.
      expect((await ifindexOf('mv-there-v1')) === index).to.equal(bed.version < 257);
      operator.remove('there.yaml');
      await eventually(async () =>
        expect(await linkFacts(bed)).to.not.have.any.keys(...linksOfIntegration('there')),
      );
      expect(unitStats(bed)).to.deep.equal(units);
    });

    async function ifindexOf(link: string): Promise<number | undefined> {
      return (await bed.ip('link')).find(({ ifname }) => ifname === link)?.ifindex;
    }

    it('survives where it is of another kind, even when it is given over', async () => {
      await bed.sh('ip link add mv-odd type bridge');
      const [units, links] = [unitStats(bed), await linkFacts(bed)];
      operator.drop('odd.yaml', integration('odd', adopt));
      await assertConflict('odd', /mv-odd is a bridge link and cannot be taken over as macvlan/);
      operator.remove('odd.yaml');
      await assertKnown('neighbour');
      expect(unitStats(bed)).to.deep.equal(units);
      expect(await linkFacts(bed)).to.deep.equal(links);
    });

    it('includes what a removed document wanted to be kept', async () => {
      operator.drop('kept.yaml', integration('kept', { prune: 'disabled' }));
      await ready(bed, ['MacvlanIntegration/kept']);
      const [units, links] = [unitStats(bed), await linkFacts(bed)];
      operator.remove('kept.yaml');
      await assertKnown('neighbour');
      await restartOperator();
      expect(unitStats(bed)).to.deep.equal(units);
      expect(await linkFacts(bed)).to.have.all.keys(Object.keys(links));

      operator.drop('kept.yaml', integration('kept'));
      await ready(bed, ['MacvlanIntegration/kept']);
      expect((await linkFacts(bed))['mv-kept']).to.equal(links['mv-kept']);
      operator.remove('kept.yaml');
      await eventually(async () => {
        expect(await linkFacts(bed)).to.not.have.any.keys(...linksOfIntegration('kept'));
        expect(unitStats(bed)).to.not.have.any.keys(...unitsOfIntegration('kept'));
      });
    });
  });
});
