# Sourced by ./quickstart and ./test: installing what packages.txt names, and building.

# Says what went wrong and ends.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Installs the packages that are missing; as root or through sudo.
install_packages() {
  local wanted missing sudo=
  wanted=$(sed 's/#.*//' packages.txt | tr -s ' \t\n' '\n' | sed '/^$/d')
  missing=
  for package in $wanted; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || die "apt-get is missing: this needs Debian 12; packages wanted:$missing"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "run this as root once (or install sudo); packages wanted:$missing"
    sudo=sudo
  fi
  printf 'Installing:%s\n' "$missing"
  # The policy file keeps Debian's scripts from starting a system-wide MariaDB or etcd.
  local policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null && $sudo chmod +x $policy && made_policy=1
  fi
  local log
  log=$(mktemp)
  if ! { $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
      >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    [ -z "$made_policy" ] || $sudo rm -f $policy
    die "could not install:$missing"
  fi
  [ -z "$made_policy" ] || $sudo rm -f $policy
  rm -f "$log"
}

# build_preset <preset> <target...>: configures on first use and builds.
build_preset() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null || die "cmake failed for $preset"
  ninja -C "build/$preset" "$@" || die "the build failed ($preset)"
}

# Puts every program into bin/.
publish_programs() {
  mkdir -p bin
  for program in build/release/bin/*; do
    [ -x "$program" ] || continue
    cmp -s "$program" "bin/${program##*/}" || cp -f "$program" bin/
  done
}
