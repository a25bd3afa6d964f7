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
      { ...own, routes: routes.filter(({ link }) => link === name).map(({ route }) => route) },
    ]),
  );
}

function permanentOf(row: Readonly<Record<string, unknown>>): Pick<AddressScene, 'addresses' | 'peers'> {
  const permanent = list(row['addr_info'])
    .filter(isRecord)
    .filter((address) => address['dynamic'] !== true && text(address['scope']) !== 'link')
    .flatMap((address) => {
      const [local, length] = [text(address['local']), whole(address['prefixlen'])];
      if (local === undefined || length === undefined) return [];
      const peer = text(address['address']);
      return [{ cidr: `${local}/${length}`, peer: peer && `${peer}/${length}` }];
    });
  const peers = permanent.flatMap(({ cidr, peer }) => (peer ? [[cidr, peer] as const] : []));
  return {
    addresses: permanent.map(({ cidr }) => cidr),
    ...(peers.length > 0 && { peers: Object.fromEntries(peers) }),
  };
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
      ...(list(row['flags']).includes('onlink') && { onlink: true as const }),
    };
    return [{ link, route }];
  });
}

/**
 * Puts a link back as it was; what is there already stays as it is. Addresses come before routes, and routes to
 * neighbours before those through them. All is tried, whatever fails.
 * @throws Error quoting `ip` for each that failed
 */
export async function restoreLink(name: string, scene: LinkScene): Promise<void> {
  const { mtu, master, addresses, peers = {}, mac } = scene;
  const routes = [...scene.routes].sort((a, b) => Number(isThrough(a)) - Number(isThrough(b)));
  const commands = [
    ['link', 'set', 'dev', name, 'mtu', String(mtu)],
    ['link', 'set', 'dev', name, ...(master === undefined ? ['nomaster'] : ['master', master])],
    ...addresses.map((address) => ['address', 'replace', ...addressWords(address, peers), 'dev', name]),
    ...routes.map((route) => [`-${route.family}`, 'route', 'replace', ...routeWords(route, name)]),
  ];
  const failures: Error[] = [];
  const attempt = (act: Promise<unknown>) => act.catch((cause: Error) => void failures.push(cause));
  for (const words of commands) await attempt(run('ip', words));
  await attempt(restoreMac(name, mac));
  if (failures.length > 0)
    throw new Error(failures.map(({ message }) => message).join('; '), { cause: failures[0] });
}

function isThrough({ gateway }: SceneRoute): boolean {
  return gateway !== undefined;
}

function addressWords(address: string, peers: Readonly<Record<string, string>>): readonly string[] {
  const peer = peers[address];
  return peer === undefined ? [address] : [address.split('/')[0] ?? '', 'peer', peer];
}

/** Comes last, and only where it differs: not every driver lets a link that is up have another one, or even its own. */
async function restoreMac(name: string, mac: string | undefined): Promise<void> {
  if (mac === undefined) return;
  const { stdout } = await run('ip', ['-json', 'link', 'show', 'dev', name]);
  if (rows(stdout).some((row) => text(row['address']) === mac)) return;
  await run('ip', ['link', 'set', 'dev', name, 'address', mac]);
}

function routeWords(route: SceneRoute, link: string): readonly string[] {
  const { family, destination, gateway, protocol, scope, metric, source, onlink } = route;
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
    ...(onlink ? ['onlink'] : []),
  ];
}
