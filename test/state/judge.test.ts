import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { type Evidence, judge } from '../../state/judge.ts';
import type { ObservedLink } from '../../state/observed.ts';
import type { Progress } from '../../state/progress.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  planOf,
  source,
  withLinks,
  withUnits,
} from './build.ts';

const now = 1_000_000;
const key = (kind: string, name: string) => `${kind}/${name}` as ResourceKey;
const waiting: Progress = { attempts: 0, nextAt: now, since: now, cause: 'drift', repairs: {} };

function evidence(
  documents: readonly string[],
  changes: Readonly<Record<string, Partial<ObservedLink> | undefined>> = {},
  fields: Partial<Evidence> = {},
): Evidence {
  const known = converged(252, ...documents);
  const seen = withLinks(known.observed, { 'br-f': { kind: 'bridge' }, ...changes });
  const plan = planOf({ ...known, observed: seen });
  return { ...known, observed: seen, plan, failures: new Map(), progress: new Map(), now, ...fields };
}

/** The judgement of the first document, as `Type=Status Reason`. */
function judged(given: Evidence, problems: Parameters<typeof judge>[2] = []) {
  const [resource] = given.desired.resources.values();
  if (!resource) throw new Error('no resource');
  const { ok, converged: done, verdicts, links } = judge(resource, given, problems);
  const words = verdicts.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  return { ok, converged: done, words, message: verdicts[0]?.message ?? '', links };
}

describe('the judgement of a resource', () => {
  const documents = [integration('m', 'br-f', { mtu: 1400 })];

  it('is Ready when everything is as written', () => {
    expect(judged(evidence(documents))).to.deep.equal({
      ok: true,
      converged: true,
      words: ['Ready=True ReconciliationSucceeded', 'Synced=True ReconciliationSucceeded'],
      message: '3 links are as written',
      links: ['mv-m', 'mv-m-v1', 'mv-m-v2'].map((name) => ({
        name,
        operational: 'routable',
        setup: 'configured',
        differences: [],
      })),
    });
    expect(judged(evidence([bridge('a')])).message).to.equal('1 link is as written');
    expect(judged(evidence([doc('LinkPolicy', 'p')])).message).to.equal('everything is as written');
  });

  it('says what differs, link by link, the same each time', () => {
    const changes = { 'mv-m': { mtu: 9000, mode: 'vepa' }, 'mv-m-v1': undefined };
    const { links, message, words } = judged(evidence(documents, changes));
    expect(message).to.equal(
      'mv-m: mode is vepa, should be bridge; mv-m: mtu is 9000, should be 1400; mv-m-v1: does not exist',
    );
    expect(links[1]).to.deep.equal({
      name: 'mv-m-v1',
      operational: 'missing',
      setup: '-',
      differences: ['does not exist'],
    });
    expect(words).to.deep.equal([
      'Ready=False Progressing',
      'Synced=False Progressing',
      'Reconciling=True Progressing',
    ]);
    expect(judged(evidence(documents, changes)).message).to.equal(message);
  });

  it('is Synced while only the network does not follow', () => {
    const { words } = judged(
      evidence(documents, { 'mv-m': { operational: 'no-carrier', setup: 'configuring' } }),
    );
    expect(words).to.include('Synced=True ReconciliationSucceeded');
    expect(words).to.include('Ready=False Progressing');
  });

  for (const [what, attempts, words] of [
    [
      'is retried',
      1,
      [
        'Ready=False ProgressingWithRetry',
        'Synced=False ProgressingWithRetry',
        'Reconciling=True ProgressingWithRetry',
      ],
    ],
    [
      'is stalled after ten tries, and still retried',
      10,
      [
        'Ready=False ProgressingWithRetry',
        'Synced=False ProgressingWithRetry',
        'Reconciling=True ProgressingWithRetry',
        'Stalled=True ProgressingWithRetry',
      ],
    ],
  ] as const) {
    it(what, () => {
      const progress = new Map([[key('MacvlanIntegration', 'm'), { ...waiting, attempts }]]);
      expect(judged(evidence(documents, { 'mv-m': { mode: 'vepa' } }, { progress })).words).to.deep.equal(
        words,
      );
    });
  }

  it('tells of somebody who writes the same field', () => {
    const repairs = { 'mv-m mode': [now - 3, now - 2, now - 1] };
    const progress = new Map([[key('MacvlanIntegration', 'm'), { ...waiting, repairs }]]);
    const { words } = judged(evidence(documents, { 'mv-m': { mode: 'vepa' } }, { progress }));
    expect(words[0]).to.equal('Ready=False ConflictDetected');
  });

  it('points at what the host must have and has not', () => {
    const bridgeGone = judged(evidence(documents, { 'br-f': undefined, 'mv-m-v1': { master: undefined } }));
    expect(bridgeGone.words[0]).to.equal('Ready=False DependencyNotReady');
    expect(bridgeGone.message).to.match(
      /^\/etc\/osa-net\.d\/000\.yaml:1:\d+: bridge br-f does not exist on this host; /,
    );
    const portGone = judged(evidence([bridge('a', { interfaces: ['eth7'] })], { eth7: undefined }));
    expect(portGone.message).to.match(
      /^\/etc\/osa-net\.d\/000\.yaml:1:\d+: link eth7 does not exist on this host; /,
    );
  });

  it('is stuck without what the host has not, but only where nothing else is wrong', () => {
    const isStuck = (changes: Parameters<typeof evidence>[1], text = documents) => {
      const given = evidence(text, { 'br-f': undefined, 'mv-m-v1': { master: undefined }, ...changes });
      const [resource] = given.desired.resources.values();
      return resource && judge(resource, given, []).isStuck;
    };
    expect(isStuck({})).to.equal(true);
    expect(isStuck({ 'mv-m-v1': { master: undefined, operational: 'carrier', setup: 'failed' } })).to.equal(
      true,
    );
    expect(isStuck({ 'mv-m': { mtu: 1280 } })).to.equal(false);
    expect(isStuck({ 'mv-m-v2': { operational: 'carrier' } })).to.equal(false);
    expect(isStuck({ eth7: undefined }, [bridge('a', { interfaces: ['eth7'] })])).to.equal(true);
  });

  it('tells which file shadows ours', () => {
    const networkFile = '/run/systemd/network/01-other.network';
    const { words, message } = judged(evidence(documents, { 'mv-m': { networkFile } }));
    expect(words[0]).to.equal('Ready=False ShadowedByOtherFile');
    expect(message).to.include(`networkd applies ${networkFile} instead of 05-osa-net-mv-m.network`);
  });

  it('is not done before its units are written and read', () => {
    const given = evidence(documents);
    const edited = withUnits(given.observed, { '05-osa-net-mv-m.netdev': { hash: 'x' } });
    expect(judged({ ...given, observed: edited })).to.deep.include({
      ok: false,
      converged: false,
      message: 'its units are not written yet',
    });
    const unread = judged({ ...given, inventory: { ...given.inventory, reloadPending: true } });
    expect(unread).to.deep.include({ ok: false, message: 'systemd-networkd has not read its units yet' });
  });
});

