#!/usr/bin/env bash
# PID 1 of a bed, inside fresh net, mount and pid namespaces: makes the file system, starts the bus, and lives until
# its stdin closes; the kernel then ends everything else in here. Prints "ready" when the bed may be used.
# usage: inside.sh CHECKOUT NODE [ROOT]   (without ROOT the machine's own file system is used)
set -euo pipefail

checkout=$1 node=$2 lower=${3:-}
scratch=/run

# overlay LOWER WHERE: what is written to WHERE stays in memory.
overlay() {
  local layer
  layer=$(mktemp -d "$scratch/layer.XXXXXX")
  mkdir "$layer/upper" "$layer/work"
  chmod 755 "$layer/upper"
  mount -t overlay -o "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" overlay "$2"
}

read_only() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

enter_release() {
  local new=$scratch/root
  mkdir "$new"
  overlay "$lower" "$new"
  mkdir -p "$new$checkout" "$new$(dirname "$node")" "$new/dev"
  touch "$new$node"
  mount --bind "$node" "$new$node"
  read_only "$checkout" "$new$checkout"
  mount --rbind /dev "$new/dev"
  mount -t proc proc "$new/proc"
  mkdir "$new/.old"
  cd "$new"
  pivot_root . .old
  hash -r # programs may stand elsewhere in this root
  umount -l /.old
  rmdir /.old
}

enter_machine() {
  overlay /etc /etc
  overlay /var/lib /var/lib
  read_only "$checkout" "$checkout"
}

mount -t tmpfs -o mode=755 tmpfs "$scratch"
if [[ -n $lower ]]; then enter_release; else enter_machine; fi
mount -t tmpfs -o mode=755 tmpfs /run # on top of the layers, which nobody needs to see

# Mounted from inside: shows this network namespace, and read-only tells networkd not to wait for udev.
mount -t sysfs -o ro sysfs /sys

rm -rf /etc/systemd/network
mkdir -p /etc/systemd/network /etc/osa-net.d /var/lib/osa-net /var/lib/systemd/network /run/dbus /run/bed
mount -t tmpfs -o mode=755 tmpfs /etc/systemd/network
mount -t tmpfs -o mode=755 tmpfs /var/lib/osa-net
mkdir -p /run/systemd/netif/{links,leases,lldp}
chown -R systemd-network:systemd-network /run/systemd/netif /var/lib/systemd/network
[[ -s /etc/machine-id ]] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id

ip link set lo up
dbus-daemon --system --fork
echo ready

# The shell reaps what is orphaned in here while it waits.
read -r || true
