import { isUtf8 } from 'node:buffer';
import { isLinkName } from '../atoms.ts';
import type { Atoms, Shape, Shapes } from '../notation.ts';
import { quotedWords } from '../quoting.ts';
import { altnameLength, isLinkName247 } from './link-reference.ts';

/** By what a link is called, its alternative names too; patterns in them are not looked at. */
const matchNames: Shape = {
  247: '<empty> | <match-names-247>',
  252: '<empty> | <match-names>',
};

const linkMtu: Shape = {
  247: '<size 68..4294967295>',
  252: '<size 0..4294967295>',
};

/** [Match] and [Link] of .network files, and the names and hardware addresses of other sections. */
export const linkIdentityShapes: Shapes = {
  // Of a .link: by what the kernel called it.
  match_ifnames: {
    247: '<empty> | <match-kernel-names-247>',
    252: '<empty> | <match-kernel-names>',
  },
  'match_ifnames IFNAME_VALID_ALTERNATIVE': matchNames,
  match_property: '<empty> | <match-properties>',
  match_strv: '<empty> | <match-words>',

  ether_addrs: '<empty> | <mac>...',
  hw_addr: '<empty> | <hardware-address>',
  hw_addrs: '<empty> | <hardware-address>...',
  // systemd 247
  hwaddr: '<mac>',
  hwaddrs: '<empty> | <mac>...',

  ifname: {
    247: '<empty> | <ifname-247>',
    252: '<empty> | <ifname>',
  },
  // Of [Address]: a name of the kind `eth0:1`.
  label: {
    247: '<interface-label>',
    252: '<empty> | <interface-label>',
  },

  ipoib_mode: 'datagram | connected',
  link_group: '<empty> | <int 0..2147483647>',
  mtu: linkMtu,
  'mtu AF_UNSPEC': linkMtu,
  'mtu AF_INET': '<size 68..4294967295>',
  'mtu AF_INET6': '<size 1280..4294967295>',
};

/** The forms of names, and the lists of [Match], which `!` before them negates; patterns in them are not looked at. */
export const linkIdentityAtoms: Atoms = {
  'ifname-247': (text) => isLinkName247(text, 15),
  'interface-label': (text) => /^[\x20-\x7e]{1,15}$/.test(text),
  'altname-247': (text) => isLinkName247(text, altnameLength),
  'match-kernel-names-247': (text) => areNames(text, (name) => isLinkName247(name, 15)),
  'match-kernel-names': (text) => areNames(text, (name) => isLinkName(name, 15)),
  'match-names-247': (text) => areNames(text, (name) => isLinkName247(name, altnameLength)),
  'match-names': (text) => areNames(text, (name) => isLinkName(name, altnameLength)),
  'match-properties': areProperties,
  // Any words, as long as their quotes are closed.
  'match-words': (text) => /^(?:[^"']|"[^"]*"|'[^']*')+$/.test(text),
};

function areNames(text: string, isName: (name: string) => boolean): boolean {
  const names = text.replace(/^!/, '').split(/\s+/);
  return text !== '' && names.every((name) => name === '' || isName(name));
}

/** `NAME=value` and more of these. */
function areProperties(text: string): boolean {
  const words = text === '' ? undefined : quotedWords(text.replace(/^!/, ''));
  return words?.every((word) => /^[A-Za-z_]\w*=/.test(word.toString('latin1')) && isUtf8(word)) ?? false;
}
