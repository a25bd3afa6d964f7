import type { Atoms, Shapes } from '../notation.ts';

/** [MACsec] and its channels and associations. */
export const macsecShapes: Shapes = {
  macsec_hw_address: '<mac>',
  macsec_key: '<macsec-key>',
  macsec_key_id: '<empty> | <macsec-key-id>',
  macsec_packet_number: '<int 0..4294967295>',
  'macsec_packet_number MACsecTransmitAssociation': '<int 1..4294967295>',
  macsec_port: '<int 1..65535>',
  macsec_sa_activate: '<empty> | <boolean>',
  macsec_use_for_encoding: '<empty> | <boolean>',
};

/** unhexmem() of systemd skips white space between the digits. */
export const macsecAtoms: Atoms = {
  'macsec-key': (text) => /^[0-9a-f]{32}$/i.test(text.replace(/\s/g, '')),
  'macsec-key-id': (text) => /^([0-9a-f]{2}){0,16}$/i.test(text.replace(/\s/g, '')),
};
