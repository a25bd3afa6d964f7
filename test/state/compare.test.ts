import { expect } from 'chai';
import { differencesOf, isAtWork, mayTakeLong, reaches } from '../../state/compare.ts';
import type { ObservedLink } from '../../state/observed.ts';
import { describeStep, type Step, targetOf } from '../../state/step.ts';
import { link, links, observed } from './build.ts';

const nothing = { inventory: {}, desired: { linksOf: new Map(), made: new Map(), units: new Map() } };

const plain = { link: 'x', made: true, field: '/spec' } as const;

function seenWith(...all: readonly ObservedLink[]) {
  return { links: new Map(all.map((one) => [one.name, one])) };
}

describe('operational states', () => {
  it('are ordered as in networkd', () => {
    const order = [
      '-',
      'missing',
      'off',
      'no-carrier',
      'dormant',
      'degraded-carrier',
      'carrier',
      'degraded',
      'enslaved',
      'routable',
    ];
    for (const [i, one] of order.entries()) {
      expect(order.filter((other) => reaches(one, other))).to.deep.equal(order.slice(0, i + 1));
    }
  });

  it('mean that networkd is at work or not', () => {
    const words = [
      '-',
      'pending',
      'initialized',
      'configuring',
      'configured',
      'unmanaged',
      'failed',
      'linger',
    ];
    expect(words.filter((setup) => isAtWork(link('x', { setup })))).to.deep.equal(words.slice(0, 4));
    const long = words.filter((setup) => mayTakeLong(plain, seenWith(link('x', { setup }))));
    expect(long).to.deep.equal(words.slice(0, 4).filter((setup) => setup !== 'initialized'));
  });

  it('is not waited for long over a port that it should have plugged in at once', () => {
    const port = { ...plain, master: { name: 'br', foreign: false } };
    const waits = (fields: object, ...others: readonly string[]) =>
      mayTakeLong(port, seenWith(link('x', fields), ...others.map((name) => link(name))));
    expect(waits({ setup: 'configuring' }, 'br')).to.equal(false);
    expect(waits({ setup: 'configuring' })).to.equal(true);
    expect(waits({ setup: 'configuring', master: 'br' }, 'br')).to.equal(true);
    expect(waits({ setup: 'pending' }, 'br')).to.equal(true);
  });
});

