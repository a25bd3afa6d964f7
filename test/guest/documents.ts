import { document, network } from '../drift/documents.ts';

/** Links of the kinds that only a guest's kernel has, with the bridge on which the VLAN stands. */
export const documents: readonly string[] = [
  document('NetDev', 'r1', { NetDev: { Name: 'r1', Kind: 'bridge' } }),
  network('r1', { Address: '10.1.0.1/24', VLAN: 'vl5' }),
  network('r1-peer', { Bridge: 'r1' }),
  document('NetDev', 'vl5', {
    NetDev: { Name: 'vl5', Kind: 'vlan' },
    VLAN: { Id: 5, Protocol: '802.1q' },
  }),
  network('vl5', { Address: '10.5.0.1/24' }),
  network('vl5-peer', { Bridge: 'r1' }),
  document('NetDev', 'bo0', {
    NetDev: { Name: 'bo0', Kind: 'bond' },
    // The kernel cuts the delay to a multiple of the interval: 200 ms.
    Bond: { Mode: 'active-backup', MIIMonitorSec: 0.1, UpDelaySec: 0.25 },
  }),
  // A bond that loses its last port takes another address.
  network('bo0', { Address: '10.3.0.1/24' }, { Link: { MACAddress: '02:00:00:00:03:01' } }),
  network('bo0-peer', { Bond: 'bo0' }),
  document('NetDev', 'du0', { NetDev: { Name: 'du0', Kind: 'dummy' } }),
  network('du0', { Address: '10.4.0.1/24' }),
  document('ContainerBridge', 'c', { addresses: ['10.0.3.2/24'], dummies: ['du-c'] }),
  document('Resolver', 'host', { resolvConf: 'uplink', enableService: true }),
];
