import { expect } from 'chai';
import fc from 'fast-check';
import { assemble } from '../../crds/assemble.ts';
import { compileAll } from '../../crds/compile.ts';
import type { Compiled, Entry, Fragment } from '../../crds/compiled.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { ownerOf, parseUnit, sha256 } from '../../crds/unit.ts';
import { resource } from './documents.ts';

function compiled(key: ResourceKey, ...fragments: readonly Fragment[]): Compiled {
  return { key, fragments, links: [] };
}

function fragment(section: string, ...entries: readonly Entry[]): Fragment {
  return { unit: 'a.network', section, entries };
}

function bodyOf(text: string) {
  return parseUnit(text).filter(({ name }) => name !== 'X-OsaNet');
}

describe('assembling units', () => {
  it('merges a section, keeps repeated ones apart, and names owner and hash', () => {
    const { units, conflicts } = assemble([
      compiled(
        'Network/a',
        fragment('Match', ['Name', 'eth0']),
        fragment('Network', ['DHCP', 'no']),
        { ...fragment('Address', ['Address', '10.0.0.1/24']), repeated: true },
        { ...fragment('Address', ['Address', '10.0.1.1/24']), repeated: true },
        fragment('Network', ['MACVLAN', 'mv0'], ['MACVLAN', 'mv1']),
      ),
    ]);
    const [unit] = units;
    expect(conflicts).to.deep.equal([]);
    expect(unit).to.include({ name: 'a.network', owner: 'Network/a', mode: 0o644 });
    expect(unit?.hash).to.equal(sha256(unit?.text ?? ''));
    expect(ownerOf(unit?.text ?? '')).to.include({ owner: 'Network/a', intact: true });
    expect(bodyOf(unit?.text ?? '')).to.deep.equal([
      { name: 'Match', entries: [['Name', 'eth0']] },
      {
        name: 'Network',
        entries: [
          ['DHCP', 'no'],
          ['MACVLAN', 'mv0'],
          ['MACVLAN', 'mv1'],
        ],
      },
      { name: 'Address', entries: [['Address', '10.0.0.1/24']] },
      { name: 'Address', entries: [['Address', '10.0.1.1/24']] },
    ]);
  });

  it('leaves a key to the first that writes it and reports the other', () => {
    const { units, conflicts } = assemble([
      compiled('Network/a', fragment('Network', ['DHCP', 'no'])),
      compiled('Network/b', fragment('Network', ['DHCP', 'yes'], ['DHCP', 'ipv4'], ['LLDP', 'yes'])),
    ]);
    expect(conflicts).to.deep.equal([
      { unit: 'a.network', key: 'Network/b', first: 'Network/a', section: 'Network', entry: 'DHCP' },
    ]);
    expect(bodyOf(units[0]?.text ?? '')[0]?.entries).to.deep.equal([
      ['DHCP', 'no'],
      ['LLDP', 'yes'],
    ]);
  });

  it('takes the same line of another resource for a conflict too', () => {
    const same = fragment('Match', ['Name', 'eth0']);
    expect(assemble([compiled('Network/a', same), compiled('Network/b', same)]).conflicts).to.have.length(1);
  });

  it('adds contributions to the unit of their owner in the order of their keys', () => {
    const vlan = (name: string): Compiled =>
      compiled(`NetDev/${name}`, { ...fragment('Network', ['VLAN', name]), contributes: true });
    const owner = compiled(
      'Network/a',
      fragment('Match', ['Name', 'eth0']),
      fragment('Network', ['LLDP', 'no']),
    );
    const orders = [
      [vlan('v2'), owner, vlan('v1'), vlan('v1')],
      [vlan('v1'), vlan('v1'), vlan('v2'), owner],
    ].map((all) => assemble(all));
    for (const { units, conflicts } of orders) {
      expect(conflicts).to.deep.equal([]);
      expect(units[0]?.owner).to.equal('Network/a');
      expect(bodyOf(units[0]?.text ?? '')[1]?.entries).to.deep.equal([
        ['LLDP', 'no'],
        ['VLAN', 'v1'],
        ['VLAN', 'v2'],
      ]);
    }
  });

  it('makes no unit of contributions alone', () => {
    const alone = compiled('NetDev/v', { ...fragment('Network', ['VLAN', 'v']), contributes: true });
    expect(assemble([alone]).units).to.deep.equal([]);
  });

  it('names the links that a unit refers to, sorted and once', () => {
    const { units } = assemble([
      compiled(
        'Network/a',
        fragment('Match', ['Name', 'eth0']),
        fragment('Network', ['VRF', 'vrf0'], ['MACVLAN', 'mv1 mv0'], ['VLAN', ''], ['Bridge', 'vrf0']),
        fragment('Bridge', ['Bridge', 'no']),
      ),
    ]);
    expect(units[0]?.dependsOn).to.deep.equal(['mv0', 'mv1', 'vrf0']);
  });

  const secrets: readonly [section: string, key: string, mode: number][] = [
    ['WireGuard', 'PrivateKey', 0o640],
    ['WireGuardPeer', 'PresharedKey', 0o640],
    ['MACsecTransmitAssociation', 'Key', 0o640],
    ['Link', 'WakeOnLanPassword', 0o640],
    ['WireGuard', 'PrivateKeyFile', 0o640],
    ['WireGuardPeer', 'PublicKey', 0o644],
    ['Tunnel', 'Key', 0o644],
    ['constructor', 'name', 0o644],
  ];
  for (const [section, key, mode] of secrets) {
    it(`gives a unit with ${section}.${key} the mode ${mode.toString(8)}`, () => {
      const { units } = assemble([compiled('NetDev/a', fragment(section, [key, 'x']))]);
      expect(units[0]?.mode).to.equal(mode);
    });
  }

  it('makes only the units of what changed anew', () => {
    const all = Array.from({ length: 20 }, (_, i) =>
      resource('MacvlanIntegration', `n${i}`, { bridge: 'br-mgmt' }),
    );
    const first = assemble(compileAll(all, capabilitiesOf(252))).units;
    const changed = all.with(7, resource('MacvlanIntegration', 'n7', { bridge: 'br-mgmt', mtu: 9000 }));
    const second = assemble(compileAll(changed, capabilitiesOf(252))).units;
    expect(second).to.have.length(100);
    const anew = second.filter((unit, i) => unit !== first[i]).map(({ name }) => name);
    expect(anew.every((name) => name.includes('mv-n7.') || name.includes('mv-n7-'))).to.equal(true);
    expect(anew).to.have.length(5);
  });

  it('makes a shared unit anew when who shares it changes', () => {
    const a = compiled('Network/a', fragment('Network', ['DHCP', 'no']));
    const b = compiled('Network/b', fragment('Network', ['LLDP', 'no']));
    const textOf = (...all: readonly Compiled[]) => assemble(all).units[0]?.text;
    const alone = textOf(a);
    expect(textOf(a, b)).to.not.equal(alone);
    expect(textOf(a)).to.equal(alone);
  });
});

