import { expect } from 'chai';
import { type LoadedFile, loadFile } from '../../crds/load.ts';
import { locate } from '../../crds/resource.ts';
import { documentOf } from './marked.ts';

function load(text: string): LoadedFile {
  return loadFile('dir/a.yaml', new TextEncoder().encode(text));
}

function only(text: string) {
  const { resources, problems } = load(text);
  expect(problems).to.deep.equal([]);
  const [resource] = resources;
  if (!resource) throw new Error('there is no resource');
  return resource;
}

const origin = `apiVersion: osa-net.dev/v1alpha1
kind: ContainerBridge
metadata:
  name: container
spec:
  dummies: [dummy0]
  addresses:
    - 10.0.3.2/24
    - 2001:DB8:0:0::1/64
  macAddress: 02-00-00-00-03-0A
  dhcpServer:
    poolOffset: 25
`;

describe('a valid document', () => {
  const defaults: readonly (readonly [kind: string, spec: string, filled: object])[] = [
    [
      'ContainerBridge',
      '{}',
      { dummies: [], interfaces: [], addresses: [], forwarding: 'none', masquerade: 'none' },
    ],
    ['MacvlanIntegration', 'bridge: br0', { bridge: 'br0', mode: 'bridge', veth: {} }],
    ['LinkPolicy', '{}', { match: { OriginalName: ['*'] }, unitName: '99-default' }],
    [
      'Resolver',
      '{}',
      {
        resolvConf: 'uplink',
        enableService: true,
        dns: [],
        fallbackDNS: [],
        domains: [],
        stubListenerExtra: [],
      },
    ],
    ['NetDev', 'NetDev: {Name: a0, Kind: dummy}', { NetDev: { Name: 'a0', Kind: 'dummy' } }],
    ['Network', 'Match: {Name: a0}', { Match: { Name: 'a0' } }],
    ['Link', 'Match: {OriginalName: a0}', { Match: { OriginalName: 'a0' } }],
  ];
  for (const [kind, spec, filled] of defaults) {
    it(`has the defaults of ${kind} filled in`, () => {
      const resource = only(documentOf(kind, 'a', spec));
      expect(resource.spec).to.deep.equal(filled);
      expect(resource.key).to.equal(`${kind}/a`);
      expect(resource.metadata).to.deep.equal({ name: 'a', labels: {}, annotations: {} });
    });
  }

  it('has addresses in canonical form', () => {
    const { spec } = only(origin);
    expect(spec).to.deep.include({
      addresses: ['10.0.3.2/24', '2001:db8::1/64'],
      macAddress: '02:00:00:00:03:0a',
    });
  });

  it('says where each field stands', () => {
    const { positions, location } = only(origin);
    const at = [...positions].map(
      ([path, { line, column, length }]) => `${path} ${line}:${column}+${length}`,
    );
    expect(at).to.include.members([
      'apiVersion 1:13+20',
      'metadata 3:1+8',
      'metadata.name 4:9+9',
      'spec 5:1+4',
      'spec.dummies 6:12+8',
      'spec.dummies.0 6:13+6',
      'spec.addresses 7:3+9',
      'spec.addresses.1 9:7+18',
      'spec.dhcpServer 11:3+10',
      'spec.dhcpServer.poolOffset 12:17+2',
    ]);
    expect(location).to.deep.equal({
      file: 'dir/a.yaml',
      line: 1,
      column: 1,
      length: 10,
      excerpt: 'apiVersion: osa-net.dev/v1alpha1',
    });
  });

  it('points to the nearest field around one that has its default', () => {
    const resource = only(origin);
    expect(locate(resource, 'spec.dhcpServer.poolSize').line).to.equal(11);
    expect(locate(resource, 'spec.interface').line).to.equal(5);
    expect(locate(resource, 'elsewhere').line).to.equal(1);
  });

  it('points to the alias where a value is one', () => {
    const { positions, spec } = only(documentOf('ContainerBridge', '&n c0', 'interface: *n'));
    expect(spec).to.include({ interface: 'c0' });
    expect(positions.get('spec.interface')).to.include({ line: 6, column: 14, length: 2 });
  });

  it('has the hash of what it says, not of how it is written', () => {
    const { specHash } = only(origin);
    const others = [
      origin.replace('[dummy0]', '["dummy0"] # carrier'),
      origin.replace('2001:DB8:0:0::1', '2001:db8::1'),
      origin.replace('name: container', 'name: other'),
      `${origin}  forwarding: none\n`,
    ];
    for (const text of others) expect(only(text).specHash).to.equal(specHash);
    expect(specHash).to.match(/^[0-9a-f]{64}$/);
    expect(only(origin.replace('dummy0', 'dummy1')).specHash).not.to.equal(specHash);
  });

  it('may be one of many in a file, each with its own start', () => {
    const { resources } = load(`---\n${origin}---\n# and\n${origin}...\n`);
    expect(resources.map(({ location }) => location.line)).to.deep.equal([2, 16]);
  });

  it("keeps networkd's own words as they are", () => {
    const { spec } = only(
      documentOf(
        'Network',
        'a',
        'Match: {Name: eth0}\nNetwork: {DHCP: yes, Address: [10.0.0.1/24, 10.0.1.1/24], IPv6AcceptRA: false}\nRoute:\n  - {Gateway: 10.0.0.254, Metric: 5}\n  - {Destination: 10.9.0.0/16}',
      ),
    );
    expect(spec).to.deep.equal({
      Match: { Name: 'eth0' },
      Network: { DHCP: 'yes', Address: ['10.0.0.1/24', '10.0.1.1/24'], IPv6AcceptRA: false },
      Route: [{ Gateway: '10.0.0.254', Metric: 5 }, { Destination: '10.9.0.0/16' }],
    });
  });

  it('takes the longest names that the kernel takes', () => {
    expect(only(documentOf('MacvlanIntegration', 'container', 'bridge: br-container')).key).to.equal(
      'MacvlanIntegration/container',
    );
  });

  it('names the fields to set where default names are too long', () => {
    const { problems } = load(documentOf('MacvlanIntegration', 'very-long-name', 'bridge: br0'));
    const said = problems.map(({ code, location, message, hint }) =>
      [code, location.line, location.column, `${message}; ${hint}`].join(' '),
    );
    expect(said).to.deep.equal([
      'INTERFACE_NAME_TOO_LONG 4 9 mv-very-long-name has 17 characters; the kernel takes 15; set spec.interface, or shorten metadata.name',
      'INTERFACE_NAME_TOO_LONG 4 9 mv-very-long-name-v1 has 20 characters; the kernel takes 15; set spec.veth.bridgeSide, or shorten metadata.name',
      'INTERFACE_NAME_TOO_LONG 4 9 mv-very-long-name-v2 has 20 characters; the kernel takes 15; set spec.veth.macvlanSide, or shorten metadata.name',
    ]);
    const set = 'bridge: br0\ninterface: mv0\nveth: {bridgeSide: a0, macvlanSide: a1}';
    only(documentOf('MacvlanIntegration', 'very-long-name', set));
  });
});
