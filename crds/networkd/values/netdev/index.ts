import type { Atoms, Shapes } from '../notation.ts';
import { bondAtoms, bondShapes } from './bond.ts';
import { deviceAtoms, deviceShapes } from './device.ts';
import { keyFileAtoms, keyFileShapes } from './key-file.ts';
import { macsecAtoms, macsecShapes } from './macsec.ts';
import { tunnelAtoms, tunnelShapes } from './tunnel.ts';
import { udpTunnelAtoms, udpTunnelShapes } from './udp-tunnel.ts';
import { wireguardAtoms, wireguardShapes } from './wireguard.ts';

/** Values of .netdev files. */
export const netdevShapes: Shapes = {
  ...deviceShapes,
  ...bondShapes,
  ...tunnelShapes,
  ...udpTunnelShapes,
  ...wireguardShapes,
  ...macsecShapes,
  ...keyFileShapes,
};

export const netdevAtoms: Atoms = {
  ...deviceAtoms,
  ...bondAtoms,
  ...tunnelAtoms,
  ...udpTunnelAtoms,
  ...wireguardAtoms,
  ...macsecAtoms,
  ...keyFileAtoms,
};
