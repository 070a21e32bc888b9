#!/bin/sh
# run_fuzz.sh <name>: the fuzz target <name> for 30 s, or 10 minutes with TBL_FULL set. A crash leaves its
# input in build/fuzz-findings. The seed is printed by libFuzzer.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
findings=$root/build/fuzz-findings
corpus=$root/build/fuzz-corpus/$1
mkdir -p "$findings" "$corpus"
seeds=$root/fuzz/seeds/$1
[ -d "$seeds" ] || seeds=
seconds=30
[ -z "${TBL_FULL:-}" ] || seconds=600
# shellcheck disable=SC2086
exec "$root/build/fuzz/fuzz/fuzz_$1" -max_total_time=$seconds -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 -verbosity=0 -artifact_prefix="$findings/$1-" "$corpus" $seeds
