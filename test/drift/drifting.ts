import type { Inside } from '../bed/inside.ts';
import { type Operator, startOperator } from '../bed/operator.ts';
import { ready } from '../bed/origin.ts';

/** A system with a running operator, whose documents promise something of every class that drifts. */
export interface Drifting {
  readonly inside: Inside;
  readonly operator: Operator;
}

/** Resolves once all documents are Ready. */
export async function startDrifting(inside: Inside, documents: readonly string[]): Promise<Drifting> {
  inside.write('/etc/osa-net.d/all.yaml', documents.join('\n---\n'));
  const operator = startOperator(inside, { flags: ['--log-level', 'debug'] });
  await ready(inside, undefined, 120_000);
  return { inside, operator };
}

/** What the operator did or tried since `from` lines of its log, one step each, without reasons and repetitions. */
export function stepsSince({ log }: Operator, from: number): readonly string[] {
  const steps = log.slice(from).filter(({ step }) => step !== undefined);
  const told = steps.map(({ level, step, message }) =>
    level === 'info' ? (message.split(': ')[0] ?? '') : `refused:${step}`,
  );
  return [...new Set(told)];
}

// A rule without priority gets another place each time that networkd sets it: its number is left out.
const script = `
ip -4 route show table all proto static; ip -6 route show table all proto static
{ ip rule; ip -6 rule; } | sed -E 's/^327[0-9]+:/-:/' | sort
for link in br-c r1 r2; do cat /proc/sys/net/ipv[46]/conf/$link/forwarding || true; done; cat /proc/sys/net/ipv4/ip_forward
for chain in 'set ip io.systemd.nat masq_saddr' 'chain ip io.systemd.nat postrouting'; do nft list $chain || true; done
for link in r1 r2; do grep -E '^(DNS|NTP|DOMAINS|ROUTE_DOMAINS)=' /run/systemd/netif/links/$(cat /sys/class/net/$link/ifindex) || true; done
ss -H -uln sport = :67
cat /etc/resolv.conf; (cd /etc/systemd; sha256sum network/* resolved.conf.d/*) || true`;

/** Everything that drifts, as text. */
export async function snapshotOf({ sh, ip }: Inside): Promise<string> {
  const [{ stdout }, links] = await Promise.all([sh(script), ip('addr')]);
  const options = ['stp_state', 'forward_delay', 'ageing_time', 'priority', 'remote', 'local', 'learning'];
  const shown = [...options, 'id', 'mode', 'protocol', 'miimon', 'updelay'];
  const lines = links.map(({ ifname, link = '-', master = '-', mtu, address, linkinfo, addr_info = [] }) => {
    const { info_kind = '-', info_data = {} } = linkinfo ?? {};
    const settings = shown.filter((key) => key in info_data).map((key) => `${key} ${info_data[key]}`);
    const addresses = addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort();
    return [ifname, link, info_kind, master, mtu, address, ...settings, ...addresses].join(' ');
  });
  return `${lines.sort().join('\n')}\n${stdout}`;
}
