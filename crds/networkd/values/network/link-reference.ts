import { isLinkName, isWithin } from '../atoms.ts';
import { wholeNumber } from '../numbers.ts';

/** The kernel's limit of a link's alternative name, without the NUL. */
export const altnameLength = 127;

/** An interface by its index or by one of its names; whether there is one is not looked at. */
export function isLinkReference(text: string): boolean {
  return isLinkIndex(text) || isLinkName(text, altnameLength);
}

/** The same in systemd 247. */
export function isLinkReference247(text: string): boolean {
  return isLinkIndex(text) || isLinkName247(text, altnameLength);
}

function isLinkIndex(text: string): boolean {
  return isWithin(wholeNumber(text), '1..2147483647');
}

/** A link's name in systemd 247, which allows `%`, `all`, `default` and numbers that are not decimal. */
export function isLinkName247(text: string, most: number): boolean {
  if (text === '.' || text === '..' || /^\d+$/.test(text)) return false;
  return text.length <= most && /^[\x21-\x7e]+$/.test(text) && !/[/:]/.test(text);
}
