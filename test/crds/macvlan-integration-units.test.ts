import { expect } from 'chai';
import type { Capabilities } from '../../crds/networkd/capabilities.ts';
import { capabilitiesOf, newestSystemd, oldestSystemd } from '../../crds/networkd/capabilities.ts';
import type { AnyResource } from '../../crds/resource.ts';
import { expectationOf, expectationsOf, linesOf, rendered, resource } from './documents.ts';

const integration = (spec: object = {}) => resource('MacvlanIntegration', 'a', { bridge: 'br-a', ...spec });
const ours = resource('ContainerBridge', 'a', {});
const raw = resource('NetDev', 'a', { NetDev: { Name: 'br-a', Kind: 'bridge' } });
const noBridge = resource('NetDev', 'a', { NetDev: { Name: 'br-a', Kind: 'bond' } });

function linesOfLink(link: string, version: number, ...all: readonly AnyResource[]): readonly string[] {
  return linesOf(rendered(version, ...all), `05-osa-net-${link}.network`);
}

describe('units of a MacvlanIntegration', () => {
  it('are a macvlan, a veth pair, and three networks', () => {
    const all = rendered(252, integration({ mode: 'vepa' }));
    expect(all.units.map(({ name }) => name.slice('05-osa-net-'.length))).to.deep.equal([
      'mv-a-v1.netdev',
      'mv-a-v1.network',
      'mv-a-v2.network',
      'mv-a.netdev',
      'mv-a.network',
    ]);
    expect(linesOf(all, '05-osa-net-mv-a.netdev')).to.deep.equal([
      '[NetDev] Name=mv-a',
      '[NetDev] Kind=macvlan',
      '[MACVLAN] Mode=vepa',
    ]);
    expect(linesOf(all, '05-osa-net-mv-a-v1.netdev')).to.deep.equal([
      '[NetDev] Name=mv-a-v1',
      '[NetDev] Kind=veth',
      '[Peer] Name=mv-a-v2',
    ]);
    expect(linesOf(all, '05-osa-net-mv-a.network')).to.deep.equal([
      '[Match] Name=mv-a',
      '[Link] RequiredForOnline=no',
      '[Network] DHCP=no',
      '[Network] ConfigureWithoutCarrier=yes',
      '[Network] IPv6AcceptRA=no',
    ]);
    expect(linesOf(all, '05-osa-net-mv-a-v2.network')).to.deep.equal([
      '[Match] Name=mv-a-v2',
      '[Link] RequiredForOnline=no',
      '[Network] MACVLAN=mv-a',
      '[Network] ConfigureWithoutCarrier=yes',
      '[Network] IPv6AcceptRA=no',
    ]);
    expect(all.units.map(({ dependsOn }) => dependsOn)).to.deep.equal([[], [], ['mv-a'], [], []]);
  });

  for (const [reason, bridge] of [
    ['a ContainerBridge', ours],
    ['a raw NetDev', raw],
  ] as const) {
    it(`plug into the bridge of ${reason} through networkd, whatever the order of the documents`, () => {
      for (const all of [
        [integration(), bridge],
        [bridge, integration()],
      ]) {
        expect(linesOfLink('mv-a-v1', 252, ...all)).to.include('[Network] Bridge=br-a');
        const { master } = expectationOf('mv-a-v1', 252, ...all);
        expect(master).to.deep.equal({ name: 'br-a', foreign: false });
      }
    });
  }

  const foreign: readonly [
    reason: string,
    version: number,
    others: readonly AnyResource[],
    keeps: boolean,
  ][] = [
    ['nobody makes', 249, [], false],
    ['nobody makes', 250, [], true],
    ['nobody makes', 262, [], true],
    ['is no bridge by its .netdev', 252, [noBridge], true],
  ];
  for (const [reason, version, others, keeps] of foreign) {
    it(`leave the plug to osa-net on v${version} for a bridge that ${reason}`, () => {
      const lines = linesOfLink('mv-a-v1', version, integration(), ...others);
      expect(lines.filter((line) => line.includes('Bridge='))).to.deep.equal([]);
      expect(lines.includes('[Network] KeepMaster=yes')).to.equal(keeps);
      expect(lines.includes('[Network] LinkLocalAddressing=no'), 'it would wait for one for ever').to.equal(
        !keeps,
      );
      const { master, requiredState } = expectationOf('mv-a-v1', version, integration(), ...others);
      expect(master).to.deep.equal({ name: 'br-a', foreign: true });
      expect(requiredState).to.equal(keeps ? 'degraded' : 'carrier');
    });
  }

  it('set the MTU of all three links', () => {
    for (const link of ['mv-a', 'mv-a-v1', 'mv-a-v2']) {
      expect(linesOfLink(link, 252, integration({ mtu: 9000 }))).to.include('[Link] MTUBytes=9000');
      expect(expectationOf(link, 252, integration({ mtu: 9000 })).mtu).to.equal(9000);
    }
  });
});

