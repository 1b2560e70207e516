#!/usr/bin/env bash
# generated.sh fails when a template lacks its code, or when code has outlived its template: neither is committed,
# so nothing else would notice.
set -eu
status=0
while IFS= read -r -d '' page; do
  code=${page%.templ}_templ.go
  [ -e "$code" ] && [ ! "$page" -nt "$code" ] && continue
  echo "$page has no code of its own: run 'make generate'" >&2
  status=1
done < <(find internal -name '*.templ' -print0)
while IFS= read -r -d '' code; do
  [ -e "${code%_templ.go}.templ" ] && continue
  echo "$code has no template any more: remove it" >&2
  status=1
done < <(find internal -name '*_templ.go' -print0)
exit $status
