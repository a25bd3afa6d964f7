import { expect } from 'chai';
import { converge } from '../proof/converge.ts';
import type { Event } from '../proof/event.ts';
import { damage, sabotages } from '../proof/sabotage.ts';
import type { Spec } from '../proof/specs.ts';
import { Stage } from '../proof/stage.ts';
import { play, story } from '../proof/trial.ts';
import { forEachRelease } from './releases.ts';

/** Seeds of the schedules of a run, which takes a few seconds each: `npm run schedules` plays as many as one likes. */
const seeds = [1, 2, 3, 4, 5, 6];

forEachRelease(['host', 'trixie'], (release) => {
  describe('a random schedule of edits, kills, drift and full disks', function () {
    this.timeout(120_000);
    let stage: Stage;

    before(async () => {
      stage = await Stage.open(release);
    });

    after(() => stage.close());

    for (const seed of seeds) {
      it(`ends as the documents say, with everything foreign as it was (seed ${seed})`, async () => {
        const trial = await play(stage, seed, 60_000);
        expect(trial.problems, story(trial)).to.deep.equal([]);
      });
    }
  });
});

const documents: readonly Spec[] = [
  { kind: 'ContainerBridge', name: 'a', addresses: ['10.97.0.1/24'], mtu: 1450, dhcp: false, label: 0 },
  { kind: 'MacvlanIntegration', name: 'plug', bridge: 'br-a', mode: 'bridge', label: 0 },
];

forEachRelease(['host'], (release) => {
  describe('the judgement of a schedule', function () {
    this.timeout(60_000);
    let stage: Stage;

    beforeEach(async () => {
      stage = await Stage.open(release);
      const changes = documents.map((spec) => ({
        kind: 'write' as const,
        file: spec.name,
        specs: [spec],
      }));
      await stage.perform({ kind: 'heap', changes });
      expect((await converge(stage, 20_000)).problems).to.deep.equal([]);
    });

    afterEach(() => stage.close());

    for (const [what, sabotage] of Object.entries(sabotages)) {
      it(`sees ${what}`, async () => {
        await damage(stage, sabotage);
        expect((await converge(stage, 0)).problems.join('\n')).to.match(new RegExp(sabotage.problem, 'm'));
      });
    }

    const [a] = documents;
    const broken: Event = { kind: 'break', file: 'a', specs: a ? [a] : [], damage: 'syntax' };

    it('sees that a broken document removed what was in force', async () => {
      stage.sheet.prove();
      await stage.perform(broken);
      await stage.perform({ kind: 'kill', who: 'operator' });
      await stage.bed.sh('rm /var/lib/osa-net/documents/a.yaml; ip link del br-a');
      const { problems } = await converge(stage, 0);
      expect(problems).to.include('a.yaml is broken, and what was in force is lost');
    });

    it('sees that nobody is told of a broken document', async () => {
      stage.sheet.prove();
      await stage.perform({ kind: 'kill', who: 'operator' });
      await stage.perform(broken);
      expect((await converge(stage, 0)).problems).to.include('nothing says that a.yaml is broken');
    });

    it('has a networkd again that aborted, as its unit says, and counts it', async () => {
      await stage.bed.sh('kill -ABRT $(cat /run/bed/networkd.pid); ip link del br-a');
      expect((await converge(stage, 20_000)).problems).to.deep.equal([]);
      expect(stage.deaths).to.deep.equal({ operator: 0, networkd: 1 });
    });

    it('is content with a broken document whose last good version is in force', async () => {
      stage.sheet.prove();
      await stage.perform(broken);
      expect((await converge(stage, 20_000)).problems).to.deep.equal([]);
    });
  });
});
