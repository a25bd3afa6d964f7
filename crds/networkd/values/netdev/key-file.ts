import { isTidyPath } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';

/** networkd 247 checks only the length of the whole path. */
const path247 = '<empty> | <tidy-path 4095>';
const path252 = '<empty> | <tidy-path>';
const pathOutsideApi = '<empty> | <path-outside-api>';

/** Paths of the key files of WireGuard and MACsec. */
export const keyFileShapes: Shapes = {
  macsec_key_file: { 247: path247, 252: path252, 257: pathOutsideApi },
  wireguard_peer_key_file: pathOutsideApi,
  wireguard_preshared_key_file: { 247: path247, 252: path252 },
  wireguard_private_key_file: { 247: path247, 252: path252, 257: pathOutsideApi },
};

export const keyFileAtoms: Atoms = {
  'path-outside-api': (text) => isTidyPath(text, 255) && !isBelowApi(text),
};

/** path_below_api_vfs() of systemd: below the kernel's own file systems. */
function isBelowApi(path: string): boolean {
  return /^\/(\.?\/)*(dev|sys|proc)(\/|$)/.test(path);
}
