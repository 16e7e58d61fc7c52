#!/usr/bin/env bash
# The service in five scenes, on the local stack: plan, sync, explain, tampering, a changed policy.
#   story.sh CLI EMULATOR EMULATOR_TOKEN POLICIES
set -euo pipefail

readonly CLI=$1 EMULATOR=$2 EMULATOR_TOKEN=$3 POLICIES=$4
readonly TABLE=main.sales.customers
readonly DENIED=tess.sales@example.com
readonly INTRUDER=hugo.marketing@example.com
PLANNED=$(mktemp)
trap 'rm -f "$PLANNED"' EXIT

scene() { printf '\n=== %s\n' "$*"; }

# policysync EXPECTED ARGUMENT...: runs a command, shows it, and ends the demo when it exits otherwise than expected.
policysync() {
  local expected=$1 code=0
  shift
  printf '\n$ policysync %s\n' "$*"
  dotnet "$CLI" "$@" || code=$?
  if [[ $code -ne $expected ]]; then
    printf 'policysync %s ended with %s, not %s\n' "$1" "$code" "$expected" >&2
    exit 1
  fi
}

patches() { curl -fsS -m 10 "$EMULATOR/_emulator/calls?method=PATCH" | grep -o '"method"' | wc -l; }

scene "1. What would a sync change? Nothing is written."
policysync 2 plan table $TABLE

scene "2. Sync: grants follow the policies, and each names the policy that asked."
policysync 0 sync table $TABLE --wait
before=$(patches)
policysync 0 sync table $TABLE --wait >/dev/null
[[ $(patches) -eq $before ]] || { echo "a sync without anything to do wrote something" >&2; exit 1; }
echo "A second sync sent no PATCH."

scene "3. Why has $DENIED no access, although its group has it?"
policysync 0 explain $DENIED SELECT table $TABLE

scene "4. Somebody grants access by hand. The drift is found and repaired."
curl -fsS -m 10 -o /dev/null -X PATCH -H "Authorization: Bearer $EMULATOR_TOKEN" -H 'Content-Type: application/json' \
  -d '{"changes":[{"principal":"ada.sales@example.com","remove":["SELECT"]}]}' "$EMULATOR/api/2.1/unity-catalog/permissions/table/$TABLE"
policysync 2 verify table $TABLE
policysync 0 drift list
policysync 0 sync table $TABLE --wait

scene "5. A policy changes: planned first, then applied as it was shown."
