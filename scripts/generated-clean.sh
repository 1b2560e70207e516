#!/usr/bin/env bash
# generated-clean.sh PATTERN COMMAND... runs the generator and fails when it changes a file that matches.
set -eu
pattern=$1
shift
sum() { find internal -name "$pattern" -print0 | sort -z | xargs -0 -r sha256sum; }
before=$(sum)
"$@"
if [ "$before" != "$(sum)" ]; then
  echo "generated files were stale: commit what '$*' has just written" >&2
  diff <(echo "$before") <(sum) >&2 || true
  exit 1
fi
