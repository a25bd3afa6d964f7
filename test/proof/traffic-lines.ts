import { text } from 'node:stream/consumers';
import type { Bed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { foreign } from '../bed/origin.ts';
import { checkout } from '../bed/places.ts';
import type { InsideProcess } from '../bed/process.ts';
import type { Figures } from './traffic-inside.ts';

const script = `${checkout}/build/test/proof/traffic-inside.js`;

/** Names of the integrations that carry traffic. */
const carriers: readonly string[] = ['container', ...foreign];

/** Traffic that is under way in a bed. */
export interface Traffic {
  /** Where all ends meet: ending it ends every connection. */
  readonly server: InsideProcess;
  /** Ends the traffic. @returns what each integration's client counted, by its name */
  stop(): Promise<ReadonlyMap<string, Figures>>;
}

/**
 * Starts a client behind each integration of the origin, in a namespace with a macvlan on mv-<name> as a container has
 * it, which talks to this host's address on the bridge at the other end. The one of br-container holds a TCP stream too.
 */
export async function startTraffic(bed: Bed): Promise<Traffic> {
  const server = bed.spawn([process.execPath, script, 'server']);
  let said = '';
  server.child.stdout?.on('data', (chunk) => (said += chunk));
  await eventually(() => said.includes('ready'));
  const clients = new Map(
    await Promise.all(
      carriers.map(async (name, index) => [name, await startClient(bed, name, index)] as const),
    ),
  );
  return {
    server,
    async stop() {
      const figures = new Map<string, Figures>();
      for (const { child } of clients.values()) child.child.stdin?.end();
      for (const [name, { output }] of clients) figures.set(name, JSON.parse(await output) as Figures);
      return figures;
    },
  };
}

async function startClient(bed: Bed, name: string, index: number) {
  const net = name === 'container' ? '10.0.3' : `10.200.${index}`;
  const host = name === 'container' ? `${net}.2` : `${net}.1`;
  if (name !== 'container') await bed.sh(`ip addr add ${host}/24 dev br-${name}`);
  const space = await bed.namespace(`behind-${name}`);
  await space.macvlan(`mv-${name}`);
  await space.sh(`ip addr add ${net}.99/24 dev mv0`);
  await eventually(() => space.ping(host), 15_000);
  const enter = ['nsenter', `--net=/run/netns/${space.name}`, process.execPath, script];
  const child = bed.spawn([...enter, 'client', host, ...(name === 'container' ? ['tcp'] : [])]);
  if (!child.child.stdout) throw new Error('cannot read what a client counts: no pipe');
  child.child.stderr?.resume();
  return { child, output: text(child.child.stdout) };
}
