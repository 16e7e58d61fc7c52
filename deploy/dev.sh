#!/usr/bin/env bash
# The one command of this repository. `deploy/dev.sh help` lists what it does.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
# shellcheck source=deploy/lib/common.sh
source "$ROOT/deploy/lib/common.sh"
# shellcheck source=deploy/lib/deps.sh
source "$ROOT/deploy/lib/deps.sh"
# shellcheck source=deploy/lib/build.sh
source "$ROOT/deploy/lib/build.sh"
# shellcheck source=deploy/lib/processes.sh
source "$ROOT/deploy/lib/processes.sh"
# shellcheck source=deploy/lib/stack.sh
source "$ROOT/deploy/lib/stack.sh"
# shellcheck source=deploy/lib/tests.sh
source "$ROOT/deploy/lib/tests.sh"
# shellcheck source=deploy/lib/compare.sh
source "$ROOT/deploy/lib/compare.sh"
# shellcheck source=deploy/lib/mutate.sh
source "$ROOT/deploy/lib/mutate.sh"
# shellcheck source=deploy/lib/check.sh
source "$ROOT/deploy/lib/check.sh"
# shellcheck source=deploy/lib/audit.sh
source "$ROOT/deploy/lib/audit.sh"
# shellcheck source=deploy/lib/pictures.sh
source "$ROOT/deploy/lib/pictures.sh"
# shellcheck source=deploy/lib/upgrade.sh
source "$ROOT/deploy/lib/upgrade.sh"

usage() {
  cat <<'TEXT'
usage: deploy/dev.sh COMMAND

  demo [--events]          sample tasks on the local stack: grants before and after, and which policy asked for each change;
                           with --events also a task from an event hub
  up [--detach] [--events] the local stack: Azurite, Unity Catalog emulator, host in role All; with --events an event hub beside them
  event                    sends standard input as one event to the event hub that `up --events` started
  down                     stops what `up` started
  token [--subject S] [--scope S]... [--securable P]... [--expires 1h]
                           prints a token signed with the stack's key (docs/cli.md, `token create`)
  deps                     installs what the other commands need, or says what is missing
  build                    restores as locked and builds everything
  test [--all]             the tests but the long ones; with --all everything that CI runs. Ends in `N passed, N failed, N skipped`
  size                     longest methods, largest files, constructors with over 7 parameters and why
  conformance [FOLDER]     Ranger's own suites (default: RANGER_CONFORMANCE_DIR, else ../shared/data/ranger)
  bench [NAME]             figures as ratios against limits of the same run: policies, micro, inputs, ingest, lifecycle, coalesce,
                           walk, task, events, recovery, budget
  compare REF [ingest|lifecycle] [--rounds N]
                           the rate of a benchmark here and at another commit, in turns (3 rounds), and whether it is within 10 %
  kill [--rounds N] [--seed S]
                           3 silos and 2 gateways under load, killed at random moments (20 rounds); prints the longest recovery
  upgrade-check [--from REF]
                           a rolling upgrade under load from an earlier build (the last release tag) to this one, and back
  sequences [--count N] [--seed S]
                           random sequences of changes and syncs (20,000): no sync lets a user read more than policies give or
                           than the user could read before; docs/sequences.md lists what can happen
  mutate [core|ranger] [--files GLOB]
                           the mutation score of PolicySync.Core and PolicySync.Ranger, by Stryker.NET: whole, or of some files
  fuzz [--count N] [--seed S]
                           the parsers on generated and damaged text (100,000 each): policies, expressions, scripts, request bodies
  contract-check --catalog NAME [OPTION]...
                           asks a real workspace whether it does what is assumed of it, in a schema that is made and removed;
                           the workspace is that of PolicySync__Workspace__*; docs/contract-check.md lists options and facts
  contract-check events --group NAME [OPTION]...
                           the same of an Azure event hub, that of PolicySync__Events__EventHub__*
  audit                    known vulnerabilities of NuGet and npm packages; skips a registry that has no advisory data
  diagrams                 renders the diagrams of the documentation
  pictures                 makes the pictures of the documentation again, from the demo: docs/pictures
  soak [--tasks N]         the managed heap of a silo at 10,000 and at N (200,000) ended tasks, and the difference
  heap                     the managed heap after walks of 2,000 and of 10,000 tables

Ports, each changed by the variable of that name: POLICYSYNC_HTTP_PORT (8080), POLICYSYNC_EMULATOR_PORT (8585),
POLICYSYNC_BLOB_PORT, POLICYSYNC_QUEUE_PORT, POLICYSYNC_TABLE_PORT (10000, 10001, 10002), POLICYSYNC_SILO_PORT (11111),
POLICYSYNC_GATEWAY_PORT (30000), POLICYSYNC_HUB_PORT (5672).
TEXT
}

main() {
  local command=${1:-help}
  shift || true
  case $command in
    deps) deps ;;
    build) deps && build_all ;;
    up) up "$@" ;;
    down) down ;;
    demo) demo "$@" ;;
    event) event ;;
    token) token "$@" ;;
    test) run_tests "$@" ;;
    size) size ;;
    conformance) conformance "$@" ;;
    bench) bench "$@" ;;
    compare) compare "$@" ;;
    kill) kill_rounds "$@" ;;
    upgrade-check) upgrade_check "$@" ;;
    sequences) sequences "$@" ;;
    mutate) mutate "$@" ;;
    fuzz) fuzz "$@" ;;
    contract-check) contract_check "$@" ;;
    audit) audit ;;
    diagrams) diagrams ;;
    pictures) pictures ;;
    soak) soak "$@" ;;
    heap) heap ;;
    help | --help | -h) usage ;;
    *) usage >&2 && die "no such command: $command" ;;
  esac
}

main "$@"
