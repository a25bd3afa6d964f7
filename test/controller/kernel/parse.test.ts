import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import {
  type KernelLink,
  parseDefaultRoutes,
  parseForeignRoutes,
  parseHeldAddresses,
  parseLinks,
} from '../../../controller/kernel/parse.ts';

/** What the iproute2 of each release printed of one and the same namespace. */
const fixtures = resolve(import.meta.dirname, '../../../../test/controller/kernel/fixtures');
const read = (name: string): string => readFileSync(`${fixtures}/${name}.txt`, 'utf8');

const mac = (last: number): string => `02:00:00:00:00:0${last}`;
const linkLocal = (last: number) => ({ cidr: `fe80::ff:fe00:${last}/64`, scope: 'link' });
const ethernet = { mtu: 1500, up: true, carrier: true };

const links: readonly KernelLink[] = [
  {
    ...{ ifindex: 1, name: 'lo', up: false, carrier: false, mtu: 65536 },
    ...{ mac: '00:00:00:00:00:00', addresses: [] },
  },
  {
    ...{ ifindex: 2, name: 'br0', kind: 'bridge', up: true, carrier: true, mtu: 1400, mac: mac(1) },
    addresses: [
      { cidr: '10.0.3.1/24', scope: 'global' },
      { cidr: 'fd00::1/64', scope: 'global' },
      linkLocal(1),
    ],
  },
  { ...ethernet, ifindex: 3, name: 'p1', kind: 'veth', parent: 'p0', mac: mac(3), addresses: [linkLocal(3)] },
  {
    ...{ ...ethernet, ifindex: 4, name: 'p0', kind: 'veth', parent: 'p1', master: 'br0' },
    ...{ mac: mac(2), addresses: [linkLocal(2)] },
  },
  {
    ...{ ...ethernet, ifindex: 5, name: 'mv0', kind: 'macvlan', parent: 'p1', mode: 'private', mac: mac(4) },
    addresses: [{ cidr: '10.9.0.1/32', scope: 'global' }, linkLocal(4)],
  },
  {
    ...{ ifindex: 7, name: 'far0', kind: 'veth', up: false, carrier: false, mtu: 1500 },
    ...{ parentElsewhere: true, mac: mac(5), addresses: [] },
  },
  {
    ...{ ifindex: 8, name: 'a@b"x', kind: 'bridge', up: false, carrier: false, mtu: 1500 },
    ...{ mac: mac(7), addresses: [] },
  },
];

