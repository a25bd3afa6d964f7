import type { Inside } from '../bed/inside.ts';
import { makeWorkload } from '../bed/workload.ts';

/** A link behind which a peer in a namespace of its own stands. */
export interface Place {
  readonly link: string;
  /** Address of the system that the peer pings. */
  readonly address: string;
  /** Address of the peer, with its prefix length. */
  readonly peer: string;
  /** The links whose packets go through it; the last place that fits counts. */
  readonly serves: RegExp;
  /** The peer speaks with this VLAN tag. */
  readonly vlan?: number;
  /** The peer is a macvlan on the link, as a container has one, and not at the other end of a veth `<link>-peer`. */
  readonly macvlan?: true;
}

export interface Pings {
  /** Ends them. @returns how many got no answer; undefined where the peer's own link went away with what it stood on */
  stop(): Promise<{ readonly sent: number; readonly lost: number } | undefined>;
}

/** The peers of a bed; what stands on no bridge of its own goes through r1. */
export const placesOfBed: readonly Place[] = [
  { link: 'r1', address: '10.1.0.1', peer: '10.1.0.200/24', serves: /./ },
  { link: 'r2', address: '10.2.0.1', peer: '10.2.0.200/24', serves: /^r2/ },
  { link: 'br-c', address: '10.0.3.2', peer: '10.0.3.200/24', serves: /^(br-c|cl)/ },
  { link: 'mv-c', address: '10.0.3.2', peer: '10.0.3.201/24', serves: /^mv-c/, macvlan: true },
];

/** Makes the peers. Their ends in here are ports that documents speak of, and that nobody but this makes. */
export async function makePeers(inside: Inside, places: readonly Place[]): Promise<void> {
  for (const { link, peer, vlan, macvlan } of places) {
    const workload = await makeWorkload({ files: inside, sh: inside.sh }, `peer-${link}`);
    if (macvlan) continue;
    await workload.veth(`${link}-peer`, 'eth0');
    if (vlan !== undefined) await workload.sh(`ip link add link eth0 name tagged up type vlan id ${vlan}`);
    await workload.sh(`ip addr add ${peer} dev ${vlan === undefined ? 'eth0' : 'tagged'}`);
  }
}

/** A macvlan comes once its link is there, and anew when it went with what it stood on. */
async function standOn({ sh }: Inside, { link, peer, macvlan }: Place): Promise<void> {
  if (!macvlan) return;
  const inPeer = `ip -n peer-${link}`;
  await sh(`${inPeer} link show eth0 >/dev/null 2>&1 && exit
    ip link add link ${link} name eth0 netns peer-${link} type macvlan mode bridge
    ${inPeer} link set eth0 up; ${inPeer} addr add ${peer} dev eth0`);
}

/** The place through which packets of a link go, and another one. */
export function placesAround(
  link: string,
  places: readonly Place[],
): readonly [Place | undefined, Place | undefined] {
  const own = places.findLast(({ serves }) => serves.test(link));
  return [own, places.find((place) => place !== own)];
}

/** Pings the system from the peer of a place, every so many milliseconds (or as fast as the machine can). */
export async function startPings(inside: Inside, place: Place, everyMs: number): Promise<Pings> {
  await standOn(inside, place);
  const { link, address } = place;
  const ping = ['busybox', 'ping', '-W', '1', '-i', String(everyMs / 1_000), address];
  const { child, kill, ended } = inside.spawn(['nsenter', `--net=/run/netns/peer-${link}`, ...ping]);
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
