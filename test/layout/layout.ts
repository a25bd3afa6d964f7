import { parseArgs } from 'node:util';
import { type GuestRelease, runInGuest } from '../guest/guest.ts';
import type { Finding } from '../guest/layout.ts';

/** The network of deploy/examples/osa-host.yaml on two hosts that are cabled together: does each network carry what it must? */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { release: { type: 'string', multiple: true, default: ['bookworm', 'trixie'] } },
  });
  let bad = 0;
  for (const release of values.release as readonly GuestRelease[]) {
    await runInGuest(release, 'osa-hosts', (line) => {
      const finding = JSON.parse(line) as Finding | 'end';
      if (finding === 'end') return true;
      if (!finding.good) bad += 1;
      console.log(`${release}: ${finding.good ? 'yes' : 'NO '} ${finding.what}`);
      return false;
    });
  }
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main();
