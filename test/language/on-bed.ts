import type { UnitType } from '../../crds/networkd/vocabulary-types.ts';
import type { Bed } from '../bed/bed.ts';
import type { Case } from './cases.ts';

const directory = '/etc/systemd/network';

/**
 * networkd reads all files, and only says what it does not like. It may end after that: v247 gives up on a bond that the
 * kernel does not make.
 */
const networkd = `
export SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=warning SYSTEMD_NETWORK_PERSISTENT_STORAGE_READY=1
/lib/systemd/systemd-networkd </dev/null >/run/bed/said 2>&1 &
ask=(org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.freedesktop.network1)
until [[ $(busctl --system call "\${ask[@]}") == 'b true' ]]; do kill -0 $! || break; sleep 0.1; done
sleep 1
kill $! || true
wait $! || true
for link in /sys/class/net/*; do ip link delete "\${link##*/}" 2>/dev/null || true; done
cat /run/bed/said`;

/** udev reads all files before it looks at the link, and says whatever it has to say. */
const udev = 'udevadm test-builtin net_setup_link /sys/class/net/lo 2>&1 || true';

/** What networkd says while it reads the files of a bed where none runs, at the level of a warning. */
export async function readByNetworkd(bed: Bed): Promise<string> {
  return (await bed.sh(networkd, { timeoutMs: 120_000 })).stdout;
}

/** What networkd, or udev of .link files, says of the line of each value; empty where it takes it. */
export async function complaints(bed: Bed, cases: readonly Case[]): Promise<readonly string[]> {
  const said = cases.map(() => '');
  bed.remove(directory);
  for (const [index, one] of cases.entries())
    bed.write(`${directory}/${index}.${one.type}`, textOf(one, index));
  const text = cases[0]?.type === 'link' ? (await bed.sh(udev)).stdout : await readByNetworkd(bed);
  for (const line of text.split('\n')) {
    const [, index, at, words = ''] = /\/(\d+)\.\w+:(\d+): (.*)/.exec(line) ?? [];
    if (index !== undefined && isAboutValue(Number(at), words)) said[Number(index)] = words;
  }
  return said;
}

/** Where a unit has the value, and the header of its section: networkd complains about an unknown section there. */
const lineOfValue = 8;
const lineOfSection = 7;

/** What systemd says with a lower level than a warning, which only udev is heard saying here. */
const notices = /^(?:Duplicate entry|Support for option \w+= has been removed)/;

/** That a section lacks another key, or makes no sense with this one alone, is no matter of the value. */
function isAboutValue(line: number, words: string): boolean {
  if (notices.test(words)) return false;
  return line === lineOfValue || (line === lineOfSection && words.startsWith('Unknown section'));
}

function textOf({ type, section, key, value, kind }: Case, index: number): string {
  const device = section === 'NetDev' && key === 'Kind' ? '' : `Kind=${kind}`;
  const heads: Readonly<Record<UnitType, string>> = {
    netdev: `[NetDev]\nName=x${index}\n${device}\n\n\n\n`,
    // A gateway wants an address.
    network: `[Match]\nName=nobody${index}\n[Network]\nAddress=192.0.2.2/24\nAddress=2001:db8::2/64\n\n`,
    link: `[Match]\nOriginalName=nobody${index}\n\n\n\n\n`,
  };
  return `${heads[type]}[${section}]\n${key}=${value}\n`;
}
