#!/bin/sh
# Runs the whole test suite of the patched quinn-proto, the patches' own tests included, with the
# dependencies it was released with.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
crate=$root/crates/.patched/quinn-proto

node "$root/scripts/patch-quinn-proto.mjs"
cp "$crate/Cargo.lock.released" "$crate/Cargo.lock"
trap 'rm -f "$crate/Cargo.lock"' EXIT
cd "$crate"
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/crates/.patched/target} cargo test --locked "$@"
