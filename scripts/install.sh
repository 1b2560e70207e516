#!/usr/bin/env bash
# install.sh NAME... installs Debian packages that the tests use, where it may.
#
# A machine that has them, or is offline, or where nobody may install, is fine: what stays
# missing is said here, and the tests that need it skip and say so again.
set -u
export DEBIAN_FRONTEND=noninteractive

has() {
  case $1 in
    chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    fonts) compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' || fc-list :lang=zh 2>/dev/null | grep . ;;
    coinor-cbc) command -v cbc ;;
    *-pgrouting) compgen -G '/usr/share/postgresql/*/extension/pgrouting.control' ;;
    postgresql) command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' ;;
    *) command -v "$1" ;;
  esac >/dev/null
}

packages() {
  case $1 in
    fonts) echo fonts-noto-cjk ;;
    gcc) echo gcc libc6-dev ;;
    *) echo "$1" ;;
  esac
}

missing=() wanted=()
for name in "$@"; do
  has "$name" && continue
  missing+=("$name")
  read -ra more <<<"$(packages "$name")"
  wanted+=("${more[@]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  as=() why='this is not Debian'
elif [ "$(id -u)" -eq 0 ]; then
  as=(env) why=''
elif sudo -n true 2>/dev/null; then
  as=(sudo -n -E) why=''
else
  as=() why='it takes root, or sudo without a password'
fi

if [ -z "$why" ]; then
  echo "installing ${wanted[*]}"
  install=("${as[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}")
  if ! "${install[@]}" </dev/null >/dev/null 2>&1; then
    "${as[@]}" apt-get update -qq </dev/null >/dev/null 2>&1
    "${install[@]}" </dev/null >/dev/null || why='apt-get could not (offline?)'
  fi
fi

for name in "${missing[@]}"; do
  has "$name" || echo "not installed: $name (${why:-not found after installing}). By hand: apt-get install $(packages "$name")"
done
exit 0
