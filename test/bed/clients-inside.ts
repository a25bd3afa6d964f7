/**
 * Runs inside a bed: the clients of networkd, the kernel and systemd, and the prober, driven by JSON lines on stdin
 * (`{id, client, method, args}`), answering `{id, result}` or `{id, error}`, and telling `{event, changed}` and `{log}`.
 */
import { createInterface } from 'node:readline';
import { createBus } from '../../controller/dbus/bus.ts';
import { createKernelClient } from '../../controller/kernel/client.ts';
import { createNetworkdClient } from '../../controller/networkd/client.ts';
import { createProber } from '../../controller/probes/prober.ts';
import { createSystemdClient } from '../../controller/systemd/client.ts';

interface Request {
  readonly id: number;
  readonly client: 'networkd' | 'kernel' | 'systemd' | 'probes';
  readonly method: string;
  readonly args: readonly unknown[];
}

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line, plainMaps)}\n`);
const plainMaps = (_key: string, value: unknown): unknown =>
  value instanceof Map ? [...value.values()] : value;
const at =
  (level: string) =>
  (message: string): void =>
    tell({ log: `${level} ${message}` });
const log = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };

const bus = createBus({ log });
const networkd = createNetworkdClient({ bus, log });
const kernel = createKernelClient({ log });
const systemd = createSystemdClient({ bus });
const probes = createProber({ log });
networkd.onChange((changed) => tell({ event: 'networkd', changed }));
kernel.watch((changed) => tell({ event: 'kernel', changed }));
await networkd.start();
tell({ event: 'started' });

const clients = { networkd, kernel, systemd, probes } as unknown as Record<
  string,
  Record<string, (...args: readonly unknown[]) => unknown>
>;

async function answer({ id, client, method, args }: Request): Promise<void> {
  try {
    tell({ id, result: await clients[client]?.[method]?.(...args) });
  } catch (error) {
    tell({ id, error: (error as Error).message });
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as Request))
  .on('close', () => process.exit());
