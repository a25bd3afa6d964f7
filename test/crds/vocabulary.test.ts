import { expect } from 'chai';
import * as fc from 'fast-check';
import { newestSystemd, oldestSystemd } from '../../crds/networkd/capabilities.ts';
import { accepts } from '../../crds/networkd/values/accepts.ts';
import { inWords } from '../../crds/networkd/values/words.ts';
import {
  keyFacts,
  keyNames,
  netdevKind,
  netdevKindNames,
  sectionNames,
} from '../../crds/networkd/vocabulary.ts';
import { type UnitType, unitTypes } from '../../crds/networkd/vocabulary-types.ts';
import { casesOf } from '../language/cases.ts';

const versions = Array.from({ length: newestSystemd - oldestSystemd + 1 }, (_, i) => oldestSystemd + i);

/** Every key of every type of unit. */
const keys = unitTypes.flatMap((type) =>
  sectionNames(type).flatMap((section) => keyNames(type, section).map((key) => ({ type, section, key }))),
);

function factsOf(type: UnitType, section: string, key: string) {
  const facts = keyFacts(type, section, key);
  if (!facts) throw new Error(`nothing is known of .${type} [${section}] ${key}`);
  return facts;
}

const shapes = [
  ...new Set(
    keys.flatMap(({ type, section, key }) => {
      const facts = factsOf(type, section, key);
      return versions.filter((version) => version >= facts.since).map(facts.shapeIn);
    }),
  ),
];

describe("networkd's vocabulary", () => {
  it('has as many keys as networkd and udev read', () => {
    const counts = unitTypes.map((type) => keys.filter((one) => one.type === type).length);
    expect(counts).to.deep.equal([631, 246, 116]);
  });

  it('knows what every key takes in every version, in a form that can be checked and said', () => {
    for (const shape of shapes) {
      expect(accepts(shape, 'x'), shape).to.be.a('boolean');
      expect(inWords(shape), shape).to.not.equal('');
    }
  });

  const since: readonly (readonly [UnitType, string, number])[] = [
    ['network', 'Network.Address', 247],
    ['network', 'Network.KeepMaster', 250],
    ['network', 'Network.IPv4Forwarding', 256],
    ['network', 'DHCPServer.PersistLeases', 256],
    ['network', 'DHCPv6.UseSIP', 258],
    ['network', 'Link.ActivationPolicy', 248],
    ['netdev', 'Bridge.FDBMaxLearned', 257],
    ['link', 'Link.SR-IOVVirtualFunctions', 251],
    ['link', 'Match.Version', 258],
  ];
  for (const [type, id, version] of since) {
    it(`dates ${id} of a .${type} to ${version}`, () => {
      const [section = '', key = ''] = id.split('.');
      expect(factsOf(type, section, key).since).to.equal(version);
    });
  }

  it('does not know what only tables have and no reader gets to see', () => {
    expect(sectionNames('network')).to.not.include('IPoIB');
    expect(keyFacts('network', 'IPoIB', 'Mode')).to.equal(undefined);
    expect(keyFacts('network', 'constructor', 'name')).to.equal(undefined);
  });

  it('names successors of obsolete keys that are none themselves', () => {
    const obsolete = keys.flatMap(({ type, section, key }) => {
      const instead = factsOf(type, section, key).obsolete?.instead;
      return instead === undefined ? [] : [{ type, id: `${section}.${key}`, instead }];
    });
    expect(obsolete.length).to.be.greaterThan(50);
    for (const { type, id, instead } of obsolete) {
      // This one is of networkd.conf.
      if (id === 'DHCPServer.RelayAgentRemoteId') continue;
      const [section = '', key = ''] = instead.split('.');
      expect(factsOf(type, section, key).obsolete, `${id} → ${instead}`).to.equal(undefined);
    }
  });

  it('knows the kinds of network devices, their versions and their sections', () => {
    expect(netdevKindNames()).to.have.lengthOf(39);
    expect(netdevKind('veth')).to.deep.equal({ since: 247, sections: ['Match', 'NetDev', 'Peer'] });
    expect(netdevKind('hsr')?.since).to.equal(258);
    expect(netdevKind('netdevsim')?.until).to.equal(261);
    expect(netdevKind('toString')).to.equal(undefined);
  });
});

describe('values of networkd', () => {
  for (const version of [247, 252, 257, 262]) {
    for (const type of unitTypes) {
      // `npm run language` shows these to the real networkd, but for those of .link files, which udev reads.
      it(`are taken and refused in a .${type} of v${version} as networkd does`, () => {
        const cases = casesOf(type, version);
        expect(cases.length).to.be.greaterThan(300);
        const wrong = cases.filter(({ isGood, isAccepted }) => isGood !== isAccepted);
        expect(wrong.map(({ section, key, value }) => `[${section}] ${key}=${value}`)).to.deep.equal([]);
      });
    }
  }

  it('can be anything, and never make a check fail', (): void | Promise<void> => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[0-9a-f:./@, -]*$/),
    );
    return fc.assert(
      fc.property(fc.constantFrom(...shapes), text, (shape, value) => {
        expect(accepts(shape, value)).to.be.a('boolean');
      }),
      { numRuns: 5_000 },
    );
  });
});
