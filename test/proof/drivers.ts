import { rmSync, statSync, writeFileSync } from 'node:fs';
import { type Bed, type Release, startBed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { dropDocument } from '../bed/operator.ts';
import { foreign, originLinks, published, ready, startOrigin } from '../bed/origin.ts';
import { linkFacts } from '../bed/witness.ts';
import { makeForeignBridges } from '../demo/surroundings.ts';
import type { Change } from './changes.ts';
import { unitsMadeOf } from './units.ts';

/** A way of carrying out changes of documents on a host. */
export interface Driver {
  readonly title: string;
  /** Makes a host with the origin's topology. */
  start(release: Release, documents: readonly Change[]): Promise<Driven>;
}

export interface Driven {
  readonly bed: Bed;
  /** Resolves when the change is made, or taken up. */
  change(change: Change): Promise<void>;
  /** Resolves when all of them are carried out. */
  settle(): Promise<void>;
}

export const drivers: Readonly<Record<string, Driver>> = {
  'osa-net': { title: 'osa-net', start: startOsaNet },
  restart: { title: 'units by hand, restart of networkd', start: startByHand },
};

async function startOsaNet(release: Release): Promise<Driven> {
  const { bed } = await startOrigin(release);
  const passedAt = () => statSync(`${bed.root}/run/osa-net/status.json`, { bigint: true }).mtimeNs;
  return {
    bed,
    async change({ file, text }) {
      const before = passedAt();
      if (text === undefined) bed.remove(`/etc/osa-net.d/${file}`);
      else dropDocument(bed, file, text);
      // Each change is a pass of its own: many in one would disturb less.
      await eventually(() => passedAt() > before, 10_000);
    },
    async settle() {
      await ready(bed, undefined, 60_000);
      if (published(bed).items.length < foreign.length)
        throw new Error('the documents of the origin are gone');
    },
  };
}

/** The same units, each change written as a script would, and networkd stopped and started (there is no systemd here). */
async function startByHand(release: Release, documents: readonly Change[]): Promise<Driven> {
  const bed = await startBed({ release });
  await makeForeignBridges(bed);
  const texts = new Map(documents.map(({ file, text }) => [file, text ?? '']));
  let units: ReadonlyMap<string, string> = new Map();
  const write = () => {
    const next = unitsMadeOf([...texts.values()].join('\n---\n'), bed.version);
    const path = (name: string) => `${bed.root}/etc/systemd/network/${name}`;
    for (const [name, text] of next) if (units.get(name) !== text) writeFileSync(path(name), text);
    for (const name of units.keys()) if (!next.has(name)) rmSync(path(name));
    units = next;
  };
  write();
  await bed.networkd.restart();
  await eventually(async () => {
    const there = Object.keys(await linkFacts(bed));
    return originLinks.every((link) => there.includes(link));
  }, 15_000);
  await bed.sh(foreign.map((name) => `ip link set mv-${name}-v1 master br-${name}`).join('; '));
  return {
    bed,
    async change({ file, text }) {
      if (text === undefined) texts.delete(file);
      else texts.set(file, text);
      write();
      await bed.networkd.restart();
    },
    settle: async () => undefined,
  };
}
