const stacked: ReadonlySet<string | undefined> = new Set(
  'vlan macvlan macvtap ipvlan ipvtap vxlan macsec ipoib xfrm ipip gre gretap ip6gre ip6gretap sit vti vti6 ip6tnl erspan'.split(
    ' ',
  ),
);

/**
 * Whether networkd makes a kind of link (in the kernel's words) only while it configures the link below, and does so
 * again whenever that comes back, reload or not (networkd.md §2.3).
 */
export function isStacked(kind: string | undefined): boolean {
  return stacked.has(kind);
}
