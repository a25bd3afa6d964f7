import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** Parsers that keys of many sections share, most of them systemd's own rather than networkd's. */
export const sharedParsersShapes: Shapes = {
  bool: '<boolean>',
  ...conditionShapes(),

  // More than 129 in all earn a warning.
  ntp: '<empty> | (<address> | <domain>)...',
  resolve_support: '<boolean> | resolve',
  timezone: { 247: '<time-zone>', 252: '<empty> | <time-zone>' },
  use_domains: '<boolean> | route',

  nft_set: { 247: '<empty> | <netfilter-set 31>...', 262: '<empty> | <netfilter-set 255>...' },

  permille: '<permille>',
  sec: '<seconds>',
  'section_route_table 0': '<int 0..4294967295>',
  trivial_link_equalizer_id: '<empty> | <int 0..2147483647> | !<int 2147483648..4294967295>',
  tristate: { 247: '<boolean>', 252: '<empty> | <boolean>' },
  uint16: '<int 0..65535>',
  uint32: '<int 0..4294967295>',
  uint8: '<int 0..255>',

  string: '<empty> | <text>',
  'string CONFIG_PARSE_STRING_SAFE': '<empty> | <safe-text>',
  'string CONFIG_PARSE_STRING_SAFE_AND_ASCII': '<empty> | <safe-ascii>',
  strv: '<empty> | <balanced-words>',
  // What is obsolete without a successor is worth a message, but no warning.
  'warn_compat DISABLED_LEGACY': '<empty> | <text>',
};

export const sharedParsersAtoms: Atoms = {
  'time-zone': isTimeZone,
  'netfilter-set': isNetfilterSet,
  permille: isPermille,
  // string_is_safe()
  'safe-text': (text) => /^([ -~]|\P{ASCII})+$/u.test(text) && !/["'\\]/.test(text),
  'safe-ascii': (text) => /^[ -~]+$/.test(text) && !/["'\\]/.test(text),
  // Words in which each quote has its end; a backslash means nothing.
  'balanced-words': (text) => /^([^'"]|'[^']*'|"[^"]*")+$/.test(text),
};

/** [Match]: nobody looks at a condition until it is tested, and what makes no sense is then just not met. */
function conditionShapes(): Shapes {
  const about = ['ARCHITECTURE', 'CREDENTIAL', 'FIRMWARE', 'HOST', 'KERNEL_COMMAND_LINE', 'KERNEL_VERSION'];
  return Object.fromEntries(
    [...about, 'MACHINE_TAG', 'VERSION', 'VIRTUALIZATION'].map((one) => [
      `net_condition CONDITION_${one}`,
      '<empty> | <text>',
    ]),
  );
}

/** A name below /usr/share/zoneinfo, whether the host has it or not. */
function isTimeZone(text: string): boolean {
  return text.length < 4096 && /^[a-z0-9_+-]+(\/[a-z0-9_+-]+)*$/i.test(text);
}

/** `source:family:table:set` with names of at most so many letters. */
function isNetfilterSet(text: string, most = ''): boolean {
  const [source = '', family = '', ...names] = text.split(':').filter((part) => part !== '');
  return (
    /^(address|prefix|ifindex)$/.test(source) &&
    /^(arp|bridge|inet|ip|ip6|netdev)$/.test(family) &&
    names.length === 2 &&
    names.every((name) => name.length <= Number(most) && /^[a-z][a-z0-9/_.]*$/i.test(name))
  );
}

/** `87.5%` or `875‰`, at most the whole. */
function isPermille(text: string): boolean {
  if (text.endsWith('‰')) return isWithin(wholeNumber(text.slice(0, -1)), '0..1000');
  const [, whole = '', tenth = '0'] = /^([^.]*)(?:\.(\d))?%$/.exec(text) ?? [];
  const percent = wholeNumber(whole) ?? -1n;
  return percent >= 0n && percent * 10n + BigInt(tenth) <= 1000n;
}
