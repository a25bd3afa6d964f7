import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { PreviousResolvConf } from '../state/inventory.ts';
import type { ObservedResolver } from '../state/observed.ts';
import { resolvConfTargets, resolvedService } from '../state/resolver.ts';
import { replaceFile, syncDirectory, unfinishedPath } from './atomic.ts';
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

/** Opens what is in `etc`, the host's directory of settings. */
export function openResolverHost(systemd: SystemdClient, etc = '/etc'): ResolverHost {
  const resolvConf = join(etc, 'resolv.conf');
  const dropIn = join(etc, 'systemd/resolved.conf.d/05-osa-net.conf');
  return {
    async observe() {
      return {
        resolvConf: readResolvConf(resolvConf),
        dropIn: existsSync(dropIn) ? readFileSync(dropIn, 'utf8') : undefined,
        provided: (['stub', 'uplink'] as const).filter((name) => existsSync(resolvConfTargets[name])),
        ...(await observeService(systemd)),
      };
    },
    async writeResolvConf(content) {
      if (content.type === 'link') await writeLink(resolvConf, content.target);
      else if (content.type === 'file') await writeText(resolvConf, content.text);
      else await rm(resolvConf, { force: true });
    },
    async writeDropIn(text) {
      if (text === undefined) return rm(dropIn, { force: true });
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

/** A link that leads nowhere would take the host's names away: it is made only when its target is there. */
async function writeLink(resolvConf: string, target: string): Promise<void> {
  const file = resolve(dirname(resolvConf), target);
  for (const deadline = Date.now() + patience; !existsSync(file) && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!existsSync(file)) throw new Error(`cannot link ${resolvConf}: ${target} does not exist`);
  const temporary = unfinishedPath(resolvConf);
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, resolvConf);
  await syncDirectory(dirname(resolvConf));
}

/** In a container /etc/resolv.conf may be a mount point, which cannot be replaced: then the error says so. */
async function writeText(resolvConf: string, text: string): Promise<void> {
  await replaceFile(resolvConf, text);
}
