import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { ObservedResolver } from '../../state/observed.ts';
import { resolverSteps, sameResolvConf } from '../../state/resolver.ts';
import { describeStep } from '../../state/step.ts';
import { desired, doc, observed, planInput } from './build.ts';

const stub = { type: 'link', target: '/run/systemd/resolve/stub-resolv.conf' } as const;
const uplink = { type: 'link', target: '/run/systemd/resolve/resolv.conf' } as const;
const file = { type: 'file', text: 'nameserver 192.0.2.53\n' } as const;
const absent = { type: 'absent' } as const;

const wanted = (spec: object) => desired(252, doc('Resolver', 'host', spec));
const dropInOf = (spec: object) => wanted(spec).resolver?.intent.dropIn;
const plain = {
  resolvConf: uplink,
  service: 'running',
  enabled: true,
  provided: ['stub', 'uplink'],
} as const;

function steps(
  spec: object,
  seen: Partial<ObservedResolver>,
  active: readonly ResourceKey[] = ['Resolver/host'],
) {
  const host = observed(252, { resolver: { ...plain, ...seen } });
  const input = planInput({ desired: wanted(spec), observed: host, inventory: emptyInventory });
  return resolverSteps(input, new Set(active)).map(describeStep);
}

function undone(
  inventory: Partial<Inventory>,
  seen: Partial<ObservedResolver>,
  present: readonly ResourceKey[] = [],
) {
  const nothing = desired(252);
  const spared = { ...nothing, inForce: { ...nothing.inForce, present: new Set(present) } };
  const host = observed(252, { resolver: { ...plain, ...seen } });
  const input = planInput({
    desired: spared,
    observed: host,
    inventory: { ...emptyInventory, ...inventory },
  });
  return resolverSteps(input, new Set()).map(describeStep);
}

describe('the steps of a Resolver', () => {
  const drop = 'write-resolved-drop-in resolved.conf.d/05-osa-net.conf: it differs from the document';
  const restart = 'restart-service systemd-resolved.service: its settings changed (service restart)';
  const enable = 'enable-service systemd-resolved.service: it is not enabled';
  const start = 'enable-service systemd-resolved.service: it is not running';
  const conf = (mode: string) => `write-resolv-conf /etc/resolv.conf: the document says ${mode}`;
  const dns = { dns: ['9.9.9.9'] };

  for (const [what, spec, seen, expected] of [
    ['nothing when all is as written', {}, {}, []],
    [
      'nothing for a relative link to the same file',
      {},
      { resolvConf: { type: 'link', target: '../run/systemd/resolve/resolv.conf' } },
      [],
    ],
    ['the link', {}, { resolvConf: file }, [conf('uplink')]],
    ['the other link', { resolvConf: 'stub' }, {}, [conf('stub')]],
    [
      'a file',
      { resolvConf: 'static', ...dns },
      { dropIn: dropInOf({ resolvConf: 'static', ...dns }) },
      [conf('static')],
    ],
    ['the drop-in, and a restart', dns, {}, [drop, restart]],
    ['the removal of a drop-in that is not wanted any more', {}, { dropIn: 'old' }, [drop, restart]],
    ['the service', {}, { enabled: false }, [enable]],
    ['the service and the settings that it has not read', dns, { enabled: false }, [drop, enable, restart]],
    ['the start of a stopped service, with its settings', dns, { service: 'stopped' }, [drop, start]],
    [
      'no service where that is not wanted',
      { enableService: false },
      { service: 'stopped', enabled: false },
      [],
    ],
    ['no service where there is none', {}, { service: 'not-installed', enabled: false }, []],
    ['no service where there is no systemd', {}, { service: 'no-systemd', enabled: false }, []],
    [
      'no link to a file that nobody provides',
      { enableService: false },
      { resolvConf: file, provided: [] },
      [],
    ],
    [
      'a link to what the started service will provide',
      {},
      { resolvConf: file, provided: [], service: 'stopped' },
      [start, conf('uplink')],
    ],
    [
      'a file, whoever runs',
      { resolvConf: 'static', enableService: false, ...dns },
      { provided: [], service: 'no-systemd' },
      [drop, conf('static')],
    ],
    ['nothing of a resolv.conf that is left alone', { resolvConf: 'unmanaged' }, { resolvConf: absent }, []],
  ] as const) {
    it(`are ${what}`, () => {
      expect(steps(spec, seen as Partial<ObservedResolver>)).to.deep.equal(expected);
    });
  }

  it('are none while it is suspended or its name is taken', () => {
    expect(steps({}, { resolvConf: file }, [])).to.deep.equal([]);
  });
});

describe('the steps that undo a Resolver', () => {
  const owned = { owner: 'Resolver/host', previous: file, dropIn: true } as const;
  const back = 'write-resolv-conf /etc/resolv.conf: Resolver/host is gone';
  const drop = 'write-resolved-drop-in resolved.conf.d/05-osa-net.conf: Resolver/host is gone';
  const restart = 'restart-service systemd-resolved.service: Resolver/host is gone (service restart)';

  it('put back what was there, and remove the drop-in', () => {
    expect(undone({ resolver: owned }, { dropIn: 'ours' })).to.deep.equal([back, drop, restart]);
    expect(undone({ resolver: owned }, { dropIn: 'ours', service: 'stopped' })).to.deep.equal([back, drop]);
    expect(undone({ resolver: { ...owned, previous: absent } }, {})).to.deep.equal([back]);
    expect(
      undone({ resolver: { ...owned, previous: undefined, dropIn: false } }, { dropIn: 'of another' }),
    ).to.deep.equal([]);
    expect(undone({ resolver: owned }, { resolvConf: file })).to.deep.equal([]);
  });

  it('are none where there was no Resolver, or it is to stay', () => {
    expect(undone({}, {})).to.deep.equal([]);
    expect(undone({ resolver: owned }, {}, ['Resolver/host'])).to.deep.equal([]);
    const record = { specHash: '', generation: 1, createdAt: '', file: '', keep: true };
    expect(undone({ resolver: owned, resources: { 'Resolver/host': record } }, {})).to.deep.equal([]);
  });
});

describe('two states of resolv.conf', () => {
  it('are the same or not', () => {
    const states = [absent, file, { type: 'file', text: '' } as const, uplink, stub];
    const same = states.map((one) => states.map((other) => Number(sameResolvConf(one, other))).join(''));
    expect(same).to.deep.equal(['10000', '01000', '00100', '00010', '00001']);
  });
});
