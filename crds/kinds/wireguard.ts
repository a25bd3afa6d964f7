import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { madeName, withoutMac } from './common/link.ts';
import { membership } from './common/membership.ts';
import { line, network, tableNumber, text } from './fields.ts';
import { said } from './said.ts';

/** Where somebody put a key in the place of its file nothing of it is shown. */
const keyFile = () =>
  text((value) => {
    if (/^\/[^\s"'\\]+$/.test(value)) return value;
    const message = 'this is not the path of a file';
    return { code: 'BAD_VALUE', message, hint: 'write something such as /etc/wireguard/private.key' };
  });

const peerSchema = z
  .strictObject({
    publicKey: line('a public key', /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'the output of wg pubkey').meta(
      said(
        'Public key of the peer',
        ['netdev WireGuardPeer.PublicKey'],
        'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
      ),
    ),
    presharedKeyFile: keyFile()
      .optional()
      .meta(
        said(
          'File with a key that both know',
          ['netdev WireGuardPeer.PresharedKeyFile'],
          '/etc/wireguard/shared.key',
        ),
      ),
    endpoint: line('host:port', /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'vpn.example.org:51820')
      .optional()
      .meta(
        said(
          'Where the peer is; the one that it last came from when absent',
          ['netdev WireGuardPeer.Endpoint'],
          'vpn.example.org:51820',
        ),
      ),
    allowedIPs: z
      .array(network())
      .default([])
      .meta(
        said(
          'Networks behind the peer: to where it gets packets, and from where it may send',
          ['netdev WireGuardPeer.AllowedIPs'],
          ['10.8.0.0/24'],
        ),
      ),
    persistentKeepalive: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .meta(said('Every how many seconds it is greeted', ['netdev WireGuardPeer.PersistentKeepalive'], 25)),
    routeTable: tableNumber()
      .optional()
      .meta(said('Routing table that gets routes to allowedIPs', ['netdev WireGuardPeer.RouteTable'], 254)),
  })
  .describe('Another end of the tunnel');

/** spec of a WireGuard. */
export const wireGuardSchema = z
  .strictObject({
    interface: madeName('wg0'),
    privateKeyFile: keyFile().meta(
      said(
        'File with the private key, which systemd-network can read; a key never stands in a document',
        ['netdev WireGuard.PrivateKeyFile'],
        '/etc/wireguard/private.key',
      ),
    ),
    listenPort: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .meta(said('UDP port; the kernel chooses when absent', ['netdev WireGuard.ListenPort'], 51820)),
    firewallMark: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .optional()
      .meta(said('Mark of the packets that it sends', ['netdev WireGuard.FirewallMark'], 51820)),
    peers: z
      .array(peerSchema)
      .default([])
      .meta(
        said(
          'Other ends',
          [],
          [{ publicKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=', allowedIPs: ['10.8.0.0/24'] }],
        ),
      ),
    ...withoutMac,
    vrf: membership.vrf,
    ...addressing,
    networkd: hatch,
  })
  .describe('A WireGuard tunnel');
