import { expect } from 'chai';
import fc from 'fast-check';
import { ifindexesOf, ifindexOfPath, LinkStates, pathOfIfindex } from '../../../controller/networkd/links.ts';
import { parseVersion } from '../../../controller/networkd/probe.ts';

const link = '/org/freedesktop/network1/link';

describe('the object path of a link', () => {
  const paths: readonly [string, number | undefined][] = [
    [`${link}/_31`, 1],
    [`${link}/_312`, 12],
    [`${link}/_3900`, 900],
    [`${link}/_3`, undefined],
    [`${link}/_41`, undefined],
    [`${link}/_31/x`, undefined],
    ['/org/freedesktop/network1', undefined],
    ['/org/freedesktop/network1/network/_310_2dbr0', undefined],
  ];
  for (const [path, ifindex] of paths) {
    it(`${path} is of ${ifindex === undefined ? 'no link' : `link ${ifindex}`}`, () => {
      expect(ifindexOfPath(path)).to.equal(ifindex);
    });
  }

  it('is found and read again for any ifindex', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (ifindex) => {
        expect(ifindexOfPath(pathOfIfindex(ifindex))).to.equal(ifindex);
      }),
    );
  });
});

describe('the reply of ListLinks', () => {
  it('is read row by row, and what is no row is left out', () => {
    expect(ifindexesOf([[1, 'lo', `${link}/_31`], [12, 'br0', `${link}/_312`], ['x'], 3])).to.deep.equal([
      1, 12,
    ]);
    expect(ifindexesOf('x')).to.deep.equal([]);
    expect(ifindexesOf(undefined)).to.deep.equal([]);
  });
});

describe('the states of links', () => {
  let states: LinkStates;
  const known = (): readonly unknown[] => [...states.known().values()];
  const both = { AdministrativeState: 'configured', OperationalState: 'routable' };

  beforeEach(() => {
    states = new LinkStates();
  });

  it('are known once both were told, in any number of signals', () => {
    expect(states.signal(3, { CarrierState: 'off', OperationalState: 'off' })).to.equal(true);
    expect(states.has(3)).to.equal(false);
    expect(known()).to.deep.equal([]);
    states.signal(3, { AdministrativeState: 'initialized' });
    states.signal(3, { AdministrativeState: 'configuring' });
    expect(states.has(3)).to.equal(true);
    expect(known()).to.deep.equal([{ ifindex: 3, setup: 'configuring', operational: 'off' }]);
  });

  it('are not changed by a signal that says nothing of them', () => {
    for (const properties of [{ AddressState: 'off' }, { AdministrativeState: 3 }, undefined, [], 'x']) {
      expect(states.signal(3, properties)).to.equal(false);
    }
    expect(known()).to.deep.equal([]);
  });

  it('are gone when the link lingers', () => {
    states.signal(3, both);
    expect(states.signal(3, { AdministrativeState: 'linger' })).to.equal(true);
    expect(known()).to.deep.equal([]);
    states.answer(4, states.now(), { ...both, AdministrativeState: 'linger' });
    expect(known()).to.deep.equal([]);
  });

  it('are not overwritten by an answer that a signal has overtaken', () => {
    const asked = states.now();
    states.signal(3, { OperationalState: 'carrier' });
    states.answer(3, asked, both);
    expect(known()).to.deep.equal([{ ifindex: 3, setup: 'configured', operational: 'carrier' }]);
    states.answer(3, states.now(), both);
    expect(known()).to.deep.equal([{ ifindex: 3, setup: 'configured', operational: 'routable' }]);
  });

  it('are forgotten when a list has them no more, unless a signal told of them since', () => {
    states.signal(3, both);
    states.signal(4, both);
    const asked = states.now();
    states.signal(5, both);
    states.listed(new Set([4]), asked);
    expect([...states.known().keys()]).to.deep.equal([4, 5]);
    states.clear();
    expect(known()).to.deep.equal([]);
  });
});

describe('the version of systemd', () => {
  const versions: readonly [unknown, number | undefined][] = [
    ['252.39-1~deb12u2', 252],
    ['v257', 257],
    ['systemd 247 (247.3-7+deb11u5)\n+PAM', 247],
    ['unknown', undefined],
    [252, undefined],
  ];
  for (const [text, version] of versions) {
    it(`of ${JSON.stringify(text)} is ${version}`, () => {
      expect(parseVersion(text)).to.equal(version);
    });
  }
});
