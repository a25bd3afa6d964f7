import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Theme } from '../../state/wants.ts';
import type { Logger } from '../log.ts';
import { type Ending, type Follower, follow } from '../programs.ts';

/**
 * Told of the names of links that changed; `all` where anything may have. With a theme it is not the links themselves,
 * but what stands on them; `all` then is what belongs to no link.
 */
export type ChangeListener = (names: readonly string[] | 'all', theme?: MonitorTheme) => void;
export type MonitorTheme = Extract<Theme, 'routes' | 'rules' | 'sysctls'>;

export interface Watch {
  stop(): Promise<void>;
}

const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** A child that lived so long is started again without a wait. */
const healthyMs = 10_000;

/**
 * Watches links, addresses and default routes through one `ip monitor`, which is started again when it ends. `all` is
 * told whenever changes may have been missed: when it listens (not before: it needs some milliseconds to start), and
 * when the kernel says that its buffer ran over.
 *
 * Not told of by the kernel (measured on 6.18): a changed macvlan mode of a link that is down.
 */
export function watchKernel(log: Logger, onChange: ChangeListener): Watch {
  const monitor = new Monitor(log, onChange);
  monitor.launch();
  return monitor;
}

class Monitor implements Watch {
  readonly #log: Logger;
  readonly #onChange: ChangeListener;
  #child: Follower | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #failures = 0;
  #stopped = false;

  constructor(log: Logger, onChange: ChangeListener) {
    this.#log = log;
    this.#onChange = onChange;
  }

  launch(): void {
    this.#startedAt = performance.now();
    const child = follow(
      'ip',
      ['-oneline', 'monitor', 'link', 'address', 'route', 'rule', 'netconf'],
      (line, source) => this.#line(line, source),
      (ending) => this.#ended(ending),
    );
    this.#child = child;
    void this.#onceListening(child);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
  }

  /** Tells when the child has joined its netlink groups; also when that takes long, since others wait for it. */
  async #onceListening(child: Follower): Promise<void> {
    const startedAt = performance.now();
    for (let age = 0, isLate = false; age < slowestStartMs; age = performance.now() - startedAt) {
      const isListening = await hasNetlinkGroups(child.pid);
      if (child !== this.#child) return;
      if (isListening || (age > waitedForMs && !isLate)) this.#onChange('all');
      if (isListening) return;
      isLate ||= age > waitedForMs;
      await sleep(isLate ? 250 : 10, undefined, { ref: false });
    }
  }

  #line(line: string, source: 'stdout' | 'stderr'): void {
    if (source === 'stderr') {
      // "netlink receive error No buffer space available (105)": something was lost.
      this.#log.debug(`ip monitor: ${line}`);
      this.#onChange('all');
      return;
    }
    const news = newsInLine(line);
    if (news) this.#onChange(news.names, news.theme);
  }

  #ended({ message }: Ending): void {
    this.#child = undefined;
    if (this.#stopped) return;
    if (performance.now() - this.#startedAt > healthyMs) this.#failures = 0;
    if (this.#failures === 0) this.#log.warn(message);
    this.#timer = setTimeout(
      () => this.launch(),
      Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures),
    );
    this.#failures += 1;
  }
}

/** After so long nobody waits for it any more, ms. */
const waitedForMs = 2_000;
/** A host that boots may take so long to start a program, ms. */
const slowestStartMs = 60_000;

/** Columns of /proc/net/netlink: address, protocol (0 = route), port (the pid, for a first socket), groups, … */
async function hasNetlinkGroups(pid: number | undefined): Promise<boolean> {
  try {
    const rows = (await readFile('/proc/net/netlink', 'utf8')).split('\n').map((line) => line.split(/\s+/));
    return rows.some((row) => row[1] === '0' && row[2] === String(pid) && !/^0*$/.test(row[3] ?? ''));
  } catch {
    return false;
  }
}

const linkLine = /^(?:Deleted )?\d+: (\S+?): </;
const addressLine = /^(?:Deleted )?\d+: (\S+)\s+inet6? /;
const routeLine =
  /^(?:Deleted )?(?:(?:unicast|blackhole|unreachable|prohibit|throw|local) )?(?:default|[\da-f.:/]+) /;
const ruleLine = /^(?:Deleted )?\d+:\s+(?:not )?from /;
const netconfLine = /^inet6? (\S+) .*forwarding/;

/** What a line of `ip -oneline monitor` tells of. */
export interface News {
  readonly names: readonly string[] | 'all';
  readonly theme?: MonitorTheme;
}

/**
 * The links that a line of `ip -oneline monitor` is about. `@parent` follows a link's name, and a name may have an `@`
 * of its own, so both readings are given. Routes that the kernel makes are left out: they follow from addresses.
 */
export function newsInLine(line: string): News | undefined {
  const link = linkLine.exec(line)?.[1];
  if (link !== undefined)
    return { names: link.includes('@') ? [link.slice(0, link.lastIndexOf('@')), link] : [link] };
  const address = addressLine.exec(line)?.[1];
  if (address !== undefined) return { names: [address] };
  if (ruleLine.test(line)) return { names: 'all', theme: 'rules' };
  const switched = netconfLine.exec(line)?.[1];
  if (switched !== undefined) {
    return { names: ['all', 'default'].includes(switched) ? 'all' : [switched], theme: 'sysctls' };
  }
  if (!routeLine.test(line) || (line.includes(' proto kernel ') && !/^(?:Deleted )?default /.test(line)))
    return undefined;
  const names = [...new Set([...line.matchAll(/ dev (\S+)/g)].map((match) => match[1] ?? ''))];
  return { names: names.length === 0 ? 'all' : names, theme: 'routes' };
}
