import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PreviousResolvConf } from '../state/inventory.ts';
import type { ObservedResolver } from '../state/observed.ts';
import { resolvConfTargets, resolvedService } from '../state/resolver.ts';
import { removeFile, replaceFile, syncDirectory, unfinishedPath } from './atomic.ts';
import type { SystemdClient } from './systemd/client.ts';

/** The host's name resolution: resolv.conf, resolved's drop-in and its service. */
export interface ResolverHost {
  observe(): Promise<ObservedResolver>;
  writeResolvConf(content: PreviousResolvConf): Promise<void>;
  /** Undefined removes the drop-in. */
  writeDropIn(text: string | undefined): Promise<void>;
}

/** How long resolved gets to write the file that resolv.conf is to lead to, ms. */
const patience = 5_000;

/** The files of a Resolver: resolv.conf, and resolved's drop-in. */
export function resolverFiles(etc = '/etc'): readonly [resolvConf: string, dropIn: string] {
  return [join(etc, 'resolv.conf'), join(etc, 'systemd/resolved.conf.d/05-osa-net.conf')];
}

/** Opens what is in `etc`, the host's directory of settings; `targets` are the files that resolved provides. */
export function openResolverHost(
  systemd: SystemdClient,
  etc = '/etc',
  targets: Readonly<Record<'stub' | 'uplink', string>> = resolvConfTargets,
): ResolverHost {
  const [resolvConf, dropIn] = resolverFiles(etc);
  return {
    async observe() {
      return {
        resolvConf: readResolvConf(resolvConf),
        dropIn: existsSync(dropIn) ? readFileSync(dropIn, 'utf8') : undefined,
        provided: (['stub', 'uplink'] as const).filter((name) => existsSync(targets[name])),
        ...(await observeService(systemd)),
      };
    },
    async writeResolvConf(content) {
      if (content.type === 'link') {
        // One that would lead nowhere takes the host's names away; what was there before is put back as it was.
        if (Object.values(targets).includes(content.target)) await provided(content.target, resolvConf);
        await writeLink(resolvConf, content.target);
      } else if (content.type === 'file') await writeText(resolvConf, content.text);
      else await removeFile(resolvConf);
    },
    async writeDropIn(text) {
      // Once it is no longer in the inventory nobody would know one that came back with the power.
      if (text === undefined) return removeFile(dropIn);
      await mkdir(dirname(dropIn), { recursive: true });
      return replaceFile(dropIn, text);
    },
  };
}

function readResolvConf(resolvConf: string): ObservedResolver['resolvConf'] {
  const stat = lstatSync(resolvConf, { throwIfNoEntry: false });
  if (!stat) return { type: 'absent' };
  if (stat.isSymbolicLink()) return { type: 'link', target: readlinkSync(resolvConf) };
  return { type: 'file', text: readFileSync(resolvConf, 'utf8') };
}

async function observeService(
  systemd: SystemdClient,
): Promise<Pick<ObservedResolver, 'service' | 'enabled'>> {
  if (!(await systemd.available())) return { service: 'no-systemd', enabled: false };
  const { loadState, activeState, unitFileState } = await systemd.unitState(resolvedService);
  if (loadState !== 'loaded') return { service: 'not-installed', enabled: false };
  return {
    service: activeState === 'active' ? 'running' : 'stopped',
    enabled: unitFileState.startsWith('enabled'),
  };
}

async function writeLink(resolvConf: string, target: string): Promise<void> {
  const temporary = unfinishedPath(resolvConf);
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, resolvConf);
  await syncDirectory(dirname(resolvConf));
}

/** Waits until resolved has written the file that resolv.conf is to lead to. */
async function provided(target: string, resolvConf: string): Promise<void> {
  for (let waited = 0; !existsSync(target) && waited < patience; waited += 50) await sleep(50);
  if (!existsSync(target)) throw new Error(`cannot link ${resolvConf}: ${target} does not exist`);
}

/** In a container /etc/resolv.conf may be a mount point, which cannot be replaced: then the error says so. */
async function writeText(resolvConf: string, text: string): Promise<void> {
  await replaceFile(resolvConf, text);
}
