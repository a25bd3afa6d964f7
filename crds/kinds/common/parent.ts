import { interfaceName } from '../fields.ts';
import { said } from '../said.ts';

/** The link that another one stands on; its own document gets the line that says so. */
export function parentLink(key: 'VLAN' | 'VXLAN' | 'MACVLAN' | 'Tunnel') {
  return interfaceName().meta(
    said('Link that it stands on; another document describes that one', [`network Network.${key}`], 'bond0'),
  );
}