describe('expectations of a MacvlanIntegration', () => {
  it('are all that the document says of each link', () => {
    const spec = { interface: 'mv0', veth: { bridgeSide: 'v1', macvlanSide: 'v2' }, mode: 'private' };
    expect(expectationsOf(252, integration(spec))).to.deep.equal({
      mv0: {
        link: 'mv0',
        made: true,
        kind: 'macvlan',
        parent: 'v2',
        mode: 'private',
        requiredState: 'degraded',
        netdev: '05-osa-net-mv0.netdev',
        network: '05-osa-net-mv0.network',
        field: 'spec.interface',
      },
      v1: {
        link: 'v1',
        made: true,
        kind: 'veth',
        parent: 'v2',
        master: { name: 'br-a', foreign: true },
        requiredState: 'degraded',
        netdev: '05-osa-net-v1.netdev',
        network: '05-osa-net-v1.network',
        field: 'spec.bridge',
      },
      v2: {
        link: 'v2',
        made: true,
        kind: 'veth',
        parent: 'v1',
        requiredState: 'degraded',
        netdev: '05-osa-net-v1.netdev',
        network: '05-osa-net-v2.network',
        field: 'spec.veth.macvlanSide',
      },
    });
  });

  const states: readonly [spec: object, states: readonly string[]][] = [
    [{}, ['degraded', 'degraded', 'degraded']],
    [{ requiredState: 'off' }, ['off', 'off', 'off']],
    [{ requiredState: 'carrier' }, ['carrier', 'carrier', 'carrier']],
    [{ requiredState: 'routable' }, ['routable', 'degraded', 'degraded']],
    [{ mode: 'passthru' }, ['degraded', 'degraded', 'carrier']],
    [{ mode: 'passthru', requiredState: 'no-carrier' }, ['no-carrier', 'no-carrier', 'no-carrier']],
  ];
  for (const [spec, expected] of states) {
    it(`ask for ${expected.join(', ')} with ${JSON.stringify(spec)}`, () => {
      const all = expectationsOf(252, integration(spec));
      expect(['mv-a', 'mv-a-v1', 'mv-a-v2'].map((link) => all[link]?.requiredState)).to.deep.equal(expected);
    });
  }
});

describe('capabilities', () => {
  it('only ever change at a version, from one that was measured to the next', () => {
    const differing = (a: Capabilities, b: Capabilities) =>
      Object.entries(a).filter(([key, value]) => key !== 'version' && b[key as keyof Capabilities] !== value);
    const changes = new Map<number, readonly string[]>();
    for (let version = oldestSystemd + 1; version <= newestSystemd; version += 1) {
      const changed = differing(capabilitiesOf(version - 1), capabilitiesOf(version)).map(([key]) => key);
      if (changed.length > 0) changes.set(version, changed);
    }
    expect(changes.get(248)).to.deep.equal(['masqueradeFamilies', 'natTable', 'ruleTypes']);
    expect(changes.get(256)).to.deep.equal(['ipForward', 'masqueradeForwardsAll', 'persistLeases']);
    expect(changes.get(258)).to.deep.equal(['persistLeasesRuntime']);
    expect(differing(capabilitiesOf(newestSystemd), capabilitiesOf(999))).to.deep.equal([]);
    expect(differing(capabilitiesOf(oldestSystemd), capabilitiesOf(1))).to.deep.equal([]);
  });

  it('are those of a whole number', () => {
    expect(() => capabilitiesOf(252.5)).to.throw(TypeError, '252.5');
  });
});
