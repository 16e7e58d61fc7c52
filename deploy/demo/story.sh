#!/usr/bin/env bash
# The service in five scenes, on the local stack: plan, sync, explain, tampering, a changed policy; and a sixth where there is an event hub.
#   story.sh CLI EMULATOR POLICIES [DEV], the last being deploy/dev.sh, which sends an event
set -euo pipefail

readonly CLI=$1 EMULATOR=$2 POLICIES=$3 DEV=${4:-}
readonly TABLE=main.sales.customers
readonly ADMIN_TOKEN=dapi-emulator-admin # of a metastore admin, who is not the service
FOLDER=$(mktemp -d)
readonly FOLDER
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

scene() { printf '\n=== %s\n' "$*"; }

# policysync CODE ARGUMENT...: shows a command and what it writes; the demo ends when it exits with another code.
policysync() {
  local expected=$1 code=0
  shift
  printf '$ policysync %s\n' "$*"
  dotnet "$CLI" "$@" 2>&1 || code=$?
  [[ $code -eq $expected ]] || fail "policysync $1 exited with $code, not $expected"
}

# The outcome and the changes of a task, without the rest of what is shown of it.
changes() { policysync "$@" | grep -E '^([$+!~-] |Outcome|error|remedy)'; }

fail() {
  printf 'The demo ended early: %s.\n' "$*" >&2
  exit 1
}

# count WORD PATH: how often a word is in an answer of the emulator.
count() { curl -fsS -m 10 "$EMULATOR/_emulator/$2" | { grep -o "\"$1\"" || true; } | wc -l; }
patches() { count method 'calls?method=PATCH'; }

scene "1. Plan: what would a sync change? Nothing is written."
policysync 2 plan table $TABLE

scene "2. Sync: the grants follow the policies. A second sync has nothing to do."
changes 0 sync table $TABLE --wait
before=$(patches)
dotnet "$CLI" sync table $TABLE --wait >/dev/null 2>&1 || fail "the second sync failed"
[[ $(patches) -eq $before ]] || fail "the second sync sent a PATCH"

scene "3. Explain: a policy denies Tess, and her group may read. Can she?"
policysync 0 explain tess.sales@example.com SELECT table $TABLE

scene "4. Drift: an admin takes a grant away. It is found, and repaired."
curl -fsS -m 10 -o /dev/null -X PATCH -H "Authorization: Bearer $ADMIN_TOKEN" -H 'Content-Type: application/json' \
  -d '{"changes":[{"principal":"sam.sales@example.com","remove":["SELECT"]}]}' "$EMULATOR/api/2.1/unity-catalog/permissions/table/$TABLE"
dotnet "$CLI" verify table $TABLE >/dev/null 2>&1 && fail "the drift was not found"
policysync 0 drift list --kind drift
changes 0 sync table $TABLE --wait
dotnet "$CLI" verify table $TABLE >/dev/null 2>&1 || fail "the drift was not repaired"

scene "5. A policy is to deny Udo in place of Tess: planned before the change, applied after it."
sed -e 's/"policyVersion": 1,/"policyVersion": 2,/' -e 's/tess\.sales@/udo.sales@/' "$POLICIES/policies.json" >changed.json
policysync 2 plan table $TABLE --policies changed.json --out plan.json
cp changed.json "$POLICIES/policies.json"
changes 0 apply plan.json

if [[ -n $DEV ]]; then
  scene "6. Event: an orders pipeline publishes to the event hub that its table is new. That is a task."
  event='{"type":"RESOURCE_SYNC","id":"orders-42","source":"orders-pipeline","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"orders"}}]}}'
  printf '$ deploy/dev.sh event <<<'"'%s'\n" "$event"
  bash "$DEV" event <<<"$event" || fail "the event was not sent"
  ended() { dotnet "$CLI" tasks list --source orders-pipeline --status success --output json 2>/dev/null | grep -q '"taskId"'; }
  for ((i = 0; i < 60; i++)); do ended && break || sleep 1; done
  ended || fail "the event made no task that ended"
  policysync 0 tasks list --source orders-pipeline
fi

curl -fsS -m 10 "$EMULATOR/_emulator/overlaps" | tr -d ' \n' | grep -q '"overlaps":\[\]' || fail "two writes overlapped"
printf '\nAll scenes ended well, and no two writes overlapped.\n'
