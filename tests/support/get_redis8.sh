#!/usr/bin/env bash
# Puts Debian 13's Redis 8 (vector sets, no search module) into a folder of its own, with the
# libraries it needs, so that Debian 12 can run it beside its own Redis.
#
#   tests/support/get_redis8.sh [FOLDER]     then there is FOLDER/bin/redis-server
#
# Without FOLDER it is $SLUICE_TEST_REDIS8, or ~/.cache/sluice/redis8. Does nothing where Redis 8 is
# there already; else the folder must be new or empty, since nothing that it holds is removed.
set -euo pipefail

folder=$(realpath -m "${1:-${SLUICE_TEST_REDIS8:-$HOME/.cache/sluice/redis8}}")
packages=(redis-server redis-tools libc6 libatomic1 libjemalloc2 liblzf1 libssl3t64 libstdc++6
          libgcc-s1 libsystemd0 libcap2 libzstd1 zlib1g)
[[ -x $folder/bin/redis-server ]] && exit 0
if [[ -e $folder && -n $(ls -A "$folder") ]]; then
  echo "get_redis8.sh: $folder holds other things; name a folder that is new or empty" >&2
  exit 1
fi

# Beside the folder, so that one rename puts it there.
mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/debs" "$work/root"
touch "$work/status"
# From the mirror that this machine uses.
# shellcheck disable=SC2016  # $(SITE) is apt's
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' |
         sed -n 1p)
[[ -n $mirror ]] || { echo "get_redis8.sh: apt knows no mirror of Debian 12; run apt-get update" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" \
  > "$work/sources.list"
cat > "$work/apt.conf" <<END
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "-";
Dir::State "$work";
Dir::State::Lists "$work/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work";
Dir::Cache::Archives "$work/archives";
APT::Sandbox::User "root";
END
export APT_CONFIG=$work/apt.conf
apt-get -qq update
(cd "$work/debs" && apt-get -qq download "${packages[@]}")
for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/root"; done

mkdir "$work/root/bin"
cat > "$work/root/bin/redis-server" <<'END'
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")
libraries=$root/usr/lib/$(uname -m)-linux-gnu
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$root/usr/bin/redis-server" "$@"
END
chmod +x "$work/root/bin/redis-server"
"$work/root/bin/redis-server" --version

# Whole or not at all: what is there is taken for good the next time. Fails if the folder has been
# filled meanwhile.
mv -T "$work/root" "$folder"
