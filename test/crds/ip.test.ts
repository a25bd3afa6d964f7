import { isIP } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Cidr, contains, format, hostAddressFault, parseCidr, parseIp } from '../../crds/ip.ts';

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if ('code' in parsed) throw new Error(parsed.message);
  return parsed;
}

describe('addresses', () => {
  const spellings: readonly (readonly [text: string, canonical: string | undefined])[] = [
    ['10.0.3.2', '10.0.3.2'],
    ['FD00:0:0::0A', 'fd00::a'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
    ['010.0.0.1', undefined],
    [' 10.0.0.1', undefined],
    ['10.0.0.1 ', undefined],
    ['10.1', undefined],
    ['0x0a000001', undefined],
    ['1::2::3', undefined],
    ['fe80::1%eth0', undefined],
    ['10.0.0.1/24', undefined],
    ['', undefined],
  ];
  for (const [text, canonical] of spellings) {
    it(`reads ${JSON.stringify(text)} as ${canonical ?? 'none'}`, () => {
      expect(parseIp(text)?.address).to.equal(canonical);
    });
  }

  it('come back from their numbers, and are addresses to the system', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text);
        expect(ip?.family).to.equal(isIP(text));
        if (!ip) return;
        expect(isIP(ip.address)).to.equal(ip.family);
        expect(format(ip.family, ip.value)).to.equal(ip.address);
        expect(parseIp(ip.address)).to.deep.equal(ip);
      }),
    );
  });
});

describe('addresses with prefix', () => {
  it('span their subnet', () => {
    expect(cidr('10.0.3.2/24')).to.deep.equal({
      family: 4,
      address: '10.0.3.2',
      value: 0x0a000302n,
      prefix: 24,
      text: '10.0.3.2/24',
      first: 0x0a000300n,
      last: 0x0a0003ffn,
    });
    expect(cidr('FD00::2/127')).to.include({ text: 'fd00::2/127', last: (0xfdn << 120n) + 3n });
  });

  it('contain what has their first bits, and nothing of the other family', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }), (a, b, prefix) => {
        const subnet = cidr(`${format(4, BigInt(a))}/${prefix}`);
        const other = parseIp(format(4, BigInt(b)));
        const bits = (value: number): string => value.toString(2).padStart(32, '0').slice(0, prefix);
        expect(other && contains(subnet, other)).to.equal(bits(a) === bits(b));
      }),
    );
    const ip = parseIp('::a00:1');
    expect(ip && contains(cidr('10.0.0.1/8'), ip)).to.equal(false);
  });

  const hosts: readonly (readonly [text: string, ok: boolean])[] = [
    ['10.0.3.2/24', true],
    ['10.0.3.0/24', false],
    ['10.0.3.255/24', false],
    ['10.0.3.255/16', true],
    ['10.0.3.0/31', true],
    ['10.0.3.0/32', true],
    ['0.0.0.5/8', false],
    ['224.0.0.1/4', false],
    ['255.255.255.255/32', false],
    ['fd00::/64', true],
    ['::1/128', false],
    ['ff02::1/64', false],
    ['::ffff:10.0.0.1/128', false],
    ['fe80::1/64', true],
  ];
  for (const [text, ok] of hosts) {
    it(`${text} is ${ok ? 'a' : 'no'} host`, () => {
      expect(hostAddressFault(cidr(text)) === undefined).to.equal(ok);
    });
  }
});
