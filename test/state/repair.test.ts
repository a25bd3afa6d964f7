import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import type { ObservedLink } from '../../state/observed.ts';
import type { PlanInput } from '../../state/plan-input.ts';
import { describeStep } from '../../state/step.ts';
import { bridge, converged, integration, planOf, withLinks } from './build.ts';

const lines = (...args: Parameters<typeof planOf>) => planOf(...args).steps.map(describeStep);
const atRung = (rung: number | 'settling') => ({ rungOf: () => rung });

/** A converged host of which these links changed. */
function drifted(
  version: number,
  documents: readonly string[],
  changes: Readonly<Record<string, Partial<ObservedLink> | undefined>>,
): Pick<PlanInput, 'desired' | 'observed' | 'inventory'> {
  const known = converged(version, ...documents);
  return { ...known, observed: withLinks(known.observed, changes) };
}

describe('the repair of a link', () => {
  const documents = [
    bridge('a', { addresses: ['10.0.0.1/24'], gateway: '10.0.0.254', macAddress: '02:00:00:00:00:01' }),
    integration('m', 'br-a', { mtu: 1400 }),
    integration('f', 'br-f'),
  ];
  const foreign = { 'br-f': { kind: 'bridge' } };
  const settle = { defaultRoutes: [{ link: 'br-a', gateway: '10.0.0.254' }] };
  const host = (version: number, changes: Readonly<Record<string, Partial<ObservedLink> | undefined>>) => {
    const known = drifted(version, documents, { ...foreign, ...changes });
    return { ...known, observed: { ...known.observed, ...settle } };
  };

  for (const [what, changes, expected] of [
    [
      'a lost port of our bridge',
      { 'mv-m-v1': { master: undefined } },
      ['set-link mv-m-v1 master br-a: master is none, should be br-a'],
    ],
    [
      'a lost port of a foreign bridge',
      { 'mv-f-v1': { master: 'br-a' } },
      ['set-link mv-f-v1 master br-f: master is br-a, should be br-f'],
    ],
    [
      'a changed mode',
      { 'mv-m': { mode: 'vepa' } },
      ['set-link mv-m mode bridge: mode is vepa, should be bridge'],
    ],
    [
      'a changed MTU',
      { 'mv-m-v2': { mtu: 9000 } },
      ['set-link mv-m-v2 mtu 1400: mtu is 9000, should be 1400'],
    ],
    [
      'a changed MTU of a parent, which took that of the link on it along',
      { 'mv-m': { mtu: 1280 }, 'mv-m-v2': { mtu: 1280 } },
      [
        'set-link mv-m-v2 mtu 1400: mtu is 1280, should be 1400',
        'set-link mv-m mtu 1400: mtu is 1280, should be 1400',
      ],
    ],
    [
      'a changed MAC address',
      { 'br-a': { mac: '02:00:00:00:00:99' } },
      ['set-link br-a mac 02:00:00:00:00:01: mac is 02:00:00:00:00:99, should be 02:00:00:00:00:01'],
    ],
    [
      'a lost address',
      { 'br-a': { addresses: [] } },
      ['reconfigure-link br-a: address 10.0.0.1/24 is missing (link flap)'],
    ],
    [
      'two wants of one link',
      { 'br-a': { addresses: [], setup: 'failed' } },
      ['reconfigure-link br-a: address 10.0.0.1/24 is missing (link flap)'],
    ],
    [
      'a failed link',
      { 'mv-m': { setup: 'failed' } },
      ['reconfigure-link mv-m: networkd says failed (link flap)'],
    ],
    [
      'a link below its state',
      { 'mv-m': { operational: 'off' } },
      ['reconfigure-link mv-m: operational state is off, should be degraded or better (link flap)'],
    ],
    [
      'a lost link-local address',
      { 'mv-m': { operational: 'carrier' } },
      ['renew-link-local mv-m: operational state is carrier, should be degraded or better'],
    ],
    [
      'a deleted macvlan',
      { 'mv-m': undefined },
      [
        'touch-dependents 05-osa-net-mv-m-v2.network: they name links that are made anew',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
    [
      'a deleted bridge',
      { 'br-a': undefined, 'mv-m-v1': { master: undefined } },
      [
        'touch-dependents 05-osa-net-mv-m-v1.network: they name links that are made anew',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
    [
      'another parent',
      { 'mv-m': { parent: 'eth0' } },
      [
        'delete-link mv-m: stands on eth0, should stand on mv-m-v2 (recreate)',
        'touch-dependents 05-osa-net-mv-m-v2.network: they name links that are made anew',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
    ['want of carrier', { 'mv-m': { operational: 'no-carrier' } }, []],
    ['a parent in another namespace', { 'mv-m': { parent: 'eth0', parentElsewhere: true } }, []],
    ['a foreign bridge that is gone', { 'br-f': undefined, 'mv-f-v1': { master: undefined } }, []],
    [
      'the file of another',
      { 'mv-m': { networkFile: '/run/systemd/network/10-netplan.network', setup: 'configuring' } },
      [],
    ],
    [
      'the file of another that is gone',
      { 'mv-m': { networkFile: '/run/systemd/network/10-netplan.network', isNetworkFileGone: true } },
      [
        'touch-dependents 05-osa-net-mv-m.network: they name links that are made anew',
        'reload systemd-networkd: links must be made or looked at anew',
      ],
    ],
    [
      'networkd at work',
      { 'br-a': { setup: 'configuring', addresses: [] }, 'mv-m-v1': { setup: 'pending', master: undefined } },
      [],
    ],
  ] as const) {
    it(`answers ${what}`, () => {
      expect(lines(host(252, changes))).to.deep.equal(expected);
    });
  }

  it('answers a lost default route', () => {
    const known = host(252, {});
    expect(lines({ ...known, observed: { ...known.observed, defaultRoutes: [] } })).to.deep.equal([
      'add-route default via 10.0.0.254 dev br-a: default route through 10.0.0.254 is missing',
    ]);
  });

  it('counts by link and aspect', () => {
    const { repaired } = planOf(host(252, { 'mv-m': undefined, 'br-a': { addresses: [] } }));
    expect([...repaired]).to.deep.equal([
      ['ContainerBridge/a', ['br-a address']],
      ['MacvlanIntegration/m', ['mv-m missing']],
    ]);
  });

  it('leaves a field alone that must wait, and goes on with the others', () => {
    const known = host(252, { 'mv-m': { mode: 'vepa' }, 'mv-m-v2': { mtu: 9000 } });
    const mayRepair = (_: ResourceKey, field: string) => field !== 'mv-m mode';
    expect(lines(known, { mayRepair })).to.deep.equal([
      'set-link mv-m-v2 mtu 1400: mtu is 9000, should be 1400',
    ]);
  });

  it('leaves links to networkd whose units it has yet to read', () => {
    const known = host(252, { 'mv-m': { mode: 'vepa' }, 'br-a': { addresses: [] } });
    const units = new Map([...known.observed.units].filter(([name]) => !/mv-m\.|br-a\./.test(name)));
    const steps = lines({ ...known, observed: { ...known.observed, units } });
    expect(steps.filter((line) => !line.startsWith('write-unit'))).to.deep.equal([
      'reload systemd-networkd: 4 units changed',
    ]);
  });

  it('has the port of a bridge read again that was deleted while its document changed', () => {
    const known = host(252, { 'br-a': undefined, 'mv-m-v1': { master: undefined, setup: 'failed' } });
    const units = new Map([...known.observed.units].filter(([name]) => name !== '05-osa-net-br-a.network'));
    const { steps, repaired } = planOf(
      { ...known, observed: { ...known.observed, units } },
      { ...atRung('settling') },
    );
    expect(steps.map(describeStep).slice(1, 3)).to.deep.equal([
      'touch-dependents 05-osa-net-mv-m-v1.network: they name links that are made anew',
      'reload systemd-networkd: 1 unit changed',
    ]);
    expect(repaired.get('ContainerBridge/a')).to.deep.equal(['05-osa-net-br-a.network']);
  });

  describe('that is still settling', () => {
    for (const [what, version, changes, expected] of [
      [
        'waits for networkd',
        252,
        { 'br-a': { addresses: [] }, 'mv-m': undefined, 'mv-m-v2': { mtu: 9000 } },
        [],
      ],
      [
        'plugs into a foreign bridge',
        252,
        { 'mv-f-v1': { master: undefined } },
        ['set-link mv-f-v1 master br-f: master is none, should be br-f'],
      ],
      [
        'sets a mode, which networkd would not',
        257,
        { 'mv-m': { mode: 'vepa' } },
        ['set-link mv-m mode bridge: mode is vepa, should be bridge'],
      ],
      [
        'wakes a failed link up to v256',
        256,
        { 'mv-m': { setup: 'failed' } },
        ['reconfigure-link mv-m: networkd says failed (link flap)'],
      ],
      [
        'tells networkd of a port of a foreign bridge that it did not notice',
        252,
        { 'mv-f-v1': { operational: 'off' } },
        ['reconfigure-link mv-f-v1: operational state is off, should be degraded or better (link flap)'],
      ],
      ['does not where that would unplug it again', 249, { 'mv-f-v1': { operational: 'off' } }, []],
      ['lets v257 wake a failed link', 257, { 'mv-m': { setup: 'failed' } }, []],
    ] as const) {
      it(what, () => {
        expect(lines(host(version, changes), atRung('settling'))).to.deep.equal(expected);
      });
    }

    it('does not wait with what went wrong only now', () => {
      const isFresh = (_: ResourceKey, field: string) => field === 'br-a address';
      const known = host(252, { 'br-a': { addresses: [] }, 'mv-m-v2': { mtu: 9000 } });
      expect(lines(known, { ...atRung('settling'), isFresh })).to.deep.equal([
        'reconfigure-link br-a: address 10.0.0.1/24 is missing (link flap)',
      ]);
    });
  });
});
