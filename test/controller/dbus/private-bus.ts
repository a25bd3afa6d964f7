import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dbus from 'dbus-next';
import type { Logger } from '../../../controller/log.ts';

/** A real dbus-daemon of the test's own, at an address that stays the same when it is started again. */
export interface PrivateBus {
  readonly address: string;
  start(): Promise<void>;
  kill9(): Promise<void>;
  /** Another program on the bus: it answers `Echo` with its argument and `Never` not at all, and may own a name. */
  peer(): Promise<dbus.MessageBus>;
  /** How many match rules all connections have together (org.freedesktop.DBus.Debug.Stats). */
  matchRules(): Promise<number>;
  remove(): Promise<void>;
}

/** Whether there is a dbus-daemon to run. */
export const hasDaemon = spawnSync('dbus-daemon', ['--version']).status === 0;

const rules = '<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>';

/** @param limits `<limit name="…">…</limit>` lines of dbus-daemon(1) */
export async function startPrivateBus(limits = ''): Promise<PrivateBus> {
  const folder = mkdtempSync(join(tmpdir(), 'osa-net-bus-'));
  const address = `unix:path=${folder}/bus`;
  const policy = `<policy context="default">${rules}</policy>`;
  const config = `<busconfig><type>session</type><listen>${address}</listen>${policy}${limits}</busconfig>`;
  writeFileSync(`${folder}/bus.conf`, config);
  const peers: dbus.MessageBus[] = [];
  let daemon: ChildProcess | undefined;
  const bus: PrivateBus = {
    address,
    async start() {
      rmSync(`${folder}/bus`, { force: true });
      const flags = [`--config-file=${folder}/bus.conf`, '--nofork', '--print-address'];
      daemon = spawn('dbus-daemon', flags, { stdio: ['ignore', 'pipe', 'ignore'] });
      if (daemon.stdout) await once(daemon.stdout, 'data');
    },
    async kill9() {
      if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    },
    async peer() {
      const peer = dbus.sessionBus({ busAddress: address.replace('path=', 'socket=') });
      peers.push(peer);
      peer.on('error', () => undefined);
      peer.addMethodHandler((message: dbus.Message) => answer(peer, message));
      await once(peer, 'connect');
      return peer;
    },
    async matchRules() {
      const peer = await this.peer();
      const all = await peer.call(statsCall());
      peer.disconnect();
      return (Object.values(all?.body[0] ?? {}) as unknown[][]).flat().length;
    },
    async remove() {
      await this.kill9();
      for (const peer of peers) peer.removeAllListeners('message');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await bus.start();
  return bus;
}

function answer(peer: dbus.MessageBus, message: dbus.Message): boolean {
  if (message.member === 'Never') return true;
  if (message.member !== 'Echo') return false;
  const reply = dbus.Message.newMethodReturn(message, message.signature, message.body);
  peer.send(reply);
  return true;
}

function statsCall(): dbus.Message {
  return new dbus.Message({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus.Debug.Stats',
    member: 'GetAllMatchRules',
  });
}

/** A logger that only remembers: `level message`. */
export function rememberingLogger(): { readonly lines: string[]; readonly log: Logger } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level} ${message}`);
  return { lines, log: { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') } };
}
