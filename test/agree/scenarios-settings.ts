import { dated, netdev, network, reconfigure, reload, remove, restart, set, start, stop } from './actions.ts';
import type { Scenario } from './scenarios.ts';

const bridge = netdev('br-a', 'bridge');
const addresses = ['10.0.1.1/24'];
const pair = [netdev('p', 'veth', { peer: 'q' }), network('p'), network('q', { addresses })];

const plugged = network('p', { bridge: 'br-a' });

/** What a .network and a .netdev set, and what somebody sets by hand. */
export const settings: readonly Scenario[] = [
  {
    name: 'addresses-changed',
    asks: 'addresses follow the .network',
    steps: [
      [bridge, network('br-a', { addresses }), reload],
      [network('br-a', { addresses: ['10.0.1.2/24', '10.0.2.1/24'] }), reload],
      [network('br-a'), reload],
    ],
  },
  {
    name: 'addresses-by-hand',
    asks: 'addresses that somebody took away or added, and what puts them right',
    steps: [
      [...pair, reload],
      [set('q', { addresses: [] })],
      [reload],
      [reconfigure('q')],
      [set('q', { addresses: ['10.0.9.1/24'] })],
      [restart],
    ],
  },
  {
    name: 'addresses-changed-while-stopped',
    asks: 'networkd starts and finds addresses that are not in the .network any more',
    steps: [
      [...pair, reload],
      [stop],
      [network('q', { addresses: ['10.0.2.1/24'] }), start],
      [reconfigure('q')],
    ],
  },
  {
    name: 'link-down-by-hand',
    asks: 'a link that somebody set down, and what sets it up again',
    steps: [[...pair, reload], [set('q', { up: false })], [reload], [reconfigure('q')]],
  },
  {
    name: 'network-removed',
    asks: 'a link whose .network is gone is unmanaged, and what becomes of its addresses',
    steps: [
      [bridge, network('br-a', { addresses }), reload],
      [remove('br-a.network'), reload],
      [reload],
      [restart],
    ],
  },
  {
    name: 'network-shadowed',
    asks: 'the .network of the lowest number counts',
    steps: [
      [bridge, network('br-a', { addresses }), reload],
      [network('br-a', { addresses: ['192.0.2.77/24'], unit: '00-shadow' }), reload],
      [remove('00-shadow.network'), reload],
    ],
  },
  {
    name: 'network-later',
    asks: 'a link that had no .network gets one',
    steps: [
      [bridge, reload],
      [network('br-a', { addresses }), reload],
    ],
  },
  {
    name: 'network-dated',
    asks: 'whether a changed .network is noticed whose time is that of before',
    steps: [
      [bridge, network('br-a', { addresses }), reload],
      [dated(network('br-a', { addresses: ['10.0.1.22/24'] })), reload],
    ],
  },
  {
    name: 'mtu-of-network',
    asks: 'the MTU of a .network is set in place, also after somebody set another',
    steps: [
      [...pair, network('q', { mtu: 1400 }), reload],
      [network('q', { mtu: 1450 }), reload],
      [set('q', { mtu: 1280 })],
      [reload],
      [reconfigure('q')],
      [network('q'), reload],
    ],
  },
  {
    name: 'mtu-of-netdev',
    asks: 'whether a changed .netdev of a link that is there changes it',
    steps: [
      [netdev('br-a', 'bridge', { mtu: 1400 }), network('br-a'), reload],
      [netdev('br-a', 'bridge', { mtu: 1450 }), reload],
      [restart],
    ],
  },
  {
    name: 'mtu-of-netdev-of-pair',
    asks: 'the MTU of a pair, which no changed .netdev changes',
    steps: [
      [...pair, netdev('p', 'veth', { peer: 'q', mtu: 1400 }), reload],
      [netdev('p', 'veth', { peer: 'q', mtu: 1450 }), reload],
      [restart],
    ],
  },
  {
    name: 'mtu-of-ports',
    asks: 'a bridge has the MTU of its ports unless somebody chose one',
    steps: [
      [netdev('br-a', 'bridge', { mtu: 1400 }), network('br-a'), ...pair, plugged, reload],
      [set('p', { mtu: 1300 })],
      [netdev('br-a', 'bridge', { mtu: 1350 }), reload],
      [network('br-a', { mtu: 1450 }), reload],
      [set('p', { mtu: 1280 })],
    ],
  },
  {
    name: 'needs-carrier',
    asks: 'links that may not be configured without carrier',
    steps: [
      [bridge, network('br-a', { addresses, needsCarrier: true }), reload],
      [netdev('p', 'veth', { peer: 'q' }), network('p', { bridge: 'br-a', needsCarrier: true }), reload],
      [network('q', { addresses: ['10.0.2.1/24'], needsCarrier: true }), reload],
      [set('p', { up: false })],
      [set('p', { up: true })],
      [restart],
    ],
  },
  {
    name: 'carrier-gained',
    asks: 'addresses that somebody took away are back when their link gets carrier',
    steps: [
      [bridge, network('br-a', { addresses }), reload],
      [set('br-a', { addresses: [] })],
      [...pair, plugged, reload],
    ],
  },
  {
    name: 'netdev-twice',
    asks: 'the .netdev of the lowest number counts where two have one name',
    steps: [[bridge, netdev('br-a', 'veth', { peer: 'q', unit: '04-first' }), network('br-a'), reload]],
  },
];
