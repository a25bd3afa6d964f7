import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../../../crds/resource.ts';
import type { Condition, LinkStatus, OperatorStatus, StatusItem, StatusList } from '../../../state/status.ts';

/** Directory of the project; this file runs from build/test/controller/cli. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

let built: string | undefined;

/** The built program; built once a run. */
export function program(): string {
  if (built === undefined) {
    const dir = mkdtempSync(join(tmpdir(), 'osa-net-dist-'));
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
    execFileSync(process.execPath, [join(root, 'deploy/build.mjs'), dir]);
    built = join(dir, 'osa-net.js');
  }
  return built;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end, without any of the caller's own OSA_NET_* and colour variables. */
export function osaNet(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program(), ...args], {
    encoding: 'utf8',
    env: { ...cleanEnv(), ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, stdout, stderr };
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Waits until what it has written (to either) matches. */
  said(pattern: RegExp): Promise<void>;
}

/** Starts the program, or another one, beside us. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  [command, ...before]: readonly [string, ...string[]] = [process.execPath, program()],
): Running {
  const child = spawn(command, [...before, ...args], { env: { ...cleanEnv(), ...env } });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      child.emit('written');
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }));
  return {
    child,
    ended,
    async said(pattern) {
      while (!pattern.test(written.stdout + written.stderr)) await once(child, 'written');
    },
  };
}

export function cleanEnv(): NodeJS.ProcessEnv {
  const unwanted = /^(OSA_NET_|NO_COLOR$|FORCE_COLOR$|NODE_DISABLE_COLORS$|NODE_V8_COVERAGE$|CI$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)));
}

/** Start time of a process, as proc(5) has it. */
export function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

export function condition(
  type: Condition['type'],
  status: Condition['status'],
  rest: Partial<Condition> = {},
): Condition {
  return {
    type,
    status,
    reason: status === 'True' ? 'ReconciliationSucceeded' : 'VerificationFailed',
    message: '',
    lastTransitionTime: ago(dayAndMore),
    observedGeneration: 1,
    ...rest,
  };
}

/** RFC 3339 time so many seconds back. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

/** Seconds; prints as 30h however long the tests take. */
export const dayAndMore = 30.5 * 3600;

export interface ItemOptions {
  readonly ready?: Condition['status'];
  readonly message?: string;
  readonly links?: readonly LinkStatus[];
  readonly retry?: StatusItem['status']['retry'];
}

export function item(kind: Kind | 'File', name: string, options: ItemOptions = {}): StatusItem {
  const { ready = 'True', message = 'as it should be', links = [], retry } = options;
  return {
    apiVersion: 'osa-net.dev/v1alpha1',
    kind,
    metadata: { name, source: '/etc/osa-net.d/a.yaml:3', creationTimestamp: ago(dayAndMore), generation: 2 },
    status: {
      observedGeneration: 2,
      conditions: [condition('Ready', ready, { message }), condition('Synced', 'True')],
      links,
      units: kind === 'File' ? [] : [`05-osa-net-${name}.network`],
      ...(retry && { retry }),
    },
  };
}

export function link(name: string, rest: Partial<LinkStatus> = {}): LinkStatus {
  return { name, operational: 'routable', setup: 'configured', differences: [], ...rest };
}

/** A status whose operator is this process, which is alive. */
export function statusList(items: readonly StatusItem[], operator: Partial<OperatorStatus> = {}): StatusList {
  return {
    apiVersion: 'osa-net.dev/v1alpha1',
    kind: 'StatusList',
    schemaVersion: 1,
    operator: {
      version: '0.1.0',
      pid: process.pid,
      pidStart: startOf(process.pid),
      startedAt: ago(400),
      lastPassAt: ago(5),
      networkd: { version: 252, state: 'running', message: '' },
      conditions: [],
      ...operator,
    },
    items,
  };
}

/** Writes what the operator would publish. */
export function publish(runtimeDir: string, list: unknown): void {
  writeFileSync(join(runtimeDir, 'status.json'), typeof list === 'string' ? list : JSON.stringify(list));
}
