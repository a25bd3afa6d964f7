import { interfaceName } from '../fields.ts';
import { said } from '../said.ts';

/** What a link may be part of; it is part of one of them. */
export const membership = {
  bridge: interfaceName()
    .optional()
    .meta(
      said('Bridge that the link is a port of, ours or of others', ['network Network.Bridge'], 'br-mgmt'),
    ),
  bond: interfaceName()
    .optional()
    .meta(said('Bond that the link is a member of', ['network Network.Bond'], 'bond0')),
  vrf: interfaceName()
    .optional()
    .meta(said('VRF that the link is in', ['network Network.VRF'], 'vrf-mgmt')),
} as const;
