#!/usr/bin/env bash
# gallery.sh ONDOL WORLDS FOLDER: runs shipped worlds and the shipped experiment, and leaves a report on each in a new folder,
# with the page that leads to them.
set -euo pipefail
ondol=$1 worlds=$2 folder=$3

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mkdir -p "$folder"
cd "$folder"
cp "$here/gallery.md.in" README.md
for world in korea/korea hello sim bass merit_order platform-race; do
  "$ondol" run --quiet "$worlds/$world.toml"
done
"$ondol" experiment --quiet "$worlds/experiments/diffusion.toml"
for results in *.db; do
  "$ondol" report "$results"
done
rm -- *.db