describe('what differs of a link', () => {
  const promised = {
    link: 'x',
    made: true,
    kind: 'macvlan',
    parent: 'p',
    mode: 'bridge',
    master: { name: 'br', foreign: false },
    addresses: ['10.0.0.1/24', 'fd00::1/64'],
    gateways: ['10.0.0.254'],
    mtu: 1400,
    mac: '02:00:00:00:00:01',
    requiredState: 'degraded',
    network: '05-osa-net-x.network',
    field: 'spec.interface',
  } as const;
  const good = link('x', {
    kind: 'macvlan',
    parent: 'p',
    mode: 'bridge',
    master: 'br',
    addresses: ['fe80::1/64', 'fd00::1/64', '10.0.0.1/24'],
    mtu: 1400,
    mac: '02:00:00:00:00:01',
    operational: 'enslaved',
    networkFile: '/etc/systemd/network/05-osa-net-x.network',
  });
  const defaultRoutes = [{ link: 'x', gateway: '10.0.0.254' }];
  const differ = (fields: object, routes = defaultRoutes) =>
    differencesOf(
      promised,
      observed(252, { links: links({ ...good, ...fields }), defaultRoutes: routes }),
      nothing,
    ).map(({ aspect, message }) => `${aspect}: ${message}`);

  for (const [fields, expected] of [
    [{}, []],
    [{ kind: undefined }, ['kind: kind is hardware, should be macvlan']],
    [{ parent: undefined }, ['parent: stands on nothing, should stand on p']],
    [{ parent: 'q', parentElsewhere: true }, []],
    [{ mode: undefined }, ['mode: mode is none, should be bridge']],
    [{ master: 'other' }, ['master: master is other, should be br']],
    [{ mtu: 1500 }, ['mtu: mtu is 1500, should be 1400']],
    [{ mac: undefined }, ['mac: mac is none, should be 02:00:00:00:00:01']],
    [
      { addresses: ['10.0.0.1/16'] },
      ['address: address 10.0.0.1/24 is missing', 'address: address fd00::1/64 is missing'],
    ],
    [{ setup: 'failed' }, ['setup: networkd says failed']],
    [{ operational: 'no-carrier' }, ['state: operational state is no-carrier, should be degraded or better']],
    [{ operational: 'carrier' }, []],
    [{ networkFile: '/run/systemd/network/05-osa-net-x.network' }, []],
    [{ networkFile: undefined }, []],
    [{ networkFile: '' }, []],
    [
      { networkFile: '/lib/80-x.network', setup: 'failed' },
      ['shadowed: networkd applies /lib/80-x.network instead of 05-osa-net-x.network'],
    ],
  ] as const) {
    it(`is told for ${JSON.stringify(fields)}`, () => {
      expect(differ(fields)).to.deep.equal(expected);
    });
  }

  it('is told for its default routes, and not for those of others', () => {
    const message = ['gateway: default route through 10.0.0.254 is missing'];
    expect(differ({}, [])).to.deep.equal(message);
    expect(differ({}, [{ link: 'y', gateway: '10.0.0.254' }])).to.deep.equal(message);
  });

  it('is all when it is not there, and nothing where nothing is promised', () => {
    expect(differencesOf(promised, observed(252), nothing)).to.deep.equal([
      { link: 'x', aspect: 'missing', message: 'does not exist' },
    ]);
    const bare = observed(252, { links: links(link('x', { setup: 'failed', operational: 'off' })) });
    expect(differencesOf({ link: 'x', made: false, field: '' }, bare, nothing)).to.deep.equal([]);
  });
});

describe('a step in words', () => {
  const common = { reason: 'why', disruption: 'none' } as const;
  const unit = {
    name: 'u.network',
    owner: 'Network/u',
    text: '',
    hash: '',
    mode: 0o644,
    dependsOn: [],
  } as const;
  const steps: readonly (readonly [Step, string])[] = [
    [{ ...common, kind: 'remove-unit', unit: 'u.network' }, 'u.network'],
    [
      { ...common, kind: 'restore-unit', unit: 'u.network', former: { type: 'link', target: '/dev/null' } },
      'u.network',
    ],
    [{ ...common, kind: 'write-unit', unit }, 'u.network'],
    [{ ...common, kind: 'delete-link', link: 'x' }, 'x'],
    [{ ...common, kind: 'touch-dependents', units: ['a', 'b'] }, 'a b'],
    [{ ...common, kind: 'reload' }, 'systemd-networkd'],
    [{ ...common, kind: 'restart-networkd', cause: 'stale' }, 'systemd-networkd'],
    [{ ...common, kind: 'reconfigure-link', link: 'x' }, 'x'],
    [{ ...common, kind: 'set-link', link: 'x', property: 'master', value: '' }, 'x master none'],
    [{ ...common, kind: 'set-link', link: 'x', property: 'mtu', value: '1400' }, 'x mtu 1400'],
    [{ ...common, kind: 'trigger-udev' }, 'systemd-udevd'],
    [{ ...common, kind: 'write-resolved-drop-in', text: '' }, 'resolved.conf.d/05-osa-net.conf'],
    [{ ...common, kind: 'enable-service', service: 's' }, 's'],
    [{ ...common, kind: 'restart-service', service: 's' }, 's'],
    [{ ...common, kind: 'write-resolv-conf', content: { type: 'absent' } }, '/etc/resolv.conf'],
  ];
  for (const [step, target] of steps) {
    it(`names its target: ${step.kind}`, () => {
      expect(targetOf(step)).to.equal(target);
      expect(describeStep({ ...step, disruption: 'link flap' })).to.equal(
        `${step.kind} ${target}: why (link flap)`,
      );
    });
  }
});