describe('what speaks against a resource that has converged', () => {
  const documents = [bridge('a'), bridge('b')];
  const given = evidence(documents);
  const { problems } = source('a.yaml', bridge('a', { mtuu: 1 })).loaded;
  const gone = { ...given.observed.networkd, state: 'unavailable', message: 'nobody owns the name' } as const;
  const prune = { blocked: 'vanished', held: [key('ContainerBridge', 'a')] };
  const suspended = desired(252, bridge('a', {}, { 'osa-net.dev/reconcile': 'suspended' }));
  const resource = given.desired.resources.get(key('ContainerBridge', 'a'));
  if (!resource) throw new Error('no resource');
  const refused = new Map([[resource.key, { resource, reason: 'Conflict' as const, problems }]]);

  for (const [what, fields, words, message] of [
    [
      'a refusal',
      { desired: { ...given.desired, refused } },
      ['Ready=False Conflict', 'Synced=False Conflict', 'Stalled=True Conflict'],
      /a\.yaml:1:\d+: .*mtuu/,
    ],
    [
      'a guarded prune',
      { desired: { ...given.desired, inForce: { ...given.desired.inForce, prune } } },
      ['Ready=False PruneBlocked', 'Synced=False PruneBlocked'],
      /^vanished$/,
    ],
    [
      'a suspension',
      { desired: suspended },
      ['Ready=Unknown ReconciliationSuspended', 'Synced=False ReconciliationSuspended'],
      /suspended by its annotation/,
    ],
    [
      'a networkd that is away',
      { observed: { ...given.observed, networkd: gone } },
      ['Ready=Unknown NetworkdUnavailable', 'Synced=False NetworkdUnavailable'],
      /^nobody owns the name$/,
    ],
    [
      'a name that is taken',
      { plan: { ...given.plan, foreign: new Map([[resource.key, 'taken']]) } },
      ['Ready=False Conflict', 'Synced=False Conflict', 'Stalled=True Conflict'],
      /^taken$/,
    ],
    [
      'a failed step',
      { failures: new Map([[resource.key, 'cannot write']]) },
      ['Ready=False ApplyFailed', 'Synced=False ApplyFailed', 'Reconciling=True ApplyFailed'],
      /^cannot write$/,
    ],
  ] as const) {
    it(`is ${what}`, () => {
      const result = judged({ ...given, ...(fields as Partial<Evidence>) });
      expect(result.words).to.deep.equal(words);
      expect(result.message).to.match(message);
      expect(result.ok).to.equal(false);
      expect(result.converged).to.equal(what !== 'a failed step');
    });
  }

  it('is a newer text with problems, all of them, before everything else', () => {
    const result = judged({ ...given, desired: { ...given.desired, refused } }, [...problems, ...problems]);
    expect(result.words[0]).to.equal('Ready=False ValidationFailed');
    expect(result.message.split('\n')).to.have.length(2 * problems.length);
    expect(result.words).to.include('Stalled=True ValidationFailed');
  });
});
