import { type Drift, drifts } from '../bed/drifting.ts';

const units = '/etc/systemd/network/05-osa-net';

/** Drifts of links, addresses and units, as test/bed/drift.test.ts causes them too. */
const ofLinks: readonly Drift[] = [
  {
    ...{
      what: 'address',
      kind: 'ContainerBridge',
      link: 'br-c',
      command: 'ip addr del 10.0.3.2/24 dev br-c',
    },
    steps: ['reconfigure-link br-c'],
  },
  {
    ...{ what: 'address', kind: 'Network', link: 'r1', command: 'ip addr del 10.1.0.1/24 dev r1' },
    steps: ['reconfigure-link r1'],
  },
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
    ...{
      what: 'master',
      kind: 'MacvlanIntegration',
      link: 'mv-c-v1',
      command: 'ip link set mv-c-v1 nomaster',
    },
    steps: [],
  },
  {
    ...{ what: 'mode', kind: 'MacvlanIntegration', link: 'mv-c' },
    command: 'ip link set mv-c type macvlan mode private',
    steps: ['set-link mv-c mode bridge'],
  },
  {
    ...{ what: 'unit edited', kind: 'Network', link: 'r1', command: `echo '# mine' >>${units}-r1.network` },
    steps: ['write-unit 05-osa-net-r1.network', 'reload systemd-networkd'],
  },
  {
    ...{ what: 'unit deleted', kind: 'ContainerBridge', link: 'br-c', command: `rm ${units}-br-c.netdev` },
    steps: ['write-unit 05-osa-net-br-c.netdev', 'reload systemd-networkd'],
  },
  {
    ...{ what: 'link deleted', kind: 'MacvlanIntegration', link: 'mv-c', command: 'ip link del mv-c' },
    steps: ['touch-dependents 05-osa-net-mv-c-v2.network', 'reload systemd-networkd'],
  },
  {
    ...{ what: 'link deleted', kind: 'NetDev', link: 'r2p0', command: 'ip link del r2p0' },
    steps: ['reload systemd-networkd'],
  },
];

/** All drifts, by kind; those of one link are spread, so that none looks like a fight. */
export const cases: readonly Drift[] = [...ofLinks, ...drifts].sort((a, b) => a.kind.localeCompare(b.kind));
