import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import type { AddressScene, LinkScene } from '../../state/scene.ts';
import type { LinkProperty } from '../../state/step.ts';
import type { Logger } from '../log.ts';
import { ProgramError, run, unlessGone } from '../programs.ts';
import { createHostFacts, type HostFacts } from './facts.ts';
import { type ChangeListener, type Watch, watchKernel } from './monitor.ts';
import {
  type DefaultRoute,
  type KernelLink,
  parseDefaultRoutes,
  parseHeldAddresses,
  parseLinks,
} from './parse.ts';
import { readScene, restoreLink } from './scene.ts';

export type { DefaultRoute, KernelLink } from './parse.ts';

/** The links of our network namespace, through iproute2. Every failure is a ProgramError that quotes `ip`. */
export interface KernelClient {
  /** Boot and network namespace; an ifindex of one says nothing in another. */
  readonly epoch: string;
  /** All links by name, or those of the given names that exist. */
  links(names?: readonly string[]): Promise<ReadonlyMap<string, KernelLink>>;
  /** The default routes of the main table, IPv4 before IPv6; one entry a hop. */
  defaultRoutes(): Promise<readonly DefaultRoute[]>;
  /**
   * Sets a property in place and without a flap: `master` (empty: none), `mode` of a macvlan (the kernel refuses a change
   * from or to `passthru`, measured: Invalid argument), `mtu`, `mac`.
   */
  setProperty(link: string, property: LinkProperty, value: string): Promise<void>;
  /** Has the kernel tell everybody of a link again. @throws Error when it is not there */
  announceLink(link: string): Promise<void>;
  /** Gives a link that is up the link-local address that it lost, without a flap. @returns false where it is to make none */
  renewLinkLocal(link: string): Promise<boolean>;
  /** @throws Error when the link or the address is not there */
  removeAddress(link: string, address: string): Promise<void>;
  /** Deletes links; those that are not there are fine. @throws Error naming the links that remain, and why */
  deleteLinks(names: readonly string[]): Promise<void>;
  /**
   * By link: the unicast addresses that it receives for links on top of it, wherever those live. A macvlan that is up
   * shows here although its network namespace does not (measured on 6.18).
   */
  heldAddresses(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** What was given to links by hand, for those of the names that exist. */
  scene(names: readonly string[]): Promise<ReadonlyMap<string, AddressScene>>;
  /** Puts a link back as it was. */
  restoreLink(name: string, scene: LinkScene): Promise<void>;
  /** Routes, rules, switches, NAT and DHCP servers. */
  readonly facts: HostFacts;
  /** Tells of every change, and of `all` once it listens and whenever something may have been missed. */
  watch(onChange: ChangeListener): Watch;
}

/** Below so many names it is cheaper to ask for each (1.8 KB a link) than for all (1,000 links: 1.1 MB, 40 ms). */
const fewNames = 32;
/** What `ip -batch` reads as a plain word: it knows quotes, `#` comments and backslashes. */
const plainWord = /^[\w.@+=,~-]+$/;
/** Deleting a link waits for the kernel's grace periods: about 30 ms each (measured), seldom a second. */
const deleteTimeoutMs = 1_000;

export function createKernelClient(options: { readonly log: Logger }): KernelClient {
  return {
    epoch: `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/net')}`,
    links: readLinks,
    defaultRoutes: readDefaultRoutes,
    setProperty: async (link, property, value) => {
      await run('ip', ['link', 'set', 'dev', link, ...propertyWords(property, value)]);
    },
    announceLink,
    renewLinkLocal,
    removeAddress: async (link, address) => {
      await unlessGone(run('ip', ['address', 'delete', address, 'dev', link]), /Cannot assign|not found/);
    },
    deleteLinks,
    heldAddresses: async () => {
      const { stdout } = await run('bridge', ['-json', 'fdb', 'show']);
      return parsed(stdout, parseHeldAddresses);
    },
    scene: readScene,
    restoreLink,
    facts: createHostFacts(options.log),
    watch: (onChange) => watchKernel(options.log, onChange),
  };
}

/** Giving a link the group that it has makes an event of it (do_setlink of the kernel), and is nobody's business. */
async function announceLink(link: string): Promise<void> {
  const { stdout } = await run('ip', ['-json', 'link', 'show', 'dev', link]);
  const group = /"group":"?([^",}]+)/.exec(stdout)?.[1] ?? 'default';
  await run('ip', ['link', 'set', 'dev', link, 'group', group]);
}

/** IN6_ADDR_GEN_MODE_NONE */
const noAddress = '1';

