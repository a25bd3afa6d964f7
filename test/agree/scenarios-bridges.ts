import {
  add,
  del,
  netdev,
  network,
  reconfigure,
  reload,
  remove,
  restart,
  set,
  start,
  stop,
  touch,
} from './actions.ts';
import type { Scenario } from './scenarios.ts';

const bridge = [netdev('br-a', 'bridge'), network('br-a', { addresses: ['10.0.1.1/24'] })];
const port = [netdev('p', 'veth', { peer: 'q' }), network('p', { bridge: 'br-a' }), network('q')];

/** Bridges and their ports. */
export const bridges: readonly Scenario[] = [
  {
    name: 'bridge-made',
    asks: 'a bridge is configured without carrier, gets it with its first port, and stays as it is otherwise',
    steps: [[...bridge, reload], [reload], [restart], [...port, reload], [set('q', { up: false })]],
  },
  {
    name: 'bridge-deleted',
    asks: 'a bridge that somebody deleted is made again at a reload',
    steps: [[...bridge, reload], [del('br-a')], [reload]],
  },
  {
    name: 'bridge-deleted-with-port',
    asks: 'what becomes of the ports when their bridge is deleted and made again',
    steps: [
      [...bridge, ...port, reload],
      [del('br-a')],
      [reload],
      [reload],
      [touch('p.network'), reload],
      [reconfigure('p')],
    ],
  },
  {
    name: 'port-asks-for-deleted-bridge',
    asks: 'a port that is configured anew while its bridge is gone',
    steps: [[...bridge, ...port, reload], [del('br-a')], [reconfigure('p')], [reload], [restart]],
  },
  {
    name: 'bridge-deleted-while-stopped',
    asks: 'networkd starts and finds its bridge gone, or its bridge there and no .netdev',
    steps: [
      [...bridge, ...port, reload],
      [stop],
      [del('br-a')],
      [start],
      [remove('br-a.netdev'), restart],
      [reload],
    ],
  },
  {
    name: 'bridge-netdev-removed',
    asks: 'a .netdev that is gone deletes nothing and makes nothing again',
    steps: [
      [...bridge, ...port, reload],
      [remove('br-a.netdev'), reload],
      [touch('p.network'), reload],
      [del('br-a')],
      [reload],
    ],
  },
  {
    name: 'port-moves',
    asks: 'a port follows Bridge= to another bridge, and out of all',
    steps: [
      [...bridge, netdev('br-b', 'bridge'), network('br-b'), ...port, reload],
      [network('p', { bridge: 'br-b' }), reload],
      [network('p'), reload],
    ],
  },
  {
    name: 'port-moved-by-hand',
    asks: 'a port that somebody plugged elsewhere, or out, stays there until it is configured anew',
    steps: [
      [...bridge, ...port, reload],
      [set('p', { master: '' })],
      [reload],
      [reconfigure('p')],
      [add('br-x', 'bridge'), set('br-x', { up: true })],
      [set('p', { master: 'br-x' })],
      [reconfigure('p')],
    ],
  },
  {
    name: 'plugged-in-by-hand',
    asks: 'a link that is to be no port is plugged in by hand; networkd takes it out, and whether it finds its state again',
    steps: [
      [...bridge, netdev('p', 'veth', { peer: 'q' }), network('p'), network('q'), reload],
      [set('q', { master: 'br-a' })],
      [restart],
      [reconfigure('q')],
      [touch('q.network'), reload],
      [set('q', { up: false })],
      [set('q', { up: true })],
    ],
  },
  {
    name: 'unplugged-by-reconfiguration',
    asks: 'the same, and networkd is told to configure it anew',
    steps: [
      [...bridge, netdev('p', 'veth', { peer: 'q' }), network('p'), network('q'), reload],
      [set('q', { master: 'br-a' })],
      [reconfigure('q')],
      [reconfigure('q')],
    ],
  },
  {
    name: 'bridge-in-bridge',
    asks: 'a link that cannot become a port has failed; whether a mended .network is enough',
    steps: [
      [...bridge, netdev('br-b', 'bridge'), network('br-b', { bridge: 'br-a' }), reload],
      [reload],
      [network('br-b'), reload],
      [reconfigure('br-b')],
    ],
  },
  {
    name: 'port-busy',
    asks: 'a link that could not become a port; whether it does once nothing hinders it',
    steps: [
      [netdev('p', 'veth', { peer: 'q' }), network('p'), network('q'), reload],
      [add('mv', 'macvlan', 'p')],
      [...bridge, network('p', { bridge: 'br-a' }), reload],
      [del('mv')],
      [reload],
      [reconfigure('p')],
    ],
  },
  {
    name: 'veth-deleted',
    asks: 'a pair goes by either end, and is made again at a reload',
    steps: [[...bridge, ...port, reload], [del('q')], [reload], [del('p')], [reload]],
  },
  {
    name: 'bridge-down-by-hand',
    asks: 'a bridge or a port that somebody set down, and what sets it up again',
    steps: [
      [...bridge, ...port, reload],
      [set('br-a', { up: false })],
      [reload],
      [reconfigure('br-a')],
      [set('p', { up: false })],
      [reload],
      [reconfigure('p')],
    ],
  },
];
