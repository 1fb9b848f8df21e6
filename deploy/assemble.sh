#!/bin/sh
# Puts what runs into a folder, from a compiled checkout: the flashgate command, the rooms that it is made of, and their
# dependencies. No compiler, no tests, no private Postgres. The Dockerfile does this, and so can anybody.
set -eu
target="$(mkdir -p "$1" && cd "$1" && pwd)"
cd "$(dirname "$0")/.."

cp package.json package-lock.json .npmrc "$target"
for manifest in */package.json; do
  mkdir -p "$target/$(dirname "$manifest")"
  cp "$manifest" "$target/$manifest"
done
# What a dependency would like to run while it is installed is not needed, and is not run.
(cd "$target" && npm ci --workspace @flashgate/cli --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund)

# npm has linked the rooms that are needed; the others were there for the lock file's sake.
for manifest in */package.json; do
  room="$(dirname "$manifest")"
  if [ ! -e "$target/node_modules/@flashgate/$room" ]; then
    rm -r "${target:?}/$room"
    continue
  fi
  for part in dist bin lua migrations threads; do
    [ ! -e "$room/$part" ] || cp -R "$room/$part" "$target/$room/"
  done
done
