import { expect } from 'chai';
import { createFactsCache } from '../../controller/facts-cache.ts';
import type { HostFacts } from '../../controller/kernel/facts.ts';
import { wantsOf } from '../../state/wants.ts';
import { bridge, desired, doc } from '../state/build.ts';

/** A kernel that notes what it is asked for. */
function recording() {
  const asked: string[] = [];
  let broken = false;
  const note = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return broken ? Promise.reject(new Error('no answer')) : Promise.resolve(answer);
  };
  const facts: HostFacts = {
    routes: (protocols) => note(`routes ${protocols}`, []),
    rules: () => note('rules', []),
    sysctl: (path) => {
      asked.push(path);
      return path.includes('ipv6') ? undefined : '1';
    },
    masqueraded: (families) => note(`nat ${families}`, ['10.0.0.0/24']),
    dhcpServers: () => note('dhcp', new Set(['br-a'])),
    put: () => Promise.resolve(),
    followNat: () => ({ pid: undefined, stop: () => Promise.resolve() }),
  };
  const kernel = { facts, defaultRoutes: () => note('gateways', []) };
  return { kernel, taken: () => asked.splice(0).sort(), breakIt: (is: boolean) => (broken = is) };
}

const wanted = (...all: Parameters<typeof desired>) => wantsOf(desired(...all));

const nat = {
  addresses: ['10.0.0.1/24', 'fd00::1/64'],
  gateway: '10.0.0.254',
  masquerade: 'both',
  dhcpServer: {},
};
const rich = wanted(
  252,
  bridge('a', nat),
  doc('Network', 'n', {
    Match: { Name: 'n' },
    Route: { Destination: '10.1.0.0/16' },
    RoutingPolicyRule: { From: '10.1.0.0/16' },
  }),
);
const all = [
  'dhcp',
  'gateways',
  'nat ip,ip6',
  'net/ipv4/conf/br-a/forwarding',
  'net/ipv4/ip_forward',
  'net/ipv6/conf/all/forwarding',
  'net/ipv6/conf/br-a/forwarding',
  'routes 4',
  'rules',
];

describe('what is read of a host beyond its links', () => {
  it('is all that is promised, once', async () => {
    const { kernel, taken } = recording();
    const cache = createFactsCache(kernel);
    const seen = await cache.look(rich);
    expect(taken()).to.deep.equal(all);
    expect([...(seen.sysctls ?? [])].map(([path]) => path)).to.deep.equal([
      'net/ipv4/ip_forward',
      'net/ipv4/conf/br-a/forwarding',
    ]);
    expect(await cache.look(rich)).to.deep.equal(seen);
    expect(taken()).to.deep.equal([]);
  });

  it('is nothing where nothing is promised', async () => {
    const { kernel, taken } = recording();
    const seen = await createFactsCache(kernel).look(wanted(252, bridge('plain')));
    expect(taken()).to.deep.equal([]);
    expect(seen.routes ?? seen.rules ?? seen.sysctls ?? seen.masqueraded ?? seen.dhcpServers).to.equal(
      undefined,
    );
    expect(seen.defaultRoutes).to.deep.equal([]);
  });

  it('is read again as far as something changed', async () => {
    const { kernel, taken } = recording();
    const cache = createFactsCache(kernel);
    await cache.look(rich);
    taken();
    for (const [mark, expected] of [
      [() => cache.mark('rules'), ['rules']],
      [() => cache.mark('nat'), ['nat ip,ip6']],
      [() => cache.markLinks(['br-a']), ['gateways', 'routes 4']],
      [() => cache.markLinks('all'), all],
    ] as const) {
      mark();
      await cache.look(rich);
      expect(taken()).to.deep.equal(expected);
    }
  });

  it('is read again as far as other things are promised', async () => {
    const { kernel, taken } = recording();
    const cache = createFactsCache(kernel);
    await cache.look(rich);
    taken();
    await cache.look(wanted(252, bridge('a', { ...nat, masquerade: 'ipv4' })));
    expect(taken()).to.deep.equal([
      'gateways',
      'nat ip',
      'net/ipv4/conf/br-a/forwarding',
      'net/ipv4/ip_forward',
    ]);
  });

  it('is asked for again when there was no answer', async () => {
    const { kernel, taken, breakIt } = recording();
    const cache = createFactsCache(kernel);
    breakIt(true);
    const failure = await cache.look(rich).catch((error: Error) => error.message);
    expect(failure).to.equal('no answer');
    taken();
    breakIt(false);
    await cache.look(rich);
    expect(taken()).to.deep.equal(all);
  });
});
