#!/usr/bin/env bash
# Runs in the guest, whose PID 1 starts networkd: a program says what it found on the serial line.
# usage: inside.sh NODE PROGRAM   node as the machine has it, a program of this directory
set -euo pipefail

# share WHAT WHERE: a directory of the machine, which cannot be written to.
share() {
  mkdir -p "$2"
  mount -t hostfs -o "ro,$1" none "$2"
}

exec 2>/dev/console
share /usr/lib/uml/modules /lib/modules
# Of the directory of node only node may come into PATH.
node=/usr/local/bin/node
share "$(dirname "$1")" /run/machine
touch $node
mount --bind "/run/machine/$(basename "$1")" $node

stty -F /dev/ttyS0 raw
systemctl start dbus
systemctl start systemd-networkd
exec $node "$(dirname "$0")/../../build/test/guest/$2.js" >/dev/ttyS0
