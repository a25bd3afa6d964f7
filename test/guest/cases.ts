import type { Drift } from '../drift/cases.ts';
import { madeAnew, remade } from '../drift/cases-links.ts';
import type { Place } from '../drift/peers.ts';

/** What stands on none of them goes through r1. */
export const placesOfGuest: readonly Place[] = [
  { link: 'r1', address: '10.1.0.1', peer: '10.1.0.200/24', serves: /./ },
  { link: 'bo0', address: '10.3.0.1', peer: '10.3.0.200/24', serves: /^bo0/ },
  { link: 'vl5', address: '10.5.0.1', peer: '10.5.0.200/24', serves: /^vl5/, vlan: 5 },
];

const ofVlans: readonly Drift[] = [
  {
    ...{ what: 'VLAN deleted', kind: 'NetDev', link: 'vl5', command: 'ip link del vl5' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'VLAN id', kind: 'NetDev', link: 'vl5', steps: remade('vl5') },
    command: madeAnew('vl5', 'link r1 name vl5 up type vlan id 6'),
  },
  {
    ...{ what: 'VLAN protocol', kind: 'NetDev', link: 'vl5', steps: remade('vl5') },
    command: madeAnew('vl5', 'link r1 name vl5 up type vlan protocol 802.1ad id 5'),
  },
  {
    ...{ what: 'parent of a VLAN', kind: 'NetDev', link: 'vl5', steps: remade('vl5') },
    command: madeAnew('vl5', 'link bo0 name vl5 up type vlan id 5'),
  },
];

const ofBonds: readonly Drift[] = [
  {
    ...{ what: 'bond deleted', kind: 'NetDev', link: 'bo0', command: 'ip link del bo0' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'bond mode', kind: 'NetDev', link: 'bo0', steps: remade('bo0') },
    command: madeAnew('bo0', 'bo0 up type bond mode balance-rr miimon 100 updelay 200'),
  },
  {
    ...{ what: 'bond option', kind: 'NetDev', link: 'bo0' },
    command: 'ip link set bo0 type bond miimon 50',
    steps: ['set-option bo0 miimon 100'],
  },
  {
    ...{ what: 'bond delay', kind: 'NetDev', link: 'bo0' },
    command: 'ip link set bo0 type bond updelay 500',
    steps: ['set-option bo0 updelay 200'],
  },
  {
    ...{ what: 'master', kind: 'Network', link: 'bo0-peer', command: 'ip link set bo0-peer nomaster' },
    steps: [],
  },
];

const ofDummies: readonly Drift[] = [
  {
    ...{ what: 'dummy deleted', kind: 'NetDev', link: 'du0', command: 'ip link del du0' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'dummy deleted', kind: 'ContainerBridge', link: 'du-c', command: 'ip link del du-c' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'master', kind: 'ContainerBridge', link: 'du-c', command: 'ip link set du-c nomaster' },
    steps: [],
  },
];

const ofServices: readonly Drift[] = [
  {
    ...{ what: 'resolved stopped', kind: 'Resolver', link: 'systemd-resolved', silent: true },
    command: 'systemctl stop systemd-resolved',
    steps: ['enable-service systemd-resolved.service'],
  },
  {
    ...{ what: 'resolved disabled', kind: 'Resolver', link: 'systemd-resolved', silent: true },
    command: 'systemctl disable systemd-resolved',
    steps: ['enable-service systemd-resolved.service'],
  },
];

/** Drifts that need a kernel with VLANs, bonds and dummies, and systemd as PID 1. */
export const drifts: readonly Drift[] = [...ofVlans, ...ofBonds, ...ofDummies, ...ofServices];
