import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { type Bus, busOf, type Networkd, networkdOf } from './daemons.ts';
import { eventually } from './eventually.ts';
import { type Inside, insideOf } from './inside.ts';
import { checkout } from './places.ts';
import { childrenOf } from './process.ts';

/** Whose systemd runs in the bed: this machine's, or that of a Debian release (247, 257, 262). */
export type Release = 'host' | 'bullseye' | 'trixie' | 'sid';

export interface BedOptions {
  /** Default `host`. */
  readonly release?: Release;
  /** Start networkd at once (default true). */
  readonly networkd?: boolean;
  /** With udev's programs, which the machine itself may lack (default false). */
  readonly udev?: boolean;
}

/** The real systemd-networkd with a bus of its own, in namespaces of their own. Nothing in it reaches the machine. */
export interface Bed extends Inside {
  readonly networkd: Networkd;
  readonly bus: Bus;
  /** Everything that runs in the bed dies, and with it every mount and link of it. */
  stop(): Promise<void>;
}

/** Makes a bed and resolves when it is usable. Needs root; a release's root is made when it is not cached yet. */
export async function startBed(options: BedOptions = {}): Promise<Bed> {
  const { release = 'host', networkd = true, udev = false } = options;
  const lower = release === 'host' && !udev ? [] : [await releaseRoot(suiteOf(release), udev)];
  const init = await startInit(lower);
  try {
    const bed = await furnish(init);
    if (networkd) await bed.networkd.start();
    return bed;
  } catch (error) {
    await end(init);
    throw error;
  }
}

/** The machine's own release, where it has to be another root than its own. */
function suiteOf(release: Release): string {
  return release === 'host' ? 'bookworm' : release;
}

/** The cached root of a Debian release, made when it is missing (about 30 s). */
export async function releaseRoot(suite: string, udev = false): Promise<string> {
  const { stdout } = await promisify(execFile)(`${checkout}/test/bed/root.sh`, [
    suite,
    ...(udev ? ['guest'] : []),
  ]);
  return stdout.trim();
}

async function startInit(lower: readonly string[]): Promise<ChildProcess> {
  const inside = ['bash', `${checkout}/test/bed/inside.sh`, checkout, process.execPath, ...lower];
  // Its stdin is our end of a pipe: should this process die, however it dies, the bed goes too.
  const init = spawn(
    'unshare',
    ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...inside],
    { stdio: 'pipe', detached: true },
  );
  let words = '';
  init.stdout?.on('data', (chunk) => (words += chunk));
  init.stderr?.on('data', (chunk) => (words += chunk));
  await eventually(
    () => {
      if (init.exitCode !== null) throw new Error(`cannot make bed: ${words}`);
      return words.endsWith('ready\n') || init.exitCode !== null;
    },
    20_000,
    5,
  ).catch((cause: unknown) => {
    init.kill('SIGKILL');
    throw new Error(`cannot make bed: ${words}`, { cause });
  });
  return init;
}

async function furnish(init: ChildProcess): Promise<Bed> {
  const [pid] = childrenOf(init.pid);
  if (pid === undefined) throw new Error('cannot make bed: its first process is gone');
  const inside = await insideOf(pid);
  const host = { files: inside, sh: inside.sh };
  return { ...inside, networkd: networkdOf(host), bus: busOf(host), stop: () => end(init) };
}

/** unshare passes its own death on (--kill-child); when PID 1 of the namespace is gone, so is all else in it. */
async function end(init: ChildProcess): Promise<void> {
  const [pid] = childrenOf(init.pid);
  if (init.exitCode === null && init.signalCode === null) {
    const exit = once(init, 'exit');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    else init.kill('SIGKILL');
    await exit;
  }
}
