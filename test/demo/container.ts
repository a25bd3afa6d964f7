import type { Workload } from '../bed/workload.ts';
import { holds, output, prompt, say, scene } from './screen.ts';
import type { Stage } from './stage.ts';
import { makeContainer, makeOutside, outsideAddress } from './surroundings.ts';
import { Unmet } from './within.ts';

/** A workload gets its address through mv-container and reaches the host and, masqueraded, the outside. */
export async function useNetwork({ bed }: Stage): Promise<void> {
  scene('A container plugs in: a namespace with a macvlan on mv-container');
  await makeOutside(bed);
  const container = await makeContainer(bed);
  await showLease(container);
  await showPing(container, '10.0.3.2', 'the host answers');
  say(`Behind the gateway 10.0.3.1 stands ${outsideAddress}; of our networks it knows 10.0.3.2 alone.`);
  await showPing(
    container,
    outsideAddress,
    'it answers: masquerade gave the container the address of the host',
  );
}

async function showLease(container: Workload): Promise<void> {
  const { ip, mask, lease, router } = await container.lease('mv0', { ask: ['tzdbstr'] });
  const last = Number(ip?.split('.')[3]);
  const inPool = ip?.startsWith('10.0.3.') && last >= 25 && last <= 124;
  if (!inPool || lease !== '10800' || router !== '10.0.3.2') {
    throw new Unmet(
      'a lease of 10800 s between 10.0.3.25 and 10.0.3.124, router 10.0.3.2',
      `${ip}, ${lease} s, router ${router}`,
    );
  }
  holds(
    `it got ${ip}/${mask} from the bridge's DHCP server, for ${Number(lease) / 3_600} h, router ${router}`,
  );
}

async function showPing(container: Workload, address: string, meaning: string): Promise<void> {
  prompt(`ping -c 1 ${address}`);
  const { stdout, stderr, code } = await container.sh(`busybox ping -c 1 -W 3 ${address}`, { check: false });
  const answer = stdout.split('\n').find((line) => line.includes('bytes from'));
  if (code !== 0 || answer === undefined) throw new Unmet(`an answer from ${address}`, stdout + stderr);
  output(answer);
  holds(meaning);
}
