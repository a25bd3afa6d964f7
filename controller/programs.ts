/**
 * The only file that starts other programs. A program gets its arguments as a list (there is never a shell), the C
 * locale (so that its messages can be told apart), a deadline, and its complaint becomes the error's message.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface ProgramErrorDetails {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly missing?: boolean;
  readonly cause?: unknown;
}

/** A program that could not be started, ended with a non-zero code, or was killed at its deadline. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** The exit code; undefined where the program never ran or was killed. */
  readonly code: number | undefined;
  /** What it had written before it failed. */
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program on this host. */
  readonly missing: boolean;

  constructor(message: string, details: ProgramErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.stdout = details.stdout ?? '';
    this.stderr = details.stderr ?? '';
    this.missing = details.missing ?? false;
  }
}

/** What a program was to remove and did not find is gone as well. @param says how it complains of that */
export async function unlessGone(running: Promise<unknown>, says: RegExp): Promise<void> {
  await running.catch((error: unknown) => {
    if (!(error instanceof ProgramError) || !says.test(error.stderr)) throw error;
  });
}

export interface RunOptions {
  /** Written to the program's standard input, which is empty otherwise. */
  readonly input?: string;
  /** After this many milliseconds the program is killed; 10 s unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 10_000;
/** `ip -json -details` prints about 1.1 KB a link (measured): enough for 200,000 of them. */
const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Runs a program to its end.
 * @throws ProgramError `cannot run ip link delete dev x: <what it wrote to stderr>`
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { input = '', timeoutMs = defaultTimeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { env: environment(), killSignal: 'SIGKILL', maxBuffer: maxOutputBytes, timeout: timeoutMs, signal },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(programError([program, ...args], error, { stdout, stderr }, timeoutMs));
      },
    );
    // A program that ends without reading its input closes the pipe (EPIPE); its exit code is what counts.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/**
 * Runs a program that acts on an open file of ours.
 * @param args made of the number under which the program has the file
 * @throws ProgramError
 */
export function runOnFile(
  program: string,
  args: (descriptor: string) => readonly string[],
  file: number,
): Promise<void> {
  const command = [program, ...args('3')] as const;
  return new Promise((resolve, reject) => {
    let stderr = '';
    const child = spawn(program, command.slice(1), {
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', file],
      killSignal: 'SIGKILL',
      timeout: defaultTimeoutMs,
    });
    const fail = (error: Error & { code?: number | string | null; killed?: boolean }) =>
      reject(programError(command, error, { stdout: '', stderr }, defaultTimeoutMs));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(Object.assign(new Error(signal ?? ''), { code, killed: child.killed }));
    });
  });
}

export interface Follower {
  readonly pid: number | undefined;
  /** Ends the program and waits until it is gone; `onEnd` is not called any more. */
  stop(): Promise<void>;
}

/** Why a followed program ended: its exit code, the signal that ended it, or that it could not be started. */
export interface Ending {
  readonly message: string;
  readonly stderr: string;
}

/**
 * Starts a program that runs for long and hands over what it writes, line by line.
 *
 * The program dies with us, even if we are killed with SIGKILL: it is started through `setpriv --pdeathsig` (util-linux
 * 2.33, essential on Debian), which leaves the process to the program itself. Where there is no setpriv, a writer is
 * ended by SIGPIPE at its next line instead.
 */
export function follow(
  program: string,
  args: readonly string[],
  onLine: (line: string, source: 'stdout' | 'stderr') => void,
  onEnd: (ending: Ending) => void,
): Follower {
  const [command, ...rest] = withDeathSignal([program, ...args]);
  const child = spawn(command, rest, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  let stopped = false;
  createInterface({ input: child.stdout }).on('line', (line) => stopped || onLine(line, 'stdout'));
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (complaints.push(line) > maxComplaints) complaints.shift();
    if (!stopped) onLine(line, 'stderr');
  });
  const ended = new Promise<void>((resolve) => {
    const finish = (how: string): void => {
      resolve();
      if (stopped) return;
      stopped = true;
      const stderr = complaints.join('\n');
      onEnd({
        message: `${commandLine([program, ...args])} ended (${how})${stderr && `: ${stderr}`}`,
        stderr,
      });
    };
    child.once('error', (error) =>
      finish(isMissing(error) ? `the program ${command} is not installed` : error.message),
    );
    child.once('close', (code, signal) => finish(signal ?? `exit code ${code}`));
  });
  return { pid: child.pid, stop: () => stopFollowing(child, ended, () => (stopped = true)) };
}

const maxComplaints = 20;

async function stopFollowing(child: ChildProcess, ended: Promise<void>, silence: () => void): Promise<void> {
  silence();
  child.kill('SIGKILL');
  await ended;
}

const setprivPaths = ['/usr/bin/setpriv', '/bin/setpriv'] as const;

function withDeathSignal(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const setpriv = setprivPaths.find((path) => existsSync(path));
  return setpriv === undefined ? command : [setpriv, '--pdeathsig', 'KILL', '--', ...command];
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C' };
}

function commandLine(command: readonly string[]): string {
  return command.join(' ');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function programError(
  command: readonly [string, ...string[]],
  error: Error & { code?: number | string | null; killed?: boolean },
  { stdout, stderr }: Output,
  timeoutMs: number,
): ProgramError {
  const what = `cannot run ${commandLine(command)}`;
  if (isMissing(error)) {
    return new ProgramError(`${what}: the program ${command[0]} is not installed`, {
      missing: true,
      cause: error,
    });
  }
  if (error.killed && error.name !== 'AbortError' && typeof error.code !== 'string') {
    return new ProgramError(`${what}: killed after ${timeoutMs} ms without an end`, {
      stdout,
      stderr,
      cause: error,
    });
  }
  const code = typeof error.code === 'number' ? { code: error.code } : {};
  const complaint = stderr.trim() || ('code' in code ? `exit code ${code.code}` : error.message);
  return new ProgramError(`${what}: ${complaint}`, { ...code, stdout, stderr, cause: error });
}
