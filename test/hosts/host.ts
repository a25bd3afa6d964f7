import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseRoot } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { type Files, filesUnder } from '../bed/files.ts';
import { type IpEntry, ipJson } from '../bed/ip.ts';
import { bundle, checkout } from '../bed/places.ts';
import {
  childrenOf,
  type InsideProcess,
  runScript,
  type ScriptOptions,
  type ScriptResult,
  spawnInside,
} from '../bed/process.ts';

/** A Debian release with a systemd of 252 or 257. */
export type HostRelease = 'bookworm' | 'trixie';

/** A whole Debian host with its own PID 1, bus, journal and network; nothing of it reaches the machine. */
export interface Host extends Files {
  /** Major version of systemd, e.g. 252. */
  readonly version: number;
  /** The host's PID 1, as this process sees it. */
  readonly pid: number;
  /** Its file system as seen from here. */
  readonly root: string;
  sh(script: string, options?: ScriptOptions): Promise<ScriptResult>;
  /** `ip -json -details …`, parsed. */
  ip<T = readonly IpEntry[]>(...words: string[]): Promise<T>;
  /** Everything that it printed to its console so far. */
  console(): string;
  /** Starts a program in it; the node of this machine is /usr/bin/node there. */
  spawn(argv: readonly string[]): InsideProcess;
  /** Cuts its power and boots it again; what was not on its disk is gone, and so are its links. */
  powerCycle(): Promise<Host>;
  /** Puts the built bundle and the service unit where a package would, enables the service and starts it. */
  install(): Promise<void>;
  /** Powers it off; what does not go by itself is killed. */
  stop(): Promise<void>;
}

export interface HostOptions {
  /** Default `bookworm`. */
  readonly release?: HostRelease;
}

/** How the names of this process's hosts begin: nspawn's, and their cgroups'. */
export const hostNames = `osa-net-host-${process.pid}`;
let hostCount = 0;

const bootTimeoutMs = 60_000;
const poweroffTimeoutMs = 20_000;
const clearUpTimeoutMs = 10_000;

/** Boots a host and resolves when its boot is over. Needs root; its root is made when it is not cached yet. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { release = 'bookworm' } = options;
  const lower = await releaseRoot(release);
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const name = `${hostNames}-${++hostCount}`;
  const boot = [`${checkout}/test/hosts/boot.sh`, name, lower, process.execPath];
  const machine = spawn('unshare', [...namespaces, '--', ...boot], { stdio: 'pipe', detached: true });
  let console = '';
  machine.stdout?.on('data', (chunk) => (console += chunk));
  machine.stderr?.on('data', (chunk) => (console += chunk));
  try {
    return await furnish(machine, () => console);
  } catch (cause) {
    await kill(machine);
    throw new Error(`cannot boot a host of ${release}: ${console}`, { cause });
  }
}

/** @param former the PID 1 of its last boot */
async function furnish(machine: ChildProcess, console: () => string, former = 0): Promise<Host> {
  const booted = () => {
    const first = firstProcess(machine);
    return first !== former && first;
  };
  const pid = await eventually(booted, bootTimeoutMs, 20);
  const where = { pid, flags: ['--mount', '--uts', '--ipc', '--net', '--pid'] };
  const root = `/proc/${pid}/root`;
  const files = filesUnder(root);
  const sh = (script: string, options?: ScriptOptions) => runScript(where, script, options);
  await eventually(() => files.exists('/run/dbus/system_bus_socket'), bootTimeoutMs, 20);
  // "degraded" is a booted host too: a container refuses a unit or two
  await sh('systemctl is-system-running --wait', { timeoutMs: bootTimeoutMs, check: false });
  const { stdout } = await sh('systemctl --version');
  return {
    ...files,
    version: Number(/^systemd (\d+)/.exec(stdout)?.[1]),
    pid,
    root,
    sh,
    ip: <T>(...words: string[]) => ipJson<T>(sh, words),
    console,
    spawn: (argv) => spawnInside(where, argv),
    async powerCycle() {
      // Twice forced: no service hears of it, nothing is synced (systemctl(1)); nspawn boots the host again.
      await sh('systemctl reboot --force --force', { check: false });
      return furnish(machine, console, pid);
    },
    install: () => install(files, sh),
    stop: () => powerOff(machine, sh),
  };
}

/** unshare → boot.sh → systemd-nspawn → the host's systemd, once that has become itself. */
function firstProcess(machine: ChildProcess): number | false {
  if (machine.exitCode !== null) throw new Error(`exit ${machine.exitCode}`);
  const nspawn = childrenOf(childrenOf(machine.pid)[0]).find((id) => nameOf(id) === 'systemd-nspawn');
  return childrenOf(nspawn).find((id) => nameOf(id) === 'systemd') ?? false;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return ''; // gone between the look and the read
  }
}

async function install(files: Files, sh: Host['sh']): Promise<void> {
  files.write('/usr/lib/osa-net/osa-net.js', readFileSync(bundle, 'utf8'));
  files.write('/usr/bin/osa-net', '#!/bin/sh\nexec /usr/bin/node /usr/lib/osa-net/osa-net.js "$@"\n');
  const unit = readFileSync(`${checkout}/deploy/osa-net.service`, 'utf8');
  files.write('/usr/lib/systemd/system/osa-net.service', unit);
  await sh('chmod 755 /usr/bin/osa-net; systemctl daemon-reload; systemctl enable --now osa-net');
}

async function powerOff(machine: ChildProcess, sh: Host['sh']): Promise<void> {
  const off = exitOf(machine);
  await sh('systemctl poweroff --no-block', { check: false });
  const timer = setTimeout(() => void kill(machine), poweroffTimeoutMs);
  await off;
  clearTimeout(timer);
}

/** Closing its stdin asks boot.sh to clear up; after a while there is no more asking. */
async function kill(machine: ChildProcess): Promise<void> {
  const exit = exitOf(machine);
  machine.stdin?.end();
  if (await Promise.race([exit.then(() => true), sleep(clearUpTimeoutMs, false)])) return;
  const [outer] = childrenOf(machine.pid);
  if (outer !== undefined) process.kill(outer, 'SIGKILL');
  else machine.kill('SIGKILL');
  await exit;
}

async function exitOf(machine: ChildProcess): Promise<void> {
  if (machine.exitCode === null && machine.signalCode === null) await once(machine, 'exit');
}
