import { expect } from 'chai';
import { type Evidence, judge } from '../../state/judge.ts';
import type { ObservedLink } from '../../state/observed.ts';
import { converged, desired, doc, observed, planOf, withLinks } from './build.ts';

const now = 1_000_000;

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

describe('the judgement of a resolver', () => {
  const wanted = desired(252, doc('Resolver', 'host', { dns: ['9.9.9.9'] }));
  const intent = wanted.resolver?.intent;
  const good = {
    resolvConf: { type: 'link', target: '../run/systemd/resolve/resolv.conf' },
    dropIn: intent?.dropIn,
    service: 'running',
    enabled: true,
    provided: ['uplink'],
  } as const;
  const given = { ...evidence([]), desired: wanted };
  const seen = (fields: object) => ({
    ...given,
    observed: observed(252, { resolver: { ...good, ...fields } }),
  });

  for (const [what, fields, word, message] of [
    ['all is well', {}, 'Ready=True ReconciliationSucceeded', 'everything is as written'],
    [
      'the link leads elsewhere',
      { resolvConf: { type: 'absent' } },
      'Ready=False Progressing',
      '/etc/resolv.conf is not as asked (uplink)',
    ],
    [
      'the drop-in is another',
      { dropIn: undefined },
      'Ready=False Progressing',
      'the drop-in of systemd-resolved differs',
    ],
    [
      'resolved is not installed',
      { service: 'not-installed' },
      'Ready=False DependencyNotReady',
      'systemd-resolved is not installed; install the package systemd-resolved',
    ],
    [
      'there is no systemd',
      { service: 'no-systemd' },
      'Ready=False DependencyNotReady',
      'systemd does not answer on the bus, so systemd-resolved cannot be enabled here',
    ],
    [
      'resolved is stopped',
      { service: 'stopped' },
      'Ready=False Progressing',
      'systemd-resolved is not running',
    ],
    [
      'resolved is not enabled',
      { enabled: false },
      'Ready=False Progressing',
      'systemd-resolved is not enabled',
    ],
  ] as const) {
    it(`says so when ${what}`, () => {
      const result = judged(seen(fields));
      expect([result.words[0], result.message]).to.deep.equal([word, message]);
    });
  }
});
