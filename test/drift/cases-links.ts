import type { Drift } from './cases.ts';

/** Deletes a link and makes another one under its name. */
export const madeAnew = (link: string, words: string) => `ip link del ${link}; ip link add ${words}`;

/** The steps that make a link anew. */
export const remade = (link: string) => [`delete-link ${link}`, 'reload systemd-networkd'];

/** That a link is there, and what it is. */
const ofBeing: readonly Drift[] = [
  {
    ...{ what: 'link deleted', kind: 'ContainerBridge', link: 'br-c', command: 'ip link del br-c' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'link deleted', kind: 'MacvlanIntegration', link: 'mv-c', command: 'ip link del mv-c' },
    steps: ['touch-dependents 05-osa-net-mv-c-v2.network', 'reload systemd-networkd'],
  },
  {
    ...{ what: 'veth pair deleted', kind: 'MacvlanIntegration', link: 'mv-c-v1' },
    command: 'ip link del mv-c-v1',
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'bridge deleted', kind: 'NetDev', link: 'r2', command: 'ip link del r2' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'veth deleted', kind: 'NetDev', link: 'r2p0', command: 'ip link del r2p0' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'VXLAN deleted', kind: 'NetDev', link: 'vx0', command: 'ip link del vx0' },
    steps: ['reload systemd-networkd'],
  },
  {
    ...{ what: 'VNI', kind: 'NetDev', link: 'vx0' },
    command: madeAnew(
      'vx0',
      'vx0 up type vxlan id 43 dstport 4789 local 10.1.0.1 remote 10.1.0.2 nolearning',
    ),
    steps: remade('vx0'),
  },
  {
    ...{ what: 'parent', kind: 'MacvlanIntegration', link: 'mv-c' },
    command: madeAnew('mv-c', 'link r2p1 name mv-c up type macvlan mode bridge'),
    steps: remade('mv-c'),
  },
  {
    ...{ what: 'another kind of link', kind: 'NetDev', link: 'vx0', steps: [] },
    command: madeAnew('vx0', 'vx0 up type bridge'),
    told: { resource: 'NetDev/vx', reason: 'Conflict', undo: 'ip link del vx0' },
  },
];

/** What is set of a link that stays. */
const ofProperties: readonly Drift[] = [
  {
    ...{ what: 'link down', kind: 'Network', link: 'r2', command: 'ip link set r2 down' },
    steps: ['reconfigure-link r2'],
  },
  {
    ...{ what: 'master', kind: 'Network', link: 'r1p0', command: 'ip link set r1p0 nomaster' },
    // networkd sees the port without carrier for a moment, and mostly is the first to plug it in again.
    steps: [],
  },
  {
    ...{ what: 'master', kind: 'MacvlanIntegration', link: 'mv-c-v1', steps: [] },
    command: 'ip link set mv-c-v1 nomaster',
  },
  {
    ...{ what: 'mode', kind: 'MacvlanIntegration', link: 'mv-c' },
    command: 'ip link set mv-c type macvlan mode private',
    steps: ['set-link mv-c mode bridge'],
  },
  {
    ...{ what: 'MTU', kind: 'ContainerBridge', link: 'br-c', command: 'ip link set br-c mtu 1300' },
    steps: ['set-link br-c mtu 1400'],
  },
  {
    ...{ what: 'MTU', kind: 'MacvlanIntegration', link: 'mv-c', command: 'ip link set mv-c mtu 1300' },
    steps: ['set-link mv-c mtu 1400'],
  },
  {
    ...{ what: 'MTU', kind: 'Network', link: 'r1p0', command: 'ip link set r1p0 mtu 1500' },
    steps: ['set-link r1p0 mtu 1450'],
  },
  {
    ...{ what: 'MAC', kind: 'Network', link: 'r1p0' },
    command: 'ip link set r1p0 address 02:00:00:00:01:99',
    steps: ['set-link r1p0 mac 02:00:00:00:01:00'],
  },
  {
    ...{ what: 'MAC', kind: 'ContainerBridge', link: 'br-c' },
    command: 'ip link set br-c address 02:00:00:00:0c:99',
    steps: ['set-link br-c mac 02:00:00:00:0c:01'],
  },
  {
    ...{ what: 'bridge option', kind: 'NetDev', link: 'r1' },
    command: 'ip link set r1 type bridge stp_state 1',
    steps: ['set-option r1 stp_state 0'],
  },
  {
    ...{ what: 'bridge timer', kind: 'NetDev', link: 'r2' },
    command: 'ip link set r2 type bridge forward_delay 900',
    steps: ['set-option r2 forward_delay 400'],
  },
  {
    ...{ what: 'VXLAN remote', kind: 'NetDev', link: 'vx0' },
    command: 'ip link set vx0 type vxlan remote 10.1.0.9',
    steps: ['set-option vx0 remote 10.1.0.2'],
  },
  {
    ...{ what: 'VXLAN learning', kind: 'NetDev', link: 'vx0' },
    command: 'ip link set vx0 type vxlan learning',
    steps: ['set-option vx0 nolearning'],
  },
];

export const ofLinks: readonly Drift[] = [...ofBeing, ...ofProperties];