describe('what ip -json prints', () => {
  for (const release of ['bullseye', 'bookworm', 'trixie']) {
    it(`is read as the same links from the iproute2 of ${release}`, () => {
      const seen = [...parseLinks(read(`links-${release}`)).values()];
      expect(seen.map(({ data: _, ...link }) => link)).to.deep.equal(links);
    });

    it(`is read with the settings of each kind from the iproute2 of ${release}`, () => {
      const seen = parseLinks(read(`links-${release}`));
      expect(seen.get('br0')?.data).to.include({ forward_delay: 1500, stp_state: 0, mcast_snooping: 1 });
      expect(seen.get('mv0')?.data).to.include({ mode: 'private' });
      expect(seen.get('lo')?.data).to.equal(undefined);
    });

    it(`is read as the same default routes from the iproute2 of ${release}`, () => {
      // A route without a gateway (dev mv0) leads to nobody and is left out.
      expect(parseDefaultRoutes(read(`routes-${release}`))).to.deep.equal([
        { link: 'br0', gateway: '10.0.3.2' },
        { link: 'br0', gateway: '10.0.3.3' },
        { link: 'br0', gateway: '10.0.3.4' },
        { link: 'br0', gateway: 'fe80::9' },
        { link: 'br0', gateway: 'fd00::2' },
      ]);
    });
  }

  it('is read from a batch, one array a line', () => {
    expect([...parseLinks(read('batch-trixie')).keys()]).to.deep.equal(['br0', 'mv0']);
  });

  const odd: readonly [string, string, readonly Partial<KernelLink>[]][] = [
    ['nothing at all', '', []],
    [
      'empty objects, as a filter leaves them',
      '[{},{},{"ifindex":3,"ifname":"a"}]',
      [{ ifindex: 3, name: 'a' }],
    ],
    ['no list', '{"ifindex":3,"ifname":"a"}', []],
    ['rows that are no objects', '[null,1,"a",[]]', []],
    ['an ifindex that is no number', '[{"ifindex":"3","ifname":"a"}]', []],
    ['an empty name', '[{"ifindex":3,"ifname":""}]', []],
    [
      'fields of the wrong type',
      '[{"ifindex":3,"ifname":"a","flags":"UP","mtu":"x","master":1,"linkinfo":[],"addr_info":{},"link":null}]',
      [{ ifindex: 3, name: 'a', up: false, carrier: false, mtu: 0, addresses: [] }],
    ],
    [
      'addresses without an address or a length',
      '[{"ifindex":3,"ifname":"a","addr_info":[{"local":"10.0.0.1"},{"prefixlen":8},{"local":"10.0.0.1","prefixlen":8,"scope":42}]}]',
      [{ addresses: [{ cidr: '10.0.0.1/8', scope: '42' }] }],
    ],
    ['a link elsewhere', '[{"ifindex":3,"ifname":"a","link_netnsid":0}]', [{ parentElsewhere: true }]],
  ];
  for (const [what, json, expected] of odd) {
    it(`is read with ${what}`, () => {
      const read = [...parseLinks(json).values()];
      expect(read).to.have.length(expected.length);
      expected.forEach((link, i) => {
        expect(read[i]).to.deep.include(link);
      });
    });
  }

  it('is an error when it is no JSON', () => {
    expect(() => parseLinks('Object "addres" is unknown')).to.throw(SyntaxError);
    expect(() => parseDefaultRoutes('[')).to.throw(SyntaxError);
  });
});

describe('what links receive for others', () => {
  it('is a unicast address of their own list, by link', () => {
    const row = (ifname: string, address: string, fields: object = {}) => {
      return { mac: address, ifname, flags: ['self'], state: 'permanent', ...fields };
    };
    const json = JSON.stringify([
      row('v2', mac(1)),
      row('v2', '33:33:00:00:00:01'),
      row('v2', '01:00:5e:00:00:01'),
      row('v2', mac(2)),
      row('p0', mac(3), { flags: [], master: 'br0' }),
      row('br0', mac(4), { master: 'br0' }),
      row('br0', mac(5)),
      'noise',
    ]);
    expect([...parseHeldAddresses(json)]).to.deep.equal([
      ['v2', [mac(1), mac(2)]],
      ['br0', [mac(5)]],
    ]);
  });
});

describe('default routes of others', () => {
  it('are those that neither networkd nor the kernel set, with who did', () => {
    const route = (protocol: unknown, gateway = '10.0.0.1') => ({
      dst: 'default',
      gateway,
      dev: 'br0',
      ...(protocol === undefined ? {} : { protocol }),
    });
    const json = JSON.stringify([
      route('static'),
      route('kernel'),
      route('zebra'),
      route('dhcp', '10.0.0.2'),
      route(undefined, '10.0.0.3'),
      route(188, '10.0.0.4'),
      { dst: 'default', protocol: 'bird', nexthops: [{ gateway: '10.0.0.5', dev: 'br1' }] },
    ]);
    expect(
      parseForeignRoutes(json).map(({ link, gateway, protocol }) => `${protocol} ${gateway} ${link}`),
    ).to.deep.equal([
      'zebra 10.0.0.1 br0',
      'dhcp 10.0.0.2 br0',
      'boot 10.0.0.3 br0',
      '188 10.0.0.4 br0',
      'bird 10.0.0.5 br1',
    ]);
  });
});