const anyKey = fc.constantFrom<ResourceKey>('Network/a', 'Network/b', 'NetDev/c');
const anyFragment: fc.Arbitrary<Fragment> = fc.record({
  unit: fc.constantFrom('a.network', 'b.network'),
  section: fc.constantFrom('Match', 'Network'),
  entries: fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('1', '2')), { minLength: 1 }),
});

describe('assembling anything', () => {
  it('never lets two resources write one key of a section', () => {
    const any = fc.uniqueArray(fc.record({ key: anyKey, fragments: fc.array(anyFragment) }), {
      selector: ({ key }) => key,
    });
    fc.assert(
      fc.property(any, (parts) => {
        const all = parts.map(({ key, fragments }) => compiled(key, ...fragments));
        const { units, conflicts } = assemble(all);
        for (const unit of units) {
          for (const { name, entries } of bodyOf(unit.text)) {
            for (const key of new Set(entries.map(([k]) => k))) {
              const written = entries.filter(([k]) => k === key);
              const writers = all.filter(({ fragments }) => {
                const own = fragments
                  .filter((f) => f.unit === unit.name && f.section === name)
                  .flatMap((f) => f.entries.filter(([k]) => k === key));
                return JSON.stringify(own) === JSON.stringify(written);
              });
              expect(writers, `${unit.name} [${name}] ${key}`).to.not.have.length(0);
            }
          }
        }
        for (const { key, first } of conflicts) {
          const order = all.map((one) => one.key);
          expect(order.indexOf(first)).to.be.lessThan(order.indexOf(key));
        }
      }),
    );
  });
});
