import {
  add,
  del,
  netdev,
  network,
  reconfigure,
  reload,
  restart,
  set,
  start,
  stop,
  touch,
} from './actions.ts';
import type { Scenario } from './scenarios.ts';

const bridge = [netdev('br-a', 'bridge'), network('br-a', { addresses: ['10.0.1.1/24'] })];
const pair = [netdev('p', 'veth', { peer: 'q' }), network('q')];
const plugged = network('p', { bridge: 'br-a' });

const foreignBridge = (name: string) => [add(name, 'bridge'), set(name, { up: true })];

/** Links that others make. */
export const strangers: readonly Scenario[] = [
  {
    name: 'foreign-links',
    asks: 'links that no .network matches are left alone',
    steps: [
      [add('br-f', 'bridge'), add('v', 'veth', 'w')],
      [
        set('br-f', { up: true }),
        set('v', { up: true }),
        set('w', { up: true }),
        set('v', { master: 'br-f' }),
      ],
      [set('br-f', { addresses: ['192.0.2.1/24'] })],
      [reload],
      [restart],
      [del('w')],
    ],
  },
  {
    name: 'foreign-link-adopted-at-reload',
    asks: 'whether a link that somebody made is taken for that of a .netdev that comes later',
    steps: [
      [add('br-a', 'bridge')],
      [...bridge, ...pair, plugged, reload],
      [touch('p.network'), reload],
      [restart],
      [del('br-a')],
      [reload],
    ],
  },
  {
    name: 'foreign-link-instead-of-ours',
    asks: 'somebody deletes our bridge and makes one of the same name',
    steps: [
      [...bridge, ...pair, plugged, reload],
      [del('br-a'), add('br-a', 'bridge')],
      [reload],
      [touch('p.network'), reload],
      [restart],
    ],
  },
  {
    name: 'foreign-link-of-another-kind',
    asks: 'a .netdev whose name a link of another kind has, and who waits for it',
    steps: [
      [add('br-a', 'veth', 'x')],
      [...bridge, ...pair, plugged, reload],
      [del('br-a')],
      [reload],
      [touch('br-a.netdev'), reload],
      [restart],
    ],
  },
  {
    name: 'foreign-bridge-kept',
    asks: 'a port of a bridge that others made stays plugged in only with KeepMaster=',
    steps: [
      [...foreignBridge('br-f'), ...pair, network('p', { keepsMaster: true }), reload],
      [set('p', { master: 'br-f' })],
      [reload],
      [reconfigure('p')],
      [touch('p.network'), reload],
      [restart],
      [network('p'), reload],
      [set('p', { master: 'br-f' })],
      [restart],
    ],
  },
  {
    name: 'foreign-bridge-left',
    asks: 'a port that networkd takes out of a bridge that others made is without a link-local address until it restarts',
    steps: [
      [...foreignBridge('br-f'), ...pair, network('p'), reload],
      [set('p', { master: 'br-f' })],
      [touch('p.network'), reload],
      [reconfigure('p')],
      [set('p', { master: 'br-f' })],
      [restart],
      [set('p', { up: false }), set('p', { up: true })],
    ],
  },
  {
    name: 'foreign-bridge-left-and-entered',
    asks: 'a port without a link-local address is configured wherever somebody plugs it in',
    steps: [
      [...foreignBridge('br-f'), ...pair, network('p', { noLinkLocal: true }), reload],
      [set('p', { master: 'br-f' })],
      [touch('p.network'), reload],
      [set('p', { master: 'br-f' })],
      [restart],
      [set('p', { master: 'br-f' })],
    ],
  },
  {
    name: 'foreign-bridge-while-stopped',
    asks: 'networkd starts and finds a port in a bridge that its .network does not name',
    steps: [
      [...foreignBridge('br-f'), ...pair, network('p'), reload],
      [stop],
      [set('p', { master: 'br-f' }), start],
      [reload],
    ],
  },
  {
    name: 'foreign-bridge-named',
    asks: 'Bridge= of a bridge that has no .netdev is ignored',
    steps: [
      [...foreignBridge('br-a'), ...pair, plugged, reload],
      [set('p', { master: 'br-a' })],
      [reconfigure('p')],
    ],
  },
  {
    name: 'foreign-macvlan',
    asks: 'a macvlan that somebody made on our link, and one of a name that we want',
    steps: [
      [...pair, network('p'), reload],
      [add('mv', 'macvlan', 'q')],
      [
        netdev('mv', 'macvlan', { mode: 'bridge' }),
        network('q', { macvlans: ['mv'] }),
        network('mv'),
        reload,
      ],
      [restart],
      [reconfigure('q')],
    ],
  },
];
