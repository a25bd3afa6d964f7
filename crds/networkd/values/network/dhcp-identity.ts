import { isWithin } from '../atoms.ts';
import { isDomain, isHostname } from '../names.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';
import { isPointInTime } from './point-in-time.ts';

/** What a client of DHCP calls itself. */
export const dhcpIdentityShapes: Shapes = {
  duid_rawdata: '<empty> | <raw-duid>',
  duid_type: {
    247: '<duid-kind>',
    257: '<duid-kind-or-number>',
  },
  hostname: {
    247: '<dhcp-host-name>',
    252: '<empty> | <dhcp-host-name>',
  },
  iaid: '<int 0..4294967295>',
  network_duid_rawdata: '<empty> | <raw-duid>',
  network_duid_type: { 247: '<duid-kind>', 257: '<duid-kind-or-number>' },
};

/** The forms of DUIDs and host names that a client sends. */
export const dhcpIdentityAtoms: Atoms = {
  'raw-duid': isRawDuid,
  'duid-kind': (text) => isDuidType(text, false),
  'duid-kind-or-number': (text) => isDuidType(text, true),
  'dhcp-host-name': (text) => isHostname(text) && isDomain(text),
};

/** Up to 128 bytes of one or two digits each, with one or more colons between them. */
function isRawDuid(text: string): boolean {
  const bytes = text.split(':').filter((byte) => byte !== '');
  return text !== '' && bytes.length <= 128 && bytes.every((byte) => /^[0-9a-f]{1,2}$/i.test(byte));
}

/** The type, behind which that of link layer and time may have its time; systemd 257 and later also know types by number. */
function isDuidType(text: string, takesNumbers: boolean): boolean {
  const [, type = '', time = ''] = /^:*([^:]+)(?::+(.*))?$/.exec(text) ?? [];
  const number = takesNumbers ? wholeNumber(type) : undefined;
  const isNamed = ['link-layer-time', 'vendor', 'link-layer', 'uuid'].includes(type);
  if (!isNamed && !isWithin(number, '0..65535')) return false;
  return time === '' || ((type === 'link-layer-time' || number === 1n) && isPointInTime(time, takesNumbers));
}
