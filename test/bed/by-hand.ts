/** The units that an operator of an nspawn host writes by hand; the origin's documents stand for the same. */

/** The container bridge, with a DHCP server and masquerade. */
export const containerBridge: Readonly<Record<string, string>> = {
  '99-default.link': '[Match]\nOriginalName=*\n\n[Link]\nMACAddressPolicy=persistent\n',
  'br-container.netdev': '[NetDev]\nName=br-container\nKind=bridge\n',
  'br-container.network': `[Match]
Name=br-container

[Network]
Address=10.0.3.2/24
Gateway=10.0.3.1
IPForward=yes
IPMasquerade=yes
DHCPServer=yes

[DHCPServer]
PoolOffset=25
PoolSize=100
DefaultLeaseTimeSec=3h
EmitTimezone=yes
EmitNTP=yes
EmitDNS=yes
`,
};

/** Gives the container bridge a carrier before the first container is there. */
export const dummyPort: Readonly<Record<string, string>> = {
  '00-dummy0.netdev': '[NetDev]\nName=dummy0\nKind=dummy\n',
  '00-dummy0.network': '[Match]\nName=dummy0\n\n[Network]\nBridge=br-container\n',
};

/** A macvlan on a veth pair whose other end belongs into `br-<name>`. */
export function integrationByHand(name: string): Readonly<Record<string, string>> {
  const mv = `mv-${name}`;
  return {
    [`${mv}.netdev`]: `[NetDev]\nName=${mv}\nKind=macvlan\n\n[MACVLAN]\nMode=bridge\n`,
    [`${mv}.network`]: `[Match]\nName=${mv}\n\n[Network]\nDHCP=no\n`,
    [`${mv}-vs.netdev`]: `[NetDev]\nName=${mv}-v1\nKind=veth\n\n[Peer]\nName=${mv}-v2\n`,
    [`${mv}-v1.network`]: `[Match]\nName=${mv}-v1\n\n[Network]\nBridge=br-${name}\n`,
    [`${mv}-v2.network`]: `[Match]\nName=${mv}-v2\n\n[Network]\nMACVLAN=${mv}\n`,
  };
}
