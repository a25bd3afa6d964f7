import { expect } from 'chai';
import fc from 'fast-check';
import { loadFile } from '../../crds/load.ts';
import type { Problem } from '../../crds/problem.ts';
import { documentOf } from './marked.ts';

const valid = [
  documentOf(
    'ContainerBridge',
    'container',
    'dummies: [dummy0]\naddresses:\n  - 10.0.3.2/24\ngateway: 10.0.3.1\nmasquerade: ipv4\ndhcpServer: {poolOffset: 25, poolSize: 100}',
  ),
  documentOf('MacvlanIntegration', 'mgmt', 'bridge: br-mgmt\nveth: {bridgeSide: a0, macvlanSide: a1}'),
  documentOf('Network', 'eth0', 'Match: {Name: eth0}\nRoute: [{Gateway: 10.0.0.1}, {Metric: 5}]'),
  documentOf('Resolver', 'host', 'dns: [9.9.9.9]\ndnssec: "yes"'),
].join('---\n');

function load(text: string) {
  return loadFile('a.yaml', new TextEncoder().encode(text));
}

/** A position inside the text, with something to say. */
function isSound({ location, message, hint, code }: Problem, text: string): boolean {
  const line = text.split('\n')[location.line - 1];
  if (line === undefined || location.column < 1 || location.column > line.length + 1) return false;
  return location.length >= 1 && message !== '' && hint !== '' && code.length > 0;
}

describe('loading anything', function () {
  this.timeout(30_000);

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        loadFile('a.yaml', bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on texts with the letters of YAML, and positions are inside', () => {
    const letters = fc.constantFrom(...'abk:-?[]{}&*!|>%@#\'"\\,~<= \n\n\t01.é😀'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 120 }), (text) => {
        for (const problem of load(text).problems) expect(isSound(problem, text), text).to.equal(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws on valid documents after an accident, and says so or reads it whole', () => {
    const accident = fc.record({
      at: fc.nat(valid.length),
      cut: fc.nat(30),
      put: fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom('\n', '[', ': ', '"', '*x', '&x ', '---\n', '~'),
      ),
    });
    fc.assert(
      fc.property(fc.array(accident, { minLength: 1, maxLength: 3 }), (accidents) => {
        const text = accidents.reduce(
          (now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut),
          valid,
        );
        const { resources, documents, problems } = load(text);
        for (const { key } of resources) expect(documents.map((one) => one.key)).to.include(key);
        for (const problem of problems) expect(problem.location.line).to.be.at.least(1);
      }),
      { numRuns: 500 },
    );
  });

  it('gives JSON documents of any shape a problem each, or takes them', () => {
    const document = fc.record(
      {
        apiVersion: fc.constantFrom('osa-net.dev/v1alpha1', 'v1', 1),
        kind: fc.constantFrom(
          'ContainerBridge',
          'MacvlanIntegration',
          'LinkPolicy',
          'Resolver',
          'NetDev',
          'x',
        ),
        metadata: fc.oneof(fc.record({ name: fc.constantFrom('a', 'A', '../x') }), fc.jsonValue()),
        spec: fc.oneof(
          fc.dictionary(fc.constantFrom('bridge', 'mtu', 'veth', 'dns', 'match', 'NetDev'), fc.jsonValue()),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, (value) => {
        const { resources, problems } = load(JSON.stringify(value));
        expect(resources.length === 1).to.equal(problems.length === 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is blind to the order of keys', () => {
    const fields = {
      interfaces: ['eth1'],
      addresses: ['10.0.3.2/24'],
      gateway: '10.0.3.1',
      mtu: 1500,
      dhcpServer: { poolOffset: 5, poolSize: 7, emitDNS: true, defaultLeaseTime: '3h' },
    };
    const orders = fc.shuffledSubarray(Object.entries(fields), { minLength: 5 });
    const inner = fc.shuffledSubarray(Object.entries(fields.dhcpServer), { minLength: 4 });
    const hashes = new Set<string | undefined>();
    fc.assert(
      fc.property(orders, inner, (outer, server) => {
        const spec = { ...Object.fromEntries(outer), dhcpServer: Object.fromEntries(server) };
        hashes.add(load(documentOf('ContainerBridge', 'a', JSON.stringify(spec))).resources[0]?.specHash);
        expect([...hashes]).to.have.length(1);
      }),
      { numRuns: 200 },
    );
    expect([...hashes][0]).to.match(/^[0-9a-f]{64}$/);
  });
});