/** A change of the mode has the kernel make the address (addrconf_sysctl_addr_gen_mode); networkd sets it without one. */
async function renewLinkLocal(link: string): Promise<boolean> {
  const path = `/proc/sys/net/ipv6/conf/${link}/addr_gen_mode`;
  // Without IPv6 (ipv6.disable=1) there is no such file.
  const mode = existsSync(path) ? readFileSync(path, 'utf8').trim() : noAddress;
  if (mode === noAddress) return false;
  writeFileSync(path, noAddress);
  writeFileSync(path, mode);
  return true;
}

function propertyWords(property: LinkProperty, value: string): readonly string[] {
  switch (property) {
    case 'master':
      return value === '' ? ['nomaster'] : ['master', value];
    case 'mode':
      return ['type', 'macvlan', 'mode', value];
    case 'mtu':
      return ['mtu', value];
    case 'mac':
      return ['address', value];
  }
}

async function readLinks(names?: readonly string[]): Promise<ReadonlyMap<string, KernelLink>> {
  if (names === undefined) return readAllLinks();
  if (names.length === 0) return new Map();
  const wanted = new Set(names);
  const single = wanted.size <= fewNames && names.every((name) => plainWord.test(name));
  const links = single ? await readEach([...wanted]) : await readAllLinks();
  // `dev` takes alternative names too, which are nobody's name here.
  return new Map([...links].filter(([name]) => wanted.has(name)));
}

async function readAllLinks(): Promise<ReadonlyMap<string, KernelLink>> {
  const { stdout } = await run('ip', ['-json', '-details', 'address', 'show']);
  return parsed(stdout, parseLinks);
}

async function readEach(names: readonly string[]): Promise<ReadonlyMap<string, KernelLink>> {
  const commands = names.map((name) => `address show dev ${name}`);
  const { stdout } = await batch(['-json', '-details'], commands, 'strict');
  return parsed(stdout, parseLinks);
}

async function readDefaultRoutes(): Promise<readonly DefaultRoute[]> {
  const [v4, v6] = await Promise.all(
    ['-4', '-6'].map((family) => run('ip', ['-json', family, 'route', 'show', 'default', 'table', 'main'])),
  );
  return [v4, v6].flatMap((output) => parsed(output?.stdout ?? '', parseDefaultRoutes));
}

async function deleteLinks(names: readonly string[]): Promise<void> {
  const unique = [...new Set(names)];
  const plain = unique.filter((name) => plainWord.test(name));
  const complaints: string[] = [];
  const commands = plain.map((name) => `link delete dev ${name}`);
  if (plain.length > 0) complaints.push((await batch([], commands, 'tolerant')).stderr);
  for (const name of unique.filter((odd) => !plain.includes(odd))) complaints.push(await deleteOne(name));
  const remaining = [...(await readLinks(unique)).keys()].sort();
  if (remaining.length === 0) return;
  const why = [...new Set(complaints.flatMap(complaintsOf))].join('; ');
  throw new Error(`cannot delete ${remaining.join(', ')}: ${why || 'the kernel still has them'}`);
}

/** Answers what `ip` complained about; whether the link is gone is looked up afterwards. */
async function deleteOne(name: string): Promise<string> {
  try {
    await run('ip', ['link', 'delete', 'dev', name]);
    return '';
  } catch (error) {
    if (error instanceof ProgramError && error.code !== undefined) return error.stderr;
    throw error;
  }
}

/** Runs many commands in one `ip`, which goes on after a failed one. Missing links are fine, more when `tolerant`. */
async function batch(
  flags: readonly string[],
  commands: readonly string[],
  mode: 'strict' | 'tolerant',
): Promise<{ stdout: string; stderr: string }> {
  const input = commands.map((command) => `${command}\n`).join('');
  try {
    const timeoutMs = 10_000 + deleteTimeoutMs * commands.length;
    return await run('ip', [...flags, '-force', '-batch', '-'], { input, timeoutMs });
  } catch (error) {
    if (!(error instanceof ProgramError) || error.code === undefined) throw error;
    if (mode === 'strict' && complaintsOf(error.stderr).length > 0) throw error;
    return { stdout: error.stdout, stderr: error.stderr };
  }
}

/** The lines of stderr without those of missing links and without `Command failed -:3`, which only counts. */
function complaintsOf(stderr: string): readonly string[] {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('Command failed') && !isMissingDevice(line));
}

/** `Device "x" does not exist.`, `Cannot find device "x"` */
function isMissingDevice(complaint: string): boolean {
  return /does not exist|Cannot find device/.test(complaint);
}

function parsed<T>(stdout: string, parse: (json: string) => T): T {
  try {
    return parse(stdout);
  } catch (error) {
    throw new Error(`cannot read what ip printed: ${(error as Error).message}`, { cause: error });
  }
}
