import { basename } from 'node:path';
import type { Bed } from '../bed/bed.ts';
import type { Files } from '../bed/files.ts';
import type { IpEntry } from '../bed/ip.ts';
import type { Action, Setting } from './actions.ts';
import type { Scenario } from './scenarios.ts';
import { type Look, type SeenLink, Tracer } from './trace.ts';

const directory = '/etc/systemd/network';

/**
 * Prints links, and networkd's files about them, once nothing of it has changed for a while: for longer where the kernel
 * still looks for duplicates of an address (2 s), or where a link is not configured yet or is tried again. The timers of
 * a bridge always run.
 */
const settleScript = `
last= same=0
for ((i = 0; i < 60; i++)); do
  now=$(ip -json -details address | sed -E 's/"[a-z_]+_timer":[0-9.]+,?//g'
    grep -sE '^(ADMIN_STATE|OPER_STATE|NETWORK_FILE)=' /run/systemd/netif/links/* /dev/null || true)
  [[ $now == "$last" ]] && ((++same)) || same=0
  last=$now
  case $now in
  *'"tentative":true'*) enough=20 ;;
  *=failed* | *=configuring* | *=initialized* | *=pending*) enough=12 ;;
  *) enough=6 ;;
  esac
  ((same < enough)) || break
  sleep 0.2
done
printf '%s\\n' "$last"`;

/** Runs a scenario on the real networkd of a fresh bed. */
export async function traceOnBed({ steps, hidden }: Scenario, bed: Bed): Promise<readonly Look[]> {
  const tracer = new Tracer(hidden?.fields);
  const looks: Look[] = [];
  for (const actions of steps) {
    for (const action of actions) await act(action, bed);
    const { stdout } = await bed.sh(settleScript);
    looks.push(tracer.look(linksIn(stdout, bed.networkd.pid() !== undefined)));
  }
  return looks;
}

async function act(action: Action, { networkd, sh, ...files }: Bed): Promise<unknown> {
  switch (action.do) {
    case 'write':
      return write(action, sh, files);
    case 'remove':
      return files.remove(`${directory}/${action.unit}`);
    case 'touch':
      return sh(`touch '${directory}/${action.unit}'`);
    case 'reload':
      return sh('networkctl reload');
    case 'restart':
    case 'stop':
    case 'start':
      return networkd[action.do]();
    case 'reconfigure':
      return sh(`networkctl reconfigure '${action.link}'`);
    case 'delete':
      return sh(`ip link delete '${action.link}'`);
    case 'add':
      return sh(addScript(action));
    case 'set':
      return sh(setScript(action.link, action.to));
  }
}

async function write({ unit, text, isDated }: Extract<Action, { do: 'write' }>, sh: Bed['sh'], files: Files) {
  const path = `${directory}/${unit}`;
  if (isDated) await sh(`touch -r '${path}' /run/bed/time`);
  files.write(path, text);
  if (isDated) await sh(`touch -r /run/bed/time '${path}'`);
}

function addScript({ link, kind, on = '' }: Extract<Action, { do: 'add' }>): string {
  if (kind === 'veth') return `ip link add '${link}' type veth peer name '${on}'`;
  return `ip link add '${link}' ${kind === 'macvlan' ? `link '${on}'` : ''} type ${kind}`;
}

function setScript(link: string, to: Setting): string {
  if ('mtu' in to) return `ip link set '${link}' mtu ${to.mtu}`;
  if ('up' in to) return `ip link set '${link}' ${to.up ? 'up' : 'down'}`;
  if ('master' in to)
    return `ip link set '${link}' ${to.master === '' ? 'nomaster' : `master '${to.master}'`}`;
  const added = to.addresses.map((address) => `ip address add '${address}' dev '${link}'`);
  return [`ip -4 address flush dev '${link}'`, ...added].join('\n');
}

/** @param text what the script above prints */
function linksIn(text: string, isRunning: boolean): readonly SeenLink[] {
  const [json = '[]', ...lines] = text.trim().split('\n');
  const states = new Map<string, string>();
  for (const line of isRunning ? lines : []) {
    const [, ifindex, key, value = ''] = /\/(\d+):([A-Z_]+)=(.*)$/.exec(line) ?? [];
    states.set(`${ifindex} ${key}`, value);
  }
  return (JSON.parse(json) as readonly IpEntry[]).map((entry) => {
    const state = (key: string) => states.get(`${entry.ifindex} ${key}`) ?? '-';
    return {
      ...{ name: entry.ifname, ifindex: entry.ifindex, mtu: entry.mtu },
      kind: entry.linkinfo?.info_kind ?? '-',
      parent: entry.link ?? '-',
      master: entry.master ?? '-',
      mode: `${entry.linkinfo?.info_data?.['mode'] ?? '-'}`,
      up: entry.flags.includes('UP'),
      addresses: (entry.addr_info ?? [])
        .filter(({ scope }) => scope !== 'link')
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      setup: state('ADMIN_STATE'),
      operational: state('OPER_STATE'),
      network: basename(state('NETWORK_FILE')),
    };
  });
}
