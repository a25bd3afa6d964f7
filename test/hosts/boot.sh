#!/usr/bin/env bash
# Boots a whole Debian host from a cached root in namespaces of its own: PID 1 of an outer pid namespace, which lives
# until its stdin closes or the host is off. What the host writes stays in memory, and so does what nspawn keeps in /run.
# usage: boot.sh NAME ROOT NODE
set -euo pipefail

name=$1 lower=$2 node=$3

# The cgroups that this process is in, of the hierarchies that a host's systemd needs: v2, and v1's "systemd" beside it.
cgroups() {
  local unified=/sys/fs/cgroup
  [[ ! -d $unified/unified ]] || unified+=/unified
  sed -n -e "s|^0::|$unified|p" -e 's|^[0-9]*:name=systemd:|/sys/fs/cgroup/systemd|p' /proc/self/cgroup
}

# nspawn makes fixed names below its own cgroup, so each host gets one to itself.
mapfile -t parents < <(cgroups)
for parent in "${parents[@]}"; do
  mkdir "$parent/$name"
  echo $$ >"$parent/$name/cgroup.procs"
done

leave() {
  for parent in "${parents[@]}"; do
    echo $$ >"$parent/cgroup.procs"
    find "$parent/$name" -depth -type d -exec rmdir {} +
  done
}
trap leave EXIT

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/host/{upper,work,root}
mount -t overlay -o "lowerdir=$lower,upperdir=/run/host/upper,workdir=/run/host/work" overlay /run/host/root

exec 3<&0 # a job in the background gets no stdin of its own
boot() {
  systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --link-journal=no \
    --resolv-conf=off --timezone=off --console=pipe --machine="$name" \
    --bind-ro="$node:/usr/bin/node" --directory=/run/host/root </dev/null 3<&- &
  nspawn=$!
  echo "$nspawn" >/run/host/nspawn
}

# When our stdin closes, whoever wanted the host is gone; nspawn passes the signal on as "power off".
{ read -r <&3 || true; kill -TERM "$(</run/host/nspawn)"; } &
watcher=$!

reboot=133 # what nspawn ends with when the host asked for it
code=$reboot
while ((code == reboot)); do
  boot
  code=0
  wait "$nspawn" || code=$?
done
kill "$watcher" 2>/dev/null || true
wait "$watcher" || true
exit "$code"
