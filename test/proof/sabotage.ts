import type { Stage } from './stage.ts';

/** Damage that a defect of osa-net would do: a script that does it, and what the judgement must say of it. */
interface Sabotage {
  readonly script: string;
  readonly problem: RegExp;
}

const state = '/var/lib/osa-net';
const units = '/etc/systemd/network';

/** By name. They expect the documents `a` (a bridge br-a with an MTU) and `plug` (an integration with it) in force. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'a foreign link changed': { script: 'ip link set other0 mtu 1499', problem: /^foreign link other0/ },
  'a foreign port unplugged': { script: 'ip link set cable0 nomaster', problem: /^foreign link cable0/ },
  'a foreign address lost': {
    script: 'ip addr del 192.0.2.1/24 dev br-foreign',
    problem: /^foreign link br-foreign/,
  },
  'a foreign route lost': { script: 'ip route del 198.51.100.128/25 table 77', problem: /^foreign routes/ },
  'a foreign unit touched': { script: `touch ${units}/20-other.network`, problem: /^foreign unit 20-other/ },
  'a lookalike of our units removed': {
    script: `rm ${units}/05-osa-net-nobody.network`,
    problem: /^foreign unit 05-osa-net-nobody/,
  },
  'a foreign table flushed': { script: 'nft flush table inet foreign', problem: /^foreign nft/ },
  'a link left over': { script: 'ip link add br-left type bridge', problem: /^link br-left is left over/ },
  'a unit left over': {
    script: `echo '[Match]' >${units}/05-osa-net-left.network`,
    problem: /^unit 05-osa-net-left.network is left over/,
  },
  'a temporary file left over': {
    script: `touch ${state}/.inventory.json.osa-net-tmp`,
    problem: /^unfinished file/,
  },
  'a link forgotten': {
    script: `sed -i 's/^  "br-a": {/  "br-b": {/' ${state}/inventory.json`,
    problem: /^links of the inventory:/,
  },
  'a wrong hash': {
    script: `sed -i 's/"hash": "..../"hash": "0000/' ${state}/inventory.json`,
    problem: /^the inventory has another hash of/,
  },
  'a reload forgotten': {
    script: `sed -i 's/"reloadPending": false/"reloadPending": true/' ${state}/inventory.json`,
    problem: /^a reload is pending/,
  },
  'a last good document lost': { script: `rm ${state}/documents/a.yaml`, problem: /not kept as last good/ },
  'a removed document kept': {
    script: `cp ${state}/documents/a.yaml ${state}/documents/b.yaml`,
    problem: /^b.yaml is gone and still kept/,
  },
  'a wrong MTU': { script: 'ip link set br-a mtu 1300', problem: /^br-a has mtu 1300/ },
  'a wrong mode': {
    script: 'ip link set mv-plug type macvlan mode private',
    problem: /^mv-plug has mode private/,
  },
  'an address too many': {
    script: 'ip addr add 10.97.9.9/24 dev br-a',
    problem: /^br-a has addresses .*10.97.9.9/,
  },
  'an address too few': { script: 'ip addr flush dev br-a', problem: /^br-a has addresses , not/ },
  'a link missing': { script: 'ip link del mv-plug', problem: /^link mv-plug is missing/ },
  'a link down': { script: 'ip link set mv-plug down', problem: /^mv-plug is up: false/ },
  // networkd may find the port anew, and plug it in again before anybody looks.
  'a port unplugged': {
    script: 'kill -STOP $(cat /run/bed/networkd.pid); ip link set mv-plug-v1 nomaster',
    problem: /^mv-plug-v1 is in undefined/,
  },
  'a unit missing': {
    script: `rm ${units}/05-osa-net-br-a.netdev`,
    problem: /^unit 05-osa-net-br-a.netdev is missing/,
  },
  'a unit with another text': {
    script: `echo >>${units}/05-osa-net-br-a.network`,
    problem: /^unit 05-osa-net-br-a.network has another text/,
  },
  'a resource that is not Ready': {
    script:
      'sed -i \'s/ReconciliationSucceeded/DriftDetected/; s/"status":"True"/"status":"False"/g\' /run/osa-net/status.json',
    problem: /is DriftDetected, not Ready/,
  },
};

/** Ends the operator, so that nobody repairs it, and does damage. */
export async function damage(stage: Stage, { script }: Sabotage): Promise<void> {
  await stage.perform({ kind: 'kill', who: 'operator' });
  await stage.bed.sh(script);
}
