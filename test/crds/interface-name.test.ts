import { expect } from 'chai';
import fc from 'fast-check';
import { interfaceNameFault, madeNameFault } from '../../crds/interface-name.ts';

describe('interface names', () => {
  const names: readonly (readonly [name: string, code: string | undefined])[] = [
    ['br0', undefined],
    ['mv-container-v1', undefined],
    ['eth0.100', undefined],
    ['a', undefined],
    ['br_mgmt', undefined],
    ['0a', undefined],
    ['mv-container-v12', 'INTERFACE_NAME_TOO_LONG'],
    ['', 'BAD_INTERFACE_NAME'],
    ['.', 'BAD_INTERFACE_NAME'],
    ['..', 'BAD_INTERFACE_NAME'],
    ['all', 'BAD_INTERFACE_NAME'],
    ['default', 'BAD_INTERFACE_NAME'],
    ['12', 'BAD_INTERFACE_NAME'],
    ['br 0', 'BAD_INTERFACE_NAME'],
    ['br\t0', 'BAD_INTERFACE_NAME'],
    ['br\n0', 'BAD_INTERFACE_NAME'],
    ['br/0', 'BAD_INTERFACE_NAME'],
    ['br:0', 'BAD_INTERFACE_NAME'],
    ['br%d', 'BAD_INTERFACE_NAME'],
    ['br\u007f', 'BAD_INTERFACE_NAME'],
    ['brä', 'BAD_INTERFACE_NAME'],
    ['en*', 'BAD_INTERFACE_NAME'],
    ['!eth0', 'BAD_INTERFACE_NAME'],
    ['a"b', 'BAD_INTERFACE_NAME'],
    ['a\\b', 'BAD_INTERFACE_NAME'],
  ];
  for (const [name, code] of names) {
    it(`${JSON.stringify(name)}: ${code ?? 'fine'}`, () => {
      expect(interfaceNameFault(name)?.code).to.equal(code);
    });
  }

  it('have at most 15 printable bytes, none of which means something elsewhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 17 }), (name) => {
        if (interfaceNameFault(name) === undefined) expect(name).to.match(/^[!-~]{1,15}$/);
      }),
    );
  });

  for (const name of ['lo', 've-x', 'vb-x', 'vz-x', 'vt-x']) {
    it(`${name} is not for us to make`, () => {
      expect(madeNameFault(name)?.code).to.equal('BAD_INTERFACE_NAME');
      expect(interfaceNameFault(name)).to.equal(undefined);
    });
  }

  it('of ours are ours', () => {
    for (const name of ['br-container', 'mv-mgmt', 'veth0', 'lo0'])
      expect(madeNameFault(name)).to.equal(undefined);
  });
});
