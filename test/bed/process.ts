import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { environment } from './places.ts';

/** Namespaces to enter: those of a process (its id as this process sees it), and nsenter's flags for which. */
export interface Namespaces {
  readonly pid: number;
  readonly flags: readonly string[];
}

export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; 128 + n where signal n ended it. */
  readonly code: number;
}

export interface ScriptOptions {
  /** Killed, and an error, after so long. Default 30 s. */
  readonly timeoutMs?: number;
  /** Throw when the exit status is not 0 (default true). */
  readonly check?: boolean;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** A long-running program inside. */
export interface InsideProcess {
  /** Its stdin, stdout and stderr, and its end. It is nsenter's: signals go through `kill` below. */
  readonly child: ChildProcess;
  /** Its id as this process sees it (`/proc/<pid>` works from here); undefined once it is gone. */
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended: its exit status, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Runs a bash script (`-euo pipefail`) inside. */
export async function runScript(
  where: Namespaces,
  script: string,
  options: ScriptOptions = {},
): Promise<ScriptResult> {
  const { timeoutMs = 30_000, check = true } = options;
  // norc: given a socket as stdin, as node does, bash takes itself for a remote shell and reads bash.bashrc
  const child = enter(where, ['bash', '--norc', '-euo', 'pipefail', '-c', script], {});
  child.stdin?.end();
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, timeoutMs);
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timer);
  await drained(child);
  const code = status ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
  if (late) throw new Error(`cannot run script: still running after ${timeoutMs} ms: ${script}`);
  if (check && code !== 0) throw new Error(`cannot run script: exit ${code}: ${script}\n${text.stderr}`);
  return { ...text, code };
}

/**
 * What has been written is read to its end; but a daemon that the script left behind may hold the pipe open,
 * so this does not wait for more than what is already there.
 */
async function drained(child: ChildProcess): Promise<void> {
  if (child.stdout?.readableEnded && child.stderr?.readableEnded) return;
  const closed = once(child, 'close');
  // After a long computation timers come before what there is to read: that has its turn first.
  const timeout = new Promise((resolve) =>
    setTimeout(() => setImmediate(setImmediate, resolve), 200).unref(),
  );
  await Promise.race([closed, timeout]);
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Starts a program inside. */
export function spawnInside(
  where: Namespaces,
  argv: readonly string[],
  options: SpawnOptions = {},
): InsideProcess {
  const child = enter(where, argv, options.env ?? {});
  const pid = () => (ended(child) ? undefined : innerPid(child));
  return {
    child,
    pid,
    kill(signal) {
      const target = pid();
      if (target !== undefined) process.kill(target, signal);
    },
    ended: once(child, 'exit').then(([status]) => status as number | null),
  };
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function enter(
  where: Namespaces,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  // detached: a process group of its own, so that all of it can be ended at once.
  return spawn('nsenter', ['-t', String(where.pid), ...where.flags, '--', ...argv], {
    env: { ...environment, ...env },
    detached: true,
    stdio: 'pipe',
  });
}

/** nsenter forks to get into a pid namespace, shortly after it starts: its only child is the program. */
function innerPid(child: ChildProcess): number | undefined {
  const deadline = performance.now() + 1_000;
  while (performance.now() < deadline) {
    const [first] = childrenOf(child.pid);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** The children of a process, by id; none when it is gone. */
export function childrenOf(pid: number | undefined): readonly number[] {
  try {
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return ids === '' ? [] : ids.split(' ').map(Number);
  } catch {
    return []; // gone between the look and the read
  }
}
