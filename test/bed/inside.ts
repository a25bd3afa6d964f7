import { type Files, filesUnder } from './files.ts';
import { type IpEntry, ipJson } from './ip.ts';
import { bundle } from './places.ts';
import {
  type InsideProcess,
  runScript,
  type ScriptOptions,
  type ScriptResult,
  type SpawnOptions,
  spawnInside,
} from './process.ts';
import { makeWorkload, type Workload } from './workload.ts';

/** A system that has a networkd: its files, and programs that run in it. */
export interface Inside extends Files {
  /** Major version of systemd, e.g. 252. */
  readonly version: number;
  /** Its PID 1, as this process sees it. */
  readonly pid: number;
  /** Its file system as seen from here. An absolute symlink in there leads out of it: `read` and `write` know. */
  readonly root: string;
  /** Runs a bash script; `osa-net`, `node` and the checkout (read-only, at its own path) are there. */
  sh(script: string, options?: ScriptOptions): Promise<ScriptResult>;
  spawn(argv: readonly string[], options?: SpawnOptions): InsideProcess;
  /** `ip -json -details …`, parsed. */
  ip<T = readonly IpEntry[]>(...words: string[]): Promise<T>;
  /** Another network namespace in here, for what a container would do. */
  namespace(name: string): Promise<Workload>;
}

/** @param pid PID 1 of the system, as this process sees it */
export async function insideOf(pid: number): Promise<Inside> {
  const where = { pid, flags: ['--net', '--mount', '--pid'] };
  const root = `/proc/${pid}/root`;
  const files = filesUnder(root);
  const sh = (script: string, options?: ScriptOptions) => runScript(where, script, options);
  files.write('/run/bed/bin/osa-net', `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`);
  const { stdout } = await sh('chmod +x /run/bed/bin/osa-net; networkctl --version');
  return {
    ...files,
    version: Number(/^systemd (\d+)/.exec(stdout)?.[1]),
    pid,
    root,
    sh,
    spawn: (argv, options) => spawnInside(where, argv, options),
    ip: <T>(...words: string[]) => ipJson<T>(sh, words),
    namespace: (name) => makeWorkload({ files, sh }, name),
  };
}
