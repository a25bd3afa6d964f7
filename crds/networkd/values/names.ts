/** One part of a domain name, as dns_label_unescape() of systemd takes it, but for escapes. */
const label = /^[^\p{Cc}.\\"]{1,63}$/u;

/** A domain name; `.` is the root. */
export function isDomain(text: string): boolean {
  if (text === '.') return true;
  const labels = text.replace(/\.$/, '').split('.');
  return text.length <= 253 && labels.every((one) => label.test(one));
}

/** A name of a host: letters, digits and `-`, in parts with dots between them (hostname_is_valid(), hostname(7)). */
export function isHostname(text: string): boolean {
  return text.length <= 64 && text.split('.').every((one) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(one));
}

/** is_localhost() of systemd: a name that each machine resolves to itself. */
export function isLocalhost(text: string): boolean {
  return /(?:^|\.)localhost(?:\.localdomain)?\.?$/i.test(text);
}
