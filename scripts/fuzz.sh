#!/usr/bin/env bash
# fuzz.sh DURATION runs every fuzz test of the module for that long, one after the other.
set -eu
grep -rl --include='*_test.go' '^func Fuzz' internal cmd | while read -r file; do
  grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | while read -r _ name; do
    echo "== $name ($file)"
    go test "./$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "$1" </dev/null
  done
done
