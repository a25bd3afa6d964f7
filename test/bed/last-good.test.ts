import { expect } from 'chai';
import { edited } from '../demo/documents.ts';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import { originDocuments, published, readiness, ready, startOrigin } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { atOnce, startedOperator, stepsOf } from './restart.ts';
import { type HostState, hostState, linkFacts, unitStats } from './witness.ts';

const configDir = '/etc/osa-net.d';
const bridgeFile = 'containerbridge-container.yaml';

/** What the operator says of itself: the reasons of its conditions. */
function operatorReasons(bed: Bed): readonly string[] {
  return published(bed).operator.conditions.map(({ reason }) => reason);
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('the last good documents', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;
    let converged: HostState;

    before(async () => {
      ({ bed, operator } = await startOrigin(release));
    });

    beforeEach(async () => {
      for (const { file, text } of originDocuments()) operator.drop(file, text);
      await untilReady(originDocuments().length);
      converged = await settled();
    });

    after(async () => {
      expect(await operator.stop()).to.equal(0);
      await bed.stop();
    });

    /** Until so many resources there are, and all are ready. */
    async function untilReady(count: number): Promise<void> {
      await eventually(() => expect(published(bed).items).to.have.length(count));
      await ready(bed);
    }

    /**
     * The host once two looks at it are the same and no address is tentative: those of IPv6, and their routes, come a
     * moment after their links are ready.
     */
    async function settled(): Promise<HostState> {
      let before = await hostState(bed);
      return eventually(
        async () => {
          const now = await hostState(bed);
          const { stdout: tentative } = await bed.sh('ip -6 address show tentative');
          const same = tentative === '' && JSON.stringify(now) === JSON.stringify(before);
          before = now;
          return same && now;
        },
        10_000,
        300,
      );
    }

    async function restart(how: 'stop' | 'kill9'): Promise<void> {
      await operator[how]();
      operator = await startedOperator(bed);
    }

    async function assertUntouched(): Promise<void> {
      expect(await hostState(bed)).to.deep.equal(converged);
    }

    it('stay in force while a file is broken, across restarts too, and the status says where', async () => {
      const good = bed.read(`${configDir}/${bridgeFile}`);
      operator.drop(bridgeFile, edited(good, '10.0.3.2/24', '10.0.3.2/99'));
      const line = good.split('\n').findIndex((text) => text.includes('10.0.3.2/24')) + 1;
      const column = (good.split('\n')[line - 1] ?? '').indexOf('10.0.3.2') + 1;
      const assertBroken = async () => {
        const { reason, message } = await eventually(() => {
          const condition = readiness(bed, 'ContainerBridge/container');
          return condition.status === 'False' && condition;
        });
        expect(reason).to.equal('ValidationFailed');
        expect(message.startsWith(`${configDir}/${bridgeFile}:${line}:${column}: `), message).to.equal(true);
        const { stdout, code } = await bed.sh('osa-net status', { check: false });
        expect(stdout).to.contain(`${configDir}/${bridgeFile}:${line}:${column}: `);
        expect(code).to.equal(1);
        await assertUntouched();
      };
      await assertBroken();
      for (const how of ['stop', 'kill9'] as const) {
        await restart(how);
        await assertBroken();
        expect(stepsOf(operator)).to.deep.equal([]);
      }
      operator.drop(bridgeFile, good);
      await ready(bed);
      await assertUntouched();
    });

    it('stay in force when the whole directory is removed, and it may come back', async () => {
      const first = operator;
      const from = first.log.length;
      bed.remove(configDir);
      await eventually(() => expect(operatorReasons(bed)).to.deep.equal(['PruneBlocked']));
      expect(readiness(bed, 'ContainerBridge/container')).to.include({
        status: 'False',
        reason: 'PruneBlocked',
      });
      const prune = await bed.sh('osa-net prune --yes', { check: false });
      expect(prune.code, 'nobody knows what was meant').to.equal(1);
      for (const how of ['stop', 'kill9'] as const) {
        await restart(how);
        expect(operatorReasons(bed)).to.deep.equal(['PruneBlocked']);
      }
      await assertUntouched();

      for (const { file, text } of originDocuments()) bed.write(`${configDir}/${file}`, text);
      await eventually(() => expect(operatorReasons(bed)).to.deep.equal([]));
      await ready(bed);
      expect([...stepsOf(operator), ...stepsOf(first, from)]).to.deep.equal([]);
      await assertUntouched();
    });

    it('stay in force when more than half of them vanish at once, until they are let go', async () => {
      const gone = ['mgmt', 'vlan', 'vxlan', 'storage', 'flat'];
      await atOnce(operator, () => {
        for (const name of gone) operator.remove(`macvlanintegration-${name}.yaml`);
      });
      await eventually(() => expect(operatorReasons(bed)).to.deep.equal(['PruneBlocked']));
      const list = await bed.sh('osa-net prune', { check: false });
      expect(list.code).to.equal(1);
      const rows = list.stdout.trim().split('\n').slice(1);
      expect(rows.map((row) => row.split(/\s+/)[0])).to.deep.equal(
        gone.map((name) => `MacvlanIntegration/${name}`).sort(),
      );
      expect(rows.find((row) => row.includes('/mgmt'))).to.contain('mv-mgmt,mv-mgmt-v1,mv-mgmt-v2');
      await restart('kill9');
      expect(operatorReasons(bed)).to.deep.equal(['PruneBlocked']);
      await assertUntouched();

      expect((await bed.sh('osa-net prune --yes')).code).to.equal(0);
      const isGone = (name: string) => gone.some((one) => new RegExp(`mv-${one}(-v[12])?(\\.|$)`).test(name));
      const rest = <T>(all: Readonly<Record<string, T>>) => Object.keys(all).filter((name) => !isGone(name));
      await eventually(async () => {
        expect(Object.keys(await linkFacts(bed))).to.have.members(rest(converged.links));
        expect(Object.keys(unitStats(bed))).to.have.members(rest(converged.units));
      });
      await untilReady(originDocuments().length - gone.length);
      expect(operatorReasons(bed)).to.deep.equal([]);
      const after = await hostState(bed);
      for (const name of ['br-container', 'mv-container', 'mv-container-v1', 'cable-mgmt'])
        expect(after.links[name]).to.equal(converged.links[name]);
      expect((await bed.sh('osa-net prune')).stdout).to.equal('');
    });

    it('go one by one when their files do, the last one too', async () => {
      const files = originDocuments().map(({ file }) => file);
      for (const [i, file] of files.entries()) {
        operator.remove(file);
        await eventually(() => expect(published(bed).items).to.have.length(files.length - 1 - i));
        expect(operatorReasons(bed)).to.deep.equal([]);
      }
      const foreign = Object.keys(converged.links).filter((name) => !/^(mv-|br-container)/.test(name));
      expect(Object.keys(await linkFacts(bed))).to.have.members(foreign);
      expect(unitStats(bed)).to.deep.equal({});
    });

    it('go with a file of which only a comment is left', async () => {
      operator.drop('macvlanintegration-flat.yaml', '# no longer used\n');
      await untilReady(originDocuments().length - 1);
      expect(operatorReasons(bed)).to.deep.equal([]);
      expect(await linkFacts(bed)).not.to.have.any.keys('mv-flat', 'mv-flat-v1', 'mv-flat-v2');
    });

    it('stay when their file is emptied by a writer that did not get further', async () => {
      bed.write(`${configDir}/macvlanintegration-flat.yaml`, '');
      await eventually(() => {
        const { status, reason, message } = readiness(bed, 'MacvlanIntegration/flat');
        expect({ status, reason }).to.deep.equal({ status: 'False', reason: 'ValidationFailed' });
        expect(message).to.match(/^\/etc\/osa-net\.d\/macvlanintegration-flat\.yaml:1:1: /);
      });
      await assertUntouched();
    });
  });
});
