import type { Fault } from './problem.ts';

/** IFNAMSIZ of the kernel (linux/if.h) without the closing NUL. */
export const maxInterfaceName = 15;

/** systemd ships 80-container-*.network and 80-vm-vt.network, which match links of these names. */
const systemdPrefixes = ['ve-', 'vb-', 'vz-', 'vt-'];

/** `/` `:` and white space: dev_valid_name() of the kernel; the rest of ASCII's limits and `%`: ifname_valid() of systemd. */
const forbiddenByKernel = /[^\x21-\x7e]|[/:%]/;

/** `[Match] Name=` takes patterns and quotes, so a link of such a name cannot be told from others. */
const meaningInMatch = /[*?[\]!"'\\]/;

/**
 * What is wrong with the name of a link, by the rules of the kernel and of networkd, if anything.
 * A name that is only too long has the code INTERFACE_NAME_TOO_LONG.
 */
export function interfaceNameFault(name: string): Fault | undefined {
  const shown = JSON.stringify(name);
  const bytes = new TextEncoder().encode(name).length;
  if (name === '') return bad('an interface name is empty', 'give a name of 1 to 15 characters, such as br0');
  const forbidden = forbiddenByKernel.exec(name) ?? meaningInMatch.exec(name);
  if (forbidden) {
    return bad(
      `${shown} cannot be an interface name: ${JSON.stringify(forbidden[0])} is not allowed in one`,
      'use letters, digits, "-", "_" and ".", such as br-mgmt',
    );
  }
  if (bytes > maxInterfaceName) return tooLong(name, 'shorten the name');
  if (name === '.' || name === '..' || name === 'all' || name === 'default') {
    return bad(`${shown} is a name that the kernel keeps for itself`, 'choose another name, such as br0');
  }
  if (/^\d+$/.test(name)) {
    return bad(`${shown} would be taken for an interface index`, 'add a letter, such as br0');
  }
  return undefined;
}

/** The problem of a name above 15 bytes; `advice` says which field helps. */
export function tooLong(name: string, advice: string): Fault {
  return {
    code: 'INTERFACE_NAME_TOO_LONG',
    message: `${name} has ${new TextEncoder().encode(name).length} characters; the kernel takes ${maxInterfaceName}`,
    hint: advice,
  };
}

/** What else is wrong with the name of a link that osa-net is to make: names that belong to others. */
export function madeNameFault(name: string): Fault | undefined {
  if (name === 'lo') return bad('lo is the loopback link of every host', 'choose another name, such as br0');
  const prefix = systemdPrefixes.find((p) => name.startsWith(p));
  if (prefix === undefined) return undefined;
  return bad(
    `${name} begins with ${prefix}, and systemd ships a .network file that configures such links`,
    `choose a name that does not begin with ${systemdPrefixes.join(', ')}`,
  );
}

function bad(message: string, hint: string): Fault {
  return { code: 'BAD_INTERFACE_NAME', message, hint };
}
