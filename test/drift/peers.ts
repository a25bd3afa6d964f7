import type { Bed } from '../bed/bed.ts';
import { makeWorkload } from '../bed/workload.ts';

/** Peers in namespaces of their own, each behind one link of the bed. */
export interface Peers {
  /** The links behind which a peer stands. */
  readonly links: readonly string[];
  /** Pings the bed from the peer behind a link, every 10 ms (or as fast as the machine can). */
  start(link: string): Pings;
}

export interface Pings {
  /** Ends them. @returns how many got no answer; undefined where the peer's own link went away with what it stood on */
  stop(): Promise<{ readonly sent: number; readonly lost: number } | undefined>;
}

/** The address of the bed on each link that has a peer, and the link that the peer is behind. */
const addresses: Readonly<Record<string, string>> = { 'br-c': '10.0.3.2', r1: '10.1.0.1', r2: '10.2.0.1' };

/** One peer for each bridge, plugged in by hand: a port that no document speaks of. */
export async function makePeers(bed: Bed): Promise<Peers> {
  for (const [link, address] of Object.entries(addresses)) {
    const peer = await makeWorkload({ files: bed, sh: bed.sh }, `peer-${link}`);
    await peer.veth(`${link}-peer`, 'eth0');
    await bed.sh(`ip link set ${link}-peer master ${link}`);
    await peer.sh(`ip addr add ${address.replace(/\d+$/, '200')}/24 dev eth0`);
  }
  return {
    links: Object.keys(addresses),
    start: (link) => startPings(bed, link),
  };
}

function startPings(bed: Bed, link: string): Pings {
  const ping = ['busybox', 'ping', '-W', '1', '-i', '0.01', addresses[link] ?? ''];
  const { child, kill, ended } = bed.spawn(['nsenter', `--net=/run/netns/peer-${link}`, ...ping]);
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (words += text));
  return {
    async stop() {
      kill('SIGINT');
      await ended;
      const [, sent, received] = /(\d+) packets transmitted, (\d+) packets received/.exec(words) ?? [];
      if (sent === undefined) return undefined;
      const answered = [...words.matchAll(/ seq=(\d+) /g)].map(([, seq]) => Number(seq));
      // The very last one may have been on its way when all ended.
      const isUnderWay = answered.at(-1) === Number(sent) - 2;
      return { sent: Number(sent), lost: Number(sent) - Number(received) - (isUnderWay ? 1 : 0) };
    },
  };
}
