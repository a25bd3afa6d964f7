import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Bed } from '../bed/bed.ts';
import { environment } from '../bed/places.ts';
import { output, say, scene } from './screen.ts';

const hints = `osa-net status
osa-net status --watch
osa-net status macvlanintegration/mgmt
osa-net diff
networkctl list
ip link del mv-mgmt-v1
rm /etc/osa-net.d/macvlanintegration-vlan.yaml
ip netns exec container busybox ping -c 1 10.0.3.2`;

/** An interactive shell inside, until its end. What happens in there stays in there. */
export async function stay(bed: Bed): Promise<void> {
  scene('The shell is yours; everything here is gone when you leave it (exit)');
  say('Try:');
  output(hints);
  bed.write('/run/bed/bashrc', "PS1='(osa-net demo) \\w # '\ncd /etc/osa-net.d\n");
  const inside = [
    '-t',
    String(bed.pid),
    '--net',
    '--mount',
    '--pid',
    '--',
    'bash',
    '--rcfile',
    '/run/bed/bashrc',
    '-i',
  ];
  const term = process.env['TERM'];
  const shell = spawn('nsenter', inside, {
    stdio: 'inherit',
    env: { ...environment, ...(term === undefined ? {} : { TERM: term }) },
  });
  // Ctrl-C belongs to the shell, not to us.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  await once(shell, 'exit');
  process.off('SIGINT', ignore);
}
