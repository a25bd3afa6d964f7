import { expect } from 'chai';
import * as fc from 'fast-check';
import type { ResourceKey } from '../../crds/resource.ts';
import { ownerOf } from '../../crds/unit.ts';
import { bridge, integration, netdev, source, view } from './build.ts';
import { ModelHost } from './model.ts';
import { type Disk, emptyDisk, Process } from './process.ts';

const versions = [247, 252, 256, 257];

/** Documents that never contradict each other, by the file they stand in. */
interface Scene {
  readonly bridges: Readonly<Record<string, { dummies: boolean; address: number; mtu: boolean } | undefined>>;
  readonly integrations: Readonly<Record<string, { on: string; mode: string } | undefined>>;
  readonly netdevs: Readonly<Record<string, { kind: string; mtu: number } | undefined>>;
  readonly together: boolean;
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const bridgeSpec = fc.record({ dummies: fc.boolean(), address: fc.nat(2), mtu: fc.boolean() });
const integrationSpec = fc.record({
  on: fc.constantFrom('br-a', 'br-b', 'br-f', 'br-none'),
  mode: fc.constantFrom('bridge', 'vepa', 'passthru'),
});
const netdevSpec = fc.record({ kind: fc.constantFrom('dummy', 'veth'), mtu: fc.constantFrom(1400, 1500) });
const scene: fc.Arbitrary<Scene> = fc.record({
  bridges: fc.record({ a: optional(bridgeSpec), b: optional(bridgeSpec), c: optional(bridgeSpec) }),
  integrations: fc.record({ m: optional(integrationSpec), n: optional(integrationSpec) }),
  netdevs: fc.record({ x: optional(netdevSpec), y: optional(netdevSpec) }),
  together: fc.boolean(),
});

function documentsOf({ bridges, integrations, netdevs }: Scene): readonly string[] {
  return [
    ...Object.entries(bridges).flatMap(([name, spec], i) => {
      if (!spec) return [];
      const addresses = spec.address === 0 ? [] : [`10.0.${i}.${spec.address}/24`];
      return bridge(name, {
        addresses,
        dummies: spec.dummies ? [`d-${name}`] : [],
        ...(spec.mtu && { mtu: 1400 }),
      });
    }),
    ...Object.entries(integrations).flatMap(([name, spec]) =>
      spec ? integration(name, spec.on, { mode: spec.mode }) : [],
    ),
    ...Object.entries(netdevs).flatMap(([name, spec]) => {
      if (!spec) return [];
      const peer = spec.kind === 'veth' ? { Peer: { Name: `${name}-p` } } : {};
      return netdev(name, spec.kind, { ...peer, Link: { MTUBytes: spec.mtu } });
    }),
  ];
}

function viewOf(scene: Scene) {
  const documents = documentsOf(scene);
  const files = scene.together
    ? [source('all.yaml', ...documents)]
    : documents.map((text) =>
        source(`${/"kind":"(\w+)"/.exec(text)?.[1]}-${/"name":"(\w+)"/.exec(text)?.[1]}.yaml`, text),
      );
  return view(...files.filter(({ loaded }) => loaded.documents.length > 0));
}

/** A host on which others have a bridge, a card, a link of a name that documents may want, and a unit of one. */
function hostOf(version: number): ModelHost {
  const host = new ModelHost(version);
  host.addForeign('br-f', 'bridge', { addresses: ['192.0.2.1/24'] });
  host.addForeign('eth0', undefined, { addresses: ['198.51.100.7/24'] });
  host.addForeign('br-c', 'bridge', { addresses: ['203.0.113.1/24'] });
  host.writeFile('10-eth0.network', '[Match]\nName=eth0\n');
  host.writeFile('05-osa-net-y.netdev', '[NetDev]\nName=y\nKind=vcan\n');
  host.start();
  return host;
}

/** Resources whose names others have. */
const taken = new Set<ResourceKey>(['ContainerBridge/c', 'NetDev/y']);
const foreignLinks = ['br-f', 'eth0', 'br-c'];
const foreignUnits = ['10-eth0.network', '05-osa-net-y.netdev'];

function foreignOf(host: ModelHost): string {
  // A bridge that gets a port has another state, and is otherwise as it was.
  const links = foreignLinks.map((name) => ({ ...host.links.get(name), operational: '' }));
  return JSON.stringify([links, foreignUnits.map((name) => host.files.get(name))]);
}

/** Everything of ours on the host is in the inventory. */
function unrecorded(host: ModelHost, { inventory }: Disk): readonly string[] {
  const units = [...host.files].filter(([, { text }]) => ownerOf(text)).map(([name]) => name);
  const links = [...host.links.values()].filter(
    ({ madeBy }) => madeBy?.startsWith('05-osa-net-') && !foreignUnits.includes(madeBy),
  );
  return [
    ...units.filter((name) => !inventory.units[name]),
    ...links.map(({ name }) => name).filter((name) => !inventory.links[name]),
  ];
}

/** What of the host differs from the documents, and from the inventory. */
function wrongWith(process: Process): readonly string[] {
  const { host, disk, desired } = process;
  if (!desired) return ['no pass was made'];
  const wanted = [...desired.units.values()].filter(({ owner }) => !taken.has(owner));
  const made = [...desired.made.values()].filter(({ owner }) => !taken.has(owner));
  const ours = [...host.files.keys()].filter((name) => !foreignUnits.includes(name));
  return [
    ...wanted
      .filter(({ name, text }) => host.files.get(name)?.text !== text)
      .map(({ name }) => `${name} differs`),
    ...ours
      .filter((name) => !wanted.some((unit) => unit.name === name))
      .map((name) => `${name} is left over`),
    ...made
      .filter(({ link, kind }) => host.links.get(link)?.kind !== kind)
      .map(({ link }) => `${link} is not made`),
    ...[...host.links.keys()]
      .filter((name) => !foreignLinks.includes(name) && !made.some(({ link }) => link === name))
      .map((name) => `${name} is left over`),
    ...Object.keys(disk.inventory.units)
      .filter((name) => !ours.includes(name))
      .map((name) => `${name} is recorded`),
    ...Object.keys(disk.inventory.links)
      .filter((name) => !made.some(({ link }) => link === name))
      .map((name) => `${name} is recorded`),
    ...(disk.inventory.reloadPending ? ['a reload is pending'] : []),
  ];
}

/** Documents on `br-none`, which nobody makes, never become ready; everything else settles. */
function settle(process: Process, scene: Scene, approved: ReadonlySet<ResourceKey>): void {
  const now = viewOf(scene);
  const waits = Object.values(scene.integrations).some(
    (spec) => spec && (spec.on === 'br-none' || (!scene.bridges[spec.on.slice(3)] && spec.on !== 'br-f')),
  );
  if (waits) {
    for (let i = 0; i < 12; i++) {
      process.pass(now, { approved });
      process.now = Math.max(
        process.now + 6_000,
        ...[...process.progress.values()].map(({ nextAt }) => nextAt),
      );
    }
    return;
  }
  expect(process.converge(now, { approved }), 'passes').to.be.lessThan(15);
  expect(process.pass(now).steps).to.deep.equal([]);
}

/** Whatever vanishes is approved: the guard has tests of its own. */
const approveAll = (): ReadonlySet<ResourceKey> => {
  const kinds = ['ContainerBridge', 'MacvlanIntegration', 'NetDev'] as const;
  return new Set(kinds.flatMap((kind) => 'abcmnxy'.split('').map((name): ResourceKey => `${kind}/${name}`)));
};

class Killed extends Error {}

/** Kills at the n-th boundary, and looks at every one whether all of ours is on record and nothing of others changed. */
function boundaryOf(process: Process, killAt: number) {
  const foreign = foreignOf(process.host);
  let count = 0;
  return () => {
    expect(unrecorded(process.host, process.disk), 'not on record').to.deep.equal([]);
    expect(foreignOf(process.host), 'what others made').to.equal(foreign);
    if (count++ === killAt) throw new Killed();
  };
}

/** Passes until the process is killed or nothing is left to do. */
function runUntilKilled(process: Process, scene: Scene, killAt: number): void {
  const now = viewOf(scene);
  const approved = approveAll();
  const boundary = boundaryOf(process, killAt);
  try {
    for (let i = 0; i < 6; i++) {
      process.pass(now, { approved, boundary });
      process.now += 6_000;
    }
  } catch (cause) {
    if (!(cause instanceof Killed)) throw cause;
  }
}

describe('a host under random documents', function () {
  this.timeout(60_000);

  for (const version of versions) {
    it(`converges and then stays still on v${version}`, (): void | Promise<void> => {
      return fc.assert(
        fc.property(fc.array(scene, { minLength: 1, maxLength: 3 }), (scenes) => {
          const process = new Process(hostOf(version), emptyDisk());
          for (const one of scenes) {
            settle(process, one, approveAll());
            expect(wrongWith(process)).to.deep.equal([]);
          }
        }),
        { numRuns: 40 },
      );
    });

    it(`converges after a kill at any boundary on v${version}`, (): void | Promise<void> => {
      return fc.assert(
        fc.property(scene, scene, fc.nat(60), fc.nat(60), (first, second, one, two) => {
          const host = hostOf(version);
          const disk = emptyDisk();
          runUntilKilled(new Process(host, disk), first, one);
          runUntilKilled(new Process(host, disk), second, two);
          const process = new Process(host, disk);
          const foreign = foreignOf(host);
          settle(process, second, approveAll());
          expect(wrongWith(process)).to.deep.equal([]);
          expect(foreignOf(host)).to.equal(foreign);
        }),
        { numRuns: 80 },
      );
    });

    it(`finds its own again when the inventory is lost on v${version}, and flaps nothing`, (): void | Promise<void> => {
      return fc.assert(
        fc.property(scene, (one) => {
          const host = hostOf(version);
          settle(new Process(host, emptyDisk()), one, approveAll());
          const indexes = JSON.stringify(
            [...host.links.values()].map(({ name, ifindex }) => [name, ifindex]),
          );
          const process = new Process(host, emptyDisk());
          settle(process, one, approveAll());
          expect(wrongWith(process)).to.deep.equal([]);
          expect(
            JSON.stringify([...host.links.values()].map(({ name, ifindex }) => [name, ifindex])),
          ).to.equal(indexes);
        }),
        { numRuns: 40 },
      );
    });

    it(`repairs links that others delete on v${version}`, (): void | Promise<void> => {
      return fc.assert(
        fc.property(scene, fc.nat(20), (one, which) => {
          const host = hostOf(version);
          const process = new Process(host, emptyDisk());
          settle(process, one, approveAll());
          const made = [...host.links.values()].filter(({ madeBy }) => madeBy !== undefined);
          const victim = made[which % Math.max(1, made.length)];
          if (victim) host.deleteLink(victim.name);
          settle(process, one, approveAll());
          expect(wrongWith(process)).to.deep.equal([]);
        }),
        { numRuns: 40 },
      );
    });
  }
});
