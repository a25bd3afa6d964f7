#!/usr/bin/env bash
# Boots a Debian on Debian's user-mode Linux, a kernel of its own that is a process here and needs no virtualization, and
# runs test/guest/inside.sh with a program of that directory in it. It has no network; it sees this checkout, and of this machine nothing else that
# matters. What it measures goes to stdout, its console to a file. What it writes is gone with it.
# usage: boot.sh SUITE NODE CONSOLE PROGRAM
set -euo pipefail

suite=$1 node=$2 console=$3 program=$4
checkout=$(realpath "$(dirname "$0")/../..")
root=$("$checkout/test/bed/root.sh" "$suite" guest)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/osa-net/guests
disk=$cache/$suite.ext4

mkdir -p "$cache"
exec 9>"$cache/.$suite.lock"
flock 9
if [[ ! $disk -nt $root/.osa-net-root ]]; then
  rm -f "$disk.new"
  mke2fs -q -t ext4 -d "$root" "$disk.new" 1G >&2
  mv "$disk.new" "$disk"
fi
exec 9>&-

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

share="mkdir -p $checkout && mount -t hostfs -o ro,$checkout none $checkout"
run="/bin/bash -c '$share && exec bash $checkout/test/guest/inside.sh $node $program'"
# Longer than that it only takes when it hangs.
timeout --kill-after=10 20m linux.uml "ubd0=$scratch/changes,$disk" root=/dev/ubda rw mem=1G con=null con0=null,fd:2 ssl=null ssl0=null,fd:1 \
  systemd.firstboot=no "systemd.run=\"$run\"" systemd.run_success_action=poweroff \
  systemd.run_failure_action=poweroff </dev/null 2>"$console"
