import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { compileAll } from '../../crds/compile.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { render, renderedText } from '../../crds/render.ts';
import type { AnyResource } from '../../crds/resource.ts';
import { linesOf, rendered, resource, resourcesOf } from './documents.ts';

// Tests run from build/test/crds; the files they read stand in the checkout.
const checkout = new URL('../../../', import.meta.url);
const examples = new URL('deploy/examples/', checkout);
const golden = (version: number) => new URL(`test/crds/golden/origin-v${version}.txt`, checkout);

function example(name: string): readonly AnyResource[] {
  return resourcesOf(readFileSync(new URL(name, examples), 'utf8'), name);
}

describe('examples', () => {
  const names = readdirSync(examples).filter((name) => name.endsWith('.yaml'));

  it('are there', () => {
    expect(names).to.include('origin.yaml').and.to.have.length.above(2);
  });

  for (const name of names) {
    for (const version of [247, 252, 257, 262]) {
      it(`${name} loads without a problem and renders for v${version}`, () => {
        const { problems, resources } = loadFile(name, readFileSync(new URL(name, examples)));
        const result = render(resources, capabilitiesOf(version));
        expect(problems).to.deep.equal([]);
        expect(result.problems).to.deep.equal([]);
        expect(result.units).to.not.have.length(0);
      });
    }
  }
});

describe("the origin's topology", () => {
  for (const version of [247, 252, 257, 262]) {
    it(`renders for v${version} as it did before`, () => {
      const text = renderedText(rendered(version, ...example('origin.yaml')).units);
      // To take a wanted change over: OSA_NET_WRITE_GOLDEN=1 npm run unit, then read the diff.
      if (process.env['OSA_NET_WRITE_GOLDEN'] === '1') writeFileSync(golden(version), text);
      expect(text).to.equal(readFileSync(golden(version), 'utf8'));
    });
  }

  it('says what the origin wrote by hand', () => {
    const all = rendered(247, ...example('origin.yaml'));
    const byHand: Readonly<Record<string, readonly string[]>> = {
      '99-default.link': ['[Link] MACAddressPolicy=persistent'],
      '05-osa-net-dummy0.netdev': ['[NetDev] Name=dummy0', '[NetDev] Kind=dummy'],
      '05-osa-net-dummy0.network': ['[Match] Name=dummy0', '[Network] Bridge=br-container'],
      '05-osa-net-br-container.netdev': ['[NetDev] Name=br-container', '[NetDev] Kind=bridge'],
      '05-osa-net-br-container.network': [
        '[Match] Name=br-container',
        '[Network] Address=10.0.3.2/24',
        '[Network] Gateway=10.0.3.1',
        '[Network] IPMasquerade=yes',
        '[Network] DHCPServer=yes',
        '[DHCPServer] PoolOffset=25',
        '[DHCPServer] PoolSize=100',
        '[DHCPServer] DefaultLeaseTimeSec=3h',
        '[DHCPServer] EmitTimezone=yes',
        '[DHCPServer] EmitNTP=yes',
        '[DHCPServer] EmitDNS=yes',
      ],
      '05-osa-net-mv-container.netdev': ['[NetDev] Kind=macvlan', '[MACVLAN] Mode=bridge'],
      '05-osa-net-mv-container.network': ['[Match] Name=mv-container', '[Network] DHCP=no'],
      '05-osa-net-mv-container-v1.netdev': ['[NetDev] Kind=veth', '[Peer] Name=mv-container-v2'],
      '05-osa-net-mv-container-v1.network': ['[Network] Bridge=br-container'],
      '05-osa-net-mv-container-v2.network': ['[Network] MACVLAN=mv-container'],
    };
    for (const [unit, lines] of Object.entries(byHand)) expect(linesOf(all, unit)).to.include.members(lines);
    for (const name of ['mgmt', 'vlan', 'vxlan', 'storage', 'flat']) {
      expect(linesOf(all, `05-osa-net-mv-${name}-v2.network`)).to.include(`[Network] MACVLAN=mv-${name}`);
    }
    expect(all.units).to.have.length(1 + 4 + 6 * 5);
  });
});

describe('rendering', () => {
  const one = resource('MacvlanIntegration', 'a', { bridge: 'br-a' });

  it('prints each unit under its file name', () => {
    const { units } = rendered(252, one);
    const heads = renderedText(units).match(/^# 05-osa-net-.*$/gm);
    expect(heads).to.deep.equal(units.map(({ name }) => `# ${name}`));
  });

  it('does not depend on the order of documents', () => {
    const all = [
      ...example('origin.yaml'),
      ...example('raw-vrf.yaml'),
      resource('Network', 'port', { Match: { Name: 'eth7' }, Network: { Bridge: 'br-container' } }),
      resource('NetDev', 'late', { NetDev: { Name: 'br-mgmt', Kind: 'bridge' } }),
    ];
    const wanted = renderedText(rendered(252, ...all).units);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(renderedText(rendered(252, ...shuffled).units)).to.equal(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on where a document stands', () => {
    const spec = { bridge: 'br-a' };
    const [moved] = resourcesOf(
      `# moved\n---\n${JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind: 'MacvlanIntegration', metadata: { name: 'a' }, spec })}`,
      'other.yaml',
    );
    const texts = [one, moved].map((r) => renderedText(r ? rendered(252, r).units : []));
    expect(texts[0]).to.equal(texts[1]);
  });
});

describe('compiling again', () => {
  const capabilities = capabilitiesOf(252);
  const integration = resource('MacvlanIntegration', 'a', { bridge: 'br-a' });
  const bridge = resource('ContainerBridge', 'a', { addresses: ['10.0.3.2/24'] });
  const other = resource('MacvlanIntegration', 'b', { bridge: 'br-b' });

  it('gives the same object for what did not change', () => {
    const first = compileAll([integration, bridge, other], capabilities);
    const second = compileAll([other, integration, bridge], capabilitiesOf(252));
    expect(second.map((c) => first.includes(c))).to.deep.equal([true, true, true]);
  });

  it('sees that a bridge came, and that it went', () => {
    const foreign = () => compileAll([integration, other], capabilities)[0]?.links[1]?.master?.foreign;
    expect(foreign()).to.equal(true);
    const [plugged, , untouched] = compileAll([integration, bridge, other], capabilities);
    expect(plugged?.links[1]?.master?.foreign).to.equal(false);
    expect(compileAll([other], capabilities)[0]).to.equal(untouched);
    expect(foreign()).to.equal(true);
  });

  it('sees that a port came, without touching the unit of its bridge', () => {
    const [alone] = compileAll([bridge], capabilities);
    const [ported] = compileAll([bridge, integration], capabilities);
    expect(alone?.links[0]?.requiredState).to.equal('no-carrier');
    expect(ported?.links[0]?.requiredState).to.equal('routable');
    expect(ported?.fragments).to.deep.equal(alone?.fragments);
  });

  it('sees another systemd', () => {
    const [older] = compileAll([bridge], capabilitiesOf(247));
    expect(compileAll([bridge], capabilitiesOf(262))[0]).to.not.equal(older);
  });
});
