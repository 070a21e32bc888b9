#!/bin/sh
# Every C++ file is as clang-format leaves it.
set -eu
cd "$(dirname "$0")/.."
find src fuzz bench -name '*.cc' -o -name '*.h' | xargs clang-format-14 --dry-run -Werror
