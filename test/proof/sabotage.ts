import type { Stage } from './stage.ts';

/** Runs in the host; what each does is what a defect of osa-net would do, and the judgement must see it. */
const scripts = {
  'foreign-mtu': 'ip link set other0 mtu 1499',
  'foreign-port': 'ip link set cable0 nomaster',
  'foreign-address': 'ip addr del 192.0.2.1/24 dev br-foreign',
  'foreign-route': 'ip route del 198.51.100.128/25 table 77',
  'foreign-unit': 'touch /etc/systemd/network/20-other.network',
  'foreign-lookalike': 'rm /etc/systemd/network/05-osa-net-nobody.network',
  'foreign-table': 'nft flush table inet foreign',
  'left-link': 'ip link add br-left type bridge',
  'left-unit': "echo '[Match]' >/etc/systemd/network/05-osa-net-left.network",
  'left-temporary-file': 'touch /var/lib/osa-net/.inventory.json.osa-net-tmp',
  'forgotten-link':
    'cd /var/lib/osa-net; mv inventory.json i; sed "/\\"br-a\\": {/,/}/d" i >inventory.json; rm i',
  'forgotten-reload':
    'sed -i "s/\\"reloadPending\\": false/\\"reloadPending\\": true/" /var/lib/osa-net/inventory.json',
  'lost-documents': 'rm -r /var/lib/osa-net/documents; mkdir /var/lib/osa-net/documents',
  'wrong-mtu': 'ip link set br-a mtu 1300',
  'wrong-mode':
    'ip link set mv-plug type macvlan mode passthru || ip link set mv-plug type macvlan mode source',
  'wrong-address': 'ip addr add 10.97.9.9/24 dev br-a',
  'missing-link': 'ip link del mv-plug',
  unplugged: 'ip link set mv-plug-v1 nomaster',
  'missing-unit': 'rm /etc/systemd/network/05-osa-net-br-a.netdev',
  'other-unit': 'echo >>/etc/systemd/network/05-osa-net-br-a.network',
} as const;

export const sabotages = Object.keys(scripts) as readonly Sabotage[];
export type Sabotage = keyof typeof scripts;

/** Ends the operator, so that nobody repairs it, and does damage. */
export async function sabotage(stage: Stage, which: Sabotage): Promise<void> {
  await stage.perform({ kind: 'kill', who: 'operator' });
  await stage.bed.sh(scripts[which]);
}
