#!/usr/bin/env bash
# Takes a fresh Debian machine to a finished run or a tested build, in one command; see usage() below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(g++ cmake ninja-build ccache libboost-dev libcli11-dev libcsv-dev libfmt-dev libgmock-dev libgtest-dev
          librandom123-dev libsleef-dev libsqlite3-dev libtbb-dev libtomlplusplus-dev libxxhash-dev nlohmann-json3-dev
          mkdocs-material node-d3 pybind11-dev python3-dev python3-jsonschema python3-numpy sqlite3)
# What tests alone use: reports opened in a browser, an experiment's runs spread over processes, and the syntax of what is mutated.
packages_of_tests=(chromium openmpi-bin parallel python3-clang)

say() { echo "setup: $*"; }

usage() {
  cat <<'TEXT'
Usage: ./setup.sh COMMAND

  run     build Ondol, run worlds/korea/korea.toml into korea.db, make a page of pictures of it, korea.html, and compare
          policies in a first look: policy.db, policy.html
  test    build Ondol and run every test

Both first install the Debian packages they need, unless all are there already, and may be repeated at any time.
TEXT
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    if [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
      echo "$package"
    fi
  done
}

install_packages() {
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "all Debian packages are installed"
    return
  fi
  if ! command -v apt-get >/dev/null; then
    say "this is not a Debian-like system (there is no apt-get). Install what these Debian packages hold:"
    say "  ${packages[*]}"
    say "then build with: cmake --preset release && cmake --build --preset release && ctest --preset release"
    exit 1
  fi >&2
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      say "no right to install packages: run this as root, or install by hand: ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

configure() {
  say "configuring build/release"
  cmake --preset release
}

run() {
  install_packages
  configure
  say "building the ondol command and the plugins"
  cmake --build --preset release --target ondol plugins/all
  local overwrite=()
  if [[ -e korea.db ]]; then
    say "korea.db exists and will be replaced"
    overwrite=(--overwrite)
  fi
  say "running worlds/korea/korea.toml into korea.db"
  build/release/ondol run worlds/korea/korea.toml -o korea.db "${overwrite[@]}"
  build/release/ondol report korea.db -o korea.html --overwrite
  say "comparing policies at few agents, in few replicates: worlds/korea/experiments/first_look.toml into policy.db"
  build/release/ondol experiment worlds/korea/experiments/first_look.toml -o policy.db
  build/release/ondol report policy.db -o policy.html --overwrite
  build/release/ondol decide policy.db
}

run_tests() {
  packages+=("${packages_of_tests[@]}")
  install_packages
  configure
  say "building everything"
  cmake --build --preset release
  say "running the tests"
  ctest --preset release --parallel 2 --output-on-failure
}

if [[ $# -ne 1 ]]; then
  usage >&2
  exit 2
fi
case "$1" in
  run) run ;;
  test) run_tests ;;
  -h | --help | help) usage ;;
  *)
    say "unknown command '$1'" >&2
    usage >&2
    exit 2
    ;;
esac
