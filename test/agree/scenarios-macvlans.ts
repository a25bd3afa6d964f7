import { del, netdev, network, reconfigure, reload, remove, restart, set, touch } from './actions.ts';
import type { Scenario } from './scenarios.ts';

const pair = [netdev('p', 'veth', { peer: 'q' }), network('p', { bridge: 'br-a' })];
const parent = network('q', { macvlans: ['mv'] });
const macvlan = [netdev('mv', 'macvlan', { mode: 'bridge' }), network('mv')];
const all = [netdev('br-a', 'bridge'), network('br-a'), ...pair, parent, ...macvlan];

/** A macvlan on a veth pair in a bridge, as MacvlanIntegration makes it. */
export const macvlans: readonly Scenario[] = [
  {
    name: 'integration-made',
    asks: 'a bridge, a pair and a macvlan come with one reload, and a restart changes nothing',
    steps: [[...all, reload], [reload], [restart]],
  },
  {
    name: 'macvlan-deleted',
    asks: 'what makes a stacked link again that somebody deleted',
    steps: [
      [...all, reload],
      [del('mv')],
      [reload],
      [touch('q.network'), reload],
      [del('mv')],
      [reconfigure('q')],
    ],
  },
  {
    name: 'macvlan-parent-deleted',
    asks: 'a stacked link goes with its parent; what makes it again',
    steps: [[...all, reload], [del('p')], [reload], [touch('q.network'), reload], [reconfigure('q')]],
  },
  {
    name: 'macvlan-mode-changed',
    asks: 'what it takes until a stacked link has the settings of a changed .netdev',
    steps: [
      [...all, reload],
      [netdev('mv', 'macvlan', { mode: 'private' }), reload],
      [del('mv')],
      [reload],
      [touch('q.network'), reload],
      [del('mv')],
      [restart],
    ],
  },
  {
    name: 'macvlan-made-anew-again',
    asks: 'whether a stacked link can be made anew more than once',
    steps: [
      [...all, reload],
      [netdev('mv', 'macvlan', { mode: 'private' })],
      [del('mv')],
      [touch('q.network'), reload],
      [netdev('mv', 'macvlan', { mode: 'vepa' })],
      [del('mv')],
      [touch('q.network'), reload],
      [netdev('mv', 'macvlan', { mode: 'bridge' })],
      [del('mv')],
      [touch('q.network'), reload],
    ],
  },
  {
    name: 'macvlan-netdev-removed',
    asks: 'whether a stacked netdev whose file is gone is forgotten',
    steps: [
      [...all, reload],
      [remove('mv.netdev'), reload],
      [del('mv')],
      [touch('q.network'), reload],
      [reconfigure('q')],
      [restart],
    ],
  },
  {
    name: 'macvlan-netdev-later',
    asks: 'a parent that named a stacked link before there was a .netdev of it',
    steps: [
      [...pair, parent, netdev('br-a', 'bridge'), reload],
      [...macvlan, reload],
      [touch('q.network'), reload],
    ],
  },
  {
    name: 'macvlan-named-later',
    asks: 'a stacked netdev that no parent names is not made until one does',
    steps: [
      [...macvlan, ...pair, network('q'), reload],
      [parent, reload],
    ],
  },
  {
    name: 'macvlan-passthru',
    asks: 'the parent of a passthru macvlan has no link-local address',
    steps: [[...all, netdev('mv', 'macvlan', { mode: 'passthru' }), reload]],
  },
  {
    name: 'macvlan-default-mode',
    asks: 'a macvlan of no mode',
    steps: [[...all, netdev('mv', 'macvlan'), reload]],
  },
  {
    name: 'macvlan-mtu',
    asks: 'a macvlan has no more than the MTU of its parent',
    steps: [
      [...all, network('q', { macvlans: ['mv'], mtu: 1400 }), network('mv', { mtu: 1400 }), reload],
      [set('q', { mtu: 1300 })],
      [network('q', { macvlans: ['mv'], mtu: 1450 }), reload],
      [network('mv', { mtu: 1500 }), reload],
      [network('mv', { mtu: 1450 }), reload],
    ],
  },
];
