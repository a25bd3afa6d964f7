#!/usr/bin/env bash
# Makes the root of a Debian release in the cache folder, once, and prints its path.
# usage: root.sh SUITE [guest]   guest: one for a kernel of its own
set -euo pipefail

suite=$1
name=$suite${2:+-$2}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/osa-net/roots
root=$cache/$name
packages=systemd,systemd-sysv,dbus,iproute2,nftables,procps,busybox,udhcpc
[[ $suite == bullseye ]] || packages+=,systemd-resolved,dbus-daemon
[[ $name != *-guest ]] || packages+=,udev,kmod

# The mark is written last and names what is inside: a root without it, or with another, is made anew.
mark=".osa-net-root $packages"
complete() {
  [[ -f $root/.osa-net-root && $(<"$root/.osa-net-root") == "$mark" && -x $root/lib/systemd/systemd-networkd ]]
}

# The machine's own Debian mirror; mmdebstrap knows a default where the machine runs something else.
mirror() {
  (. /etc/os-release && [[ $ID == debian ]]) || return 0
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "main" && $1 ~ /\/debian\/$/ { print $1; exit }'
}

make() {
  rm -rf --one-file-system "$cache/.$name."?????? # of a run that was killed; we hold the lock
  temporary=$(mktemp -d "$cache/.$name.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  # Valid-Until: the index of sid may be past its date on a mirror that stands still.
  mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$temporary/root" "$@" >&2
  printf '%s' "$mark" >"$temporary/root/.osa-net-root"
  rm -rf --one-file-system "$root"
  mv "$temporary/root" "$root"
}

mkdir -p "$cache"
exec 9>"$cache/.$name.lock"
flock 9
if ! complete; then
  printf 'making a root of Debian %s in %s\n' "$suite" "$root" >&2
  url=$(mirror)
  make ${url:+"$url"}
fi
printf '%s\n' "$root"
