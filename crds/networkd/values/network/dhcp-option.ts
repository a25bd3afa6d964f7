import { isIP } from 'node:net';
import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';
import { unescaped } from '../quoting.ts';

/** Options that a client, a server or a relay sends, as `CODE:TYPE:DATA`. */
export const dhcpOptionShapes: Shapes = {
  dhcp_option: '<empty> | <dhcp-option-data 255>',
  dhcp_option_tlv: '<empty> | <dhcp-option 1..254>',
  // Only SendOption= splits what is longer.
  'dhcp_option_tlv SendVendorOption': '<empty> | <dhcp-option 1..254 255>',
  'dhcp_option_tlv ExtraOption': '<empty> | <dhcp-option 1..254 255>',
  dhcp_send_option: '<empty> | <dhcp-option 1..254>',
  'dhcp_send_option AF_INET6 SendOption': '<empty> | <dhcp-option 1..65534>',
  'dhcp_send_option AF_INET6 SendVendorOption': '<empty> | <dhcp-vendor-option 1..65534>',
  'dhcp6_send_option SendOption': '<empty> | <dhcp-option 1..65534>',
  'dhcp6_send_option SendVendorOption': '<empty> | <dhcp-vendor-option 1..65534>',
};

export const dhcpOptionAtoms: Atoms = {
  'dhcp-option': isOption,
  'dhcp-option-data': isData,
  // ENTERPRISE:CODE:TYPE:DATA
  'dhcp-vendor-option': (text, codes) => {
    const [enterprise, option] = cutAtColons(text);
    return isWithin(wholeNumber(enterprise), '0..4294967295') && isOption(option, codes);
  },
};

function isOption(text: string, codes = '', longest?: string): boolean {
  const [code, data] = cutAtColons(text);
  return isWithin(wholeNumber(code), codes) && isData(data, longest);
}

/** `TYPE:DATA`; `longest` is how many bytes a string may have. */
function isData(text: string, longest = 'Infinity'): boolean {
  const [type, data] = cutAtColons(text);
  switch (type) {
    case 'uint8':
      return isWithin(wholeNumber(data), '0..255');
    case 'uint16':
      return isWithin(wholeNumber(data), '0..65535');
    case 'uint32':
      return isWithin(wholeNumber(data), '0..4294967295');
    case 'string': {
      const bytes = data === '' ? undefined : unescaped(data, true);
      return bytes !== undefined && bytes.length <= Number(longest);
    }
    case 'ipv4address':
      return isIP(data) === 4;
    case 'ipv6address':
      return isIP(data) === 6 && !data.includes('%');
    default:
      return false;
  }
}

/** What stands before and behind the first colon; colons in a row count as one, and those at the start for nothing. */
function cutAtColons(text: string): readonly [string, string] {
  const [, before = '', behind = ''] = /^:*([^:]+):+([^:].*)$/s.exec(text) ?? [];
  return [before, behind];
}
