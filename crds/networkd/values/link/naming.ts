import type { Atoms, Shapes } from '../notation.ts';

/** [Link]: names, the policy of MAC addresses, and udev's properties. */
export const namingShapes: Shapes = {
  alternative_names_policy: '<empty> | (database | onboard | slot | path | mac)...',
  ifalias: '<empty> | <interface-alias>',
  mac_address_policy: '<empty> | persistent | random | none',
  name_policy: '<empty> | (kernel | keep | database | onboard | slot | path | mac)...',
  udev_property: { 256: '<empty> | <udev-assignments-257>', 262: '<empty> | <udev-assignments>' },
  udev_property_name: { 256: '<empty> | <udev-properties-257>', 262: '<empty> | <udev-properties>' },
};

export const namingAtoms: Atoms = {
  'interface-alias': (text) => /^\p{ASCII}{1,255}$/u.test(text),
  'udev-assignments-257': (text) => everyWord(text, (word) => isPropertyName257(assigned(word))),
  'udev-assignments': (text) => everyWord(text, (word) => isPropertyName(assigned(word))),
  'udev-properties-257': (text) => everyWord(text, isPropertyName257),
  'udev-properties': (text) => everyWord(text, isPropertyName),
};

/** An escape as in C, of another character than NUL. */
const escaped = [
  String.raw`\\[abfnrtvs\\"']`,
  String.raw`\\x(?!00)[0-9a-fA-F]{2}`,
  String.raw`\\u(?!0{4})[0-9a-fA-F]{4}`,
  String.raw`\\U(?!0{8})00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}`,
  String.raw`\\(?!000)[0-3][0-7]{2}`,
].join('|');
const quoted = String.raw`"(?:${escaped}|[^"\\])*"|'(?:${escaped}|[^'\\])*'`;
const word = String.raw`(?:${escaped}|${quoted}|[^\s"'\\])+`;
const words = new RegExp(String.raw`^${word}(?:\s+${word})*$`);

/** Only specifiers (%H, %m and so on) that udev knows; `%` before something else than a letter or digit is just that. */
const specifiers = /^(?:[^%]|%(?:[aAbBHlqmMovwWTV]|[^A-Za-z0-9]|$))*$/s;

/**
 * Whether every word is good. `isGood` gets it without quotes, with `?` in place of each escape and `x` in place of
 * each specifier: a name has no room for the first, and what the second stands for is known only on the host.
 */
function everyWord(text: string, isGood: (word: string) => boolean): boolean {
  if (!words.test(text)) return false;
  return (text.match(new RegExp(word, 'g')) ?? []).every((found) => {
    const plain = found.replace(new RegExp(escaped, 'g'), '?').replace(/"([^"]*)"|'([^']*)'/g, '$1$2');
    return specifiers.test(plain) && isGood(plain.replace(/%[A-Za-z]/g, 'x'));
  });
}

/** Properties that the kernel or udev sets, in systemd 257. */
const kept257 = wordsOf(
  'ACTION DEVLINKS DEVNAME DEVPATH DEVTYPE DRIVER IFINDEX MAJOR MINOR SEQNUM SUBSYSTEM TAGS',
);
/** Those that systemd 262 knows besides. */
const kept = wordsOf(
  'SYNTH_UUID DEVPATH_OLD MODALIAS DEVMODE DEVUID DEVGID DISKSEQ PARTN INTERFACE INTERFACE_OLD CURRENT_TAGS ' +
    'USEC_INITIALIZED UDEV_DATABASE_VERSION',
);

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** The name of a property that a .link file may set. */
function isPropertyName(name: string): boolean {
  return isPropertyName257(name) && !kept.has(name) && !name.startsWith('SYNTH_ARG_');
}

/** The same in systemd 257. */
function isPropertyName257(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !kept257.has(name);
}

/** The name in `NAME=value`; empty where there is none. */
function assigned(word: string): string {
  return /^([^=]+)=/.exec(word)?.[1] ?? '';
}
