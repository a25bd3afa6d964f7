import type { Atoms, Shapes } from '../notation.ts';
import { unescaped } from '../quoting.ts';

const emission = '<empty> | <boolean> | nearest-bridge | non-tpmr-bridge | customer-bridge';

/** LLDP, and the URLs with which a device describes its use (MUD, RFC 8520) there and in DHCP. */
export const lldpMudShapes: Shapes = {
  lldp_emit: emission,
  lldp_mode: '<boolean> | routers-only',
  lldp_mud: '<mud-http-url>',
  lldp_multicast_mode: emission,
  mud_url: '<empty> | <mud-http-url>',
};

/** The form of such a URL. */
export const lldpMudAtoms: Atoms = { 'mud-http-url': isMudUrl };

/** An http or https URL; its escapes are undone before its length is counted. */
function isMudUrl(text: string): boolean {
  const url = unescaped(text);
  return url !== undefined && url.length <= 255 && /^https?:\/\/[\x20-\x7e]+$/.test(url.toString('latin1'));
}
