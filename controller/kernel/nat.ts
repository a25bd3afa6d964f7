import { parseCidr } from '../../crds/ip.ts';

/** networkd's table of nftables (v248+), one each in the families `ip` and `ip6`. */
export const natTable = 'io.systemd.nat';

/**
 * What puts a network back into networkd's table, as one transaction of nftables. The table is made as networkd makes
 * it (fw_nftables_init in systemd's firewall-util-nft.c), so that networkd finds in it what it looks for: after `nft
 * flush ruleset` it would put back an address only together with the address itself (measured: v252, v257). Rules have
 * no names, so chains are emptied and filled again.
 */
export function masqueradeScript(network: string): string {
  const isIpv6 = isOfIpv6(network);
  const [family, loopback] = isIpv6 ? ['ip6', '::1'] : ['ip', '127.0.0.0/8'];
  const type = isIpv6 ? 'ipv6_addr' : 'ipv4_addr';
  const table = `${family} ${natTable}`;
  const translate = `dnat ${family} to meta l4proto . th dport map @map_port_ipport`;
  const chain = (name: string, priority: number, rule: string) => [
    `add chain ${table} ${name} { type nat hook ${name} priority ${priority}; policy accept; }`,
    `flush chain ${table} ${name}`,
    `add rule ${table} ${name} ${rule}`,
  ];
  return [
    `add table ${table}`,
    `add set ${table} masq_saddr { type ${type}; flags interval; }`,
    `add map ${table} map_port_ipport { type inet_proto . inet_service : ${type} . inet_service; }`,
    ...chain('prerouting', -99, `fib daddr type local ${translate}`),
    ...chain('output', -99, `${family} daddr != ${loopback} oif lo ${translate}`),
    ...chain('postrouting', 101, `${family} saddr @masq_saddr masquerade`),
    `add element ${table} masq_saddr { ${network} }`,
    '',
  ].join('\n');
}

/** What takes a network out of networkd's table. */
export function unmasqueradeWords(network: string): readonly string[] {
  const family = isOfIpv6(network) ? 'ip6' : 'ip';
  return ['delete', 'element', family, natTable, 'masq_saddr', '{', network, '}'];
}

function isOfIpv6(network: string): boolean {
  const cidr = parseCidr(network);
  return !('code' in cidr) && cidr.family === 6;
}
