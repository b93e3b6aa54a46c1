#!/usr/bin/env bash
# The Debian packages in a Debian that has nothing else: made, installed with what they depend on, and a world run.
# Needs Debian's mmdebstrap, cpack, the network, and to be root or to have user namespaces.
# Usage: clean_chroot.sh CPACK_CONFIG
set -euo pipefail
config=$1

for program in cpack mmdebstrap; do
  command -v "$program" >/dev/null || { echo "$program is not installed: skipped"; exit 77; }
done
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cpack --config "$config" -B "$folder" >/dev/null

# Whether one may be made at all says an empty one.
if ! mmdebstrap --variant=essential --simulate "$suite" /dev/null >"$folder/log" 2>&1; then
  echo "no clean Debian can be made here: skipped. $(tail -1 "$folder/log")"
  exit 77
fi
mmdebstrap --variant=apt --skip=check/qemu --format=null "$suite" /dev/null \
  --customize-hook="cp '$folder'/*.deb \"\$1/tmp\"" \
  --customize-hook='chroot "$1" sh -ec "apt-get install -q -y --no-install-recommends /tmp/ondol_*.deb /tmp/ondol-worlds_*.deb
    cd /tmp && ondol --version && ondol run /usr/share/ondol/worlds/hello.toml && ondol check --strict /usr/share/ondol/worlds/korea/korea.toml"'
