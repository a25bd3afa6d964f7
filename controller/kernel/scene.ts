import type { AddressScene, LinkScene, SceneRoute } from '../../state/scene.ts';
import { run } from '../programs.ts';
import { isRecord, list, record, rows, text, whole } from './json.ts';

/** What was given to links by hand: permanent addresses, and routes of the main table that are not the kernel's own. */
export async function readScene(names: readonly string[]): Promise<ReadonlyMap<string, AddressScene>> {
  const wanted = new Set(names);
  const [addresses, v4, v6] = await Promise.all([
    run('ip', ['-json', 'address', 'show']),
    run('ip', ['-json', '-4', 'route', 'show', 'table', 'main']),
    run('ip', ['-json', '-6', 'route', 'show', 'table', 'main']),
  ]);
  const routes = [...routesIn(v4.stdout, 4), ...routesIn(v6.stdout, 6)];
  const links = rows(addresses.stdout).flatMap((row) => {
    const name = text(row['ifname']);
    return name !== undefined && wanted.has(name) ? [[name, permanentOf(row)] as const] : [];
  });
  return new Map(
    links.map(([name, own]) => [
      name,
      { addresses: own, routes: routes.filter(({ link }) => link === name).map(({ route }) => route) },
    ]),
  );
}

function permanentOf(row: Readonly<Record<string, unknown>>): readonly string[] {
  return list(row['addr_info'])
    .filter(isRecord)
    .filter((address) => address['dynamic'] !== true && text(address['scope']) !== 'link')
    .flatMap((address) => {
      const [local, length] = [text(address['local']), whole(address['prefixlen'])];
      return local === undefined || length === undefined ? [] : [`${local}/${length}`];
    });
}

function routesIn(json: string, family: 4 | 6): readonly { link: string; route: SceneRoute }[] {
  return rows(json).flatMap((row) => {
    const [link, destination, protocol] = [text(row['dev']), text(row['dst']), text(row['protocol'])];
    if (link === undefined || destination === undefined || protocol === 'kernel' || protocol === 'ra')
      return [];
    const route = {
      family,
      destination,
      protocol,
      gateway: text(row['gateway']) ?? text(record(row['via'])['host']),
      scope: text(row['scope']),
      metric: whole(row['metric']),
      source: text(row['prefsrc']),
    };
    return [{ link, route }];
  });
}

/**
 * Puts a link back as it was. Addresses come before routes, which need them; what is there already stays as it is.
 * @throws ProgramError quoting `ip`
 */
export async function restoreLink(name: string, scene: LinkScene): Promise<void> {
  const master = scene.master === undefined ? ['nomaster'] : ['master', scene.master];
  await run('ip', ['link', 'set', 'dev', name, 'mtu', String(scene.mtu), ...master]);
  for (const address of scene.addresses) await run('ip', ['address', 'replace', address, 'dev', name]);
  for (const route of scene.routes) await run('ip', ['route', 'replace', ...routeWords(route, name)]);
  await restoreMac(name, scene.mac);
}

/** Comes last, and only where it differs: not every driver lets a link that is up have another one, or even its own. */
async function restoreMac(name: string, mac: string | undefined): Promise<void> {
  if (mac === undefined) return;
  const { stdout } = await run('ip', ['-json', 'link', 'show', 'dev', name]);
  if (rows(stdout).some((row) => text(row['address']) === mac)) return;
  await run('ip', ['link', 'set', 'dev', name, 'address', mac]);
}

function routeWords(route: SceneRoute, link: string): readonly string[] {
  const { family, destination, gateway, protocol, scope, metric, source } = route;
  const via =
    gateway === undefined
      ? []
      : ['via', ...(gateway.includes(':') && family === 4 ? ['inet6'] : []), gateway];
  return [
    destination,
    ...via,
    'dev',
    link,
    ...(protocol === undefined ? [] : ['proto', protocol]),
    ...(scope === undefined ? [] : ['scope', scope]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(source === undefined ? [] : ['src', source]),
  ];
}
