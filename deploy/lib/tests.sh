# shellcheck shell=bash
# The tests, some projects side by side: much of their time they wait for servers and clusters that they started.

readonly RESULTS="$RUN/test-results"
readonly CONFORMANCE_PROJECT=tests/PolicySync.Ranger.Conformance

# Test projects that run at the same time.
readonly LANES=${POLICYSYNC_TEST_LANES:-2}

# Those that take longest, so that they begin first and no lane is left with a long one at the end.
readonly LONGEST_FIRST=(EndToEnd Cluster Grains AzureTables Deploy RowFiltersAndMasks Sequences)

passed=0 failed=0 skipped=0

# run_tests [--all]: without --all those of the category Long are left out, and there are fewer random sequences and rounds
# of killing. CONTRIBUTING.md says what only --all shows.
run_tests() {
  local filter=
  case ${1:-} in
    '')
      filter=Category!=Long
      export SEQUENCES_COUNT=${SEQUENCES_COUNT:-1000} POLICYSYNC_KILL_ROUNDS=${POLICYSYNC_KILL_ROUNDS:-1}
      ;;
    --all) ;;
    *) die "test takes --all, not $1" ;;
  esac
  deps
  test_deps
  say "building"
  build_all
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  use_scratch
  local name
  while read -r name; do
    while (($(jobs -pr | wc -l) >= LANES)); do wait -n || true; done
    test_project "$name" "$filter" &
  done < <(test_projects)
  wait
  while read -r name; do
    add_results "$RESULTS/$name.trx" "$(cat "$RESULTS/$name.status")"
  done < <(test_projects)
  test_conformance
  say "$passed passed, $failed failed, $skipped skipped"
  [[ $failed -eq 0 ]]
}

test_projects() {
  local project
  {
    printf 'PolicySync.%s.Tests\n' "${LONGEST_FIRST[@]}"
    for project in "$ROOT"/tests/*.Tests; do basename "$project"; done
  } | awk '!seen[$0]++'
}

# A folder for temporary files that goes with this run: the SDK leaves two empty folders at each call, and processes that
# tests kill leave the sockets of their diagnostics. Its path is short, for that of a socket must fit in 107 characters.
use_scratch() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/policysync-XXXXXX")
  trap 'jobs -pr | xargs --no-run-if-empty kill 2>/dev/null; rm -rf --one-file-system "$scratch" || true' EXIT
  trap 'exit 130' INT TERM
  export TMPDIR=$scratch
}

# test_project NAME FILTER: leaves NAME.trx, NAME.log and NAME.status among the results.
test_project() {
  local name=$1 status=0
  local -a only=()
  [[ -z $2 ]] || only=(--filter "$2")
  trap 'jobs -pr | xargs --no-run-if-empty kill; exit 143' TERM
  dotnet test "$ROOT/tests/$name" --configuration Release --no-build --nologo "${only[@]}" \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" --results-directory "$RESULTS" \
    --blame-hang --blame-hang-timeout 15min --blame-hang-dump-type none >"$RESULTS/$name.log" 2>&1 &
  wait $! || status=$?
  say "$status" >"$RESULTS/$name.status"
  printf '== %s\n%s\n' "$name" "$(cat "$RESULTS/$name.log")"
}

# add_results FILE STATUS: a run that broke without reporting a failure counts as one.
add_results() {
  local counters total=0 ran=0 good=0
  if counters=$(grep -o '<Counters [^>]*' "$1" 2>/dev/null | head -n 1); then
    total=$(counter total "$counters")
    ran=$(counter executed "$counters")
    good=$(counter passed "$counters")
  fi
  passed=$((passed + good))
  failed=$((failed + ran - good))
  skipped=$((skipped + total - ran))
  if [[ $2 -ne 0 && $ran -eq $good ]]; then
    failed=$((failed + 1))
  fi
}

# counter NAME ELEMENT: the value of an attribute, or 0.
counter() {
  if [[ $2 =~ \ $1=\"([0-9]+)\" ]]; then say "${BASH_REMATCH[1]}"; else say 0; fi
}

test_conformance() {
  local folder=${RANGER_CONFORMANCE_DIR:-$ROOT/../shared/data/ranger} log="$RESULTS/conformance.log" status=0
  say "== conformance"
  if [[ ! -d $folder && ${CI:-} == true ]]; then
    say "no folder $folder: CI must run Ranger's suites"
    failed=$((failed + 1))
    return
  fi
  if [[ ! -d $folder ]]; then
    say "no folder $folder: Ranger's suites are skipped; RANGER_CONFORMANCE_DIR may name another"
    skipped=$((skipped + 1))
    return
  fi
  run_conformance "$folder" >"$log" 2>&1 || status=$?
  awk '/^[^ ]/ { file = $1 } /^ +skipped:/ { print file $0 }' "$log"
  sed -n '/^by form:$/,$p' "$log"
  local -a counts
  read -r -a counts < <(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p') || true
  passed=$((passed + ${counts[0]:-0}))
  failed=$((failed + ${counts[1]:-0}))
  skipped=$((skipped + ${counts[2]:-0}))
  if [[ $status -ne 0 ]]; then
    grep -v '^ *skipped:' "$log" | tail -n 40
    if [[ ${counts[1]:-0} -eq 0 ]]; then
      failed=$((failed + 1))
    fi
  fi
}

conformance() {
  local folder=${1:-${RANGER_CONFORMANCE_DIR:-$ROOT/../shared/data/ranger}}
  [[ -d $folder ]] || die "no folder $folder: name one, or set RANGER_CONFORMANCE_DIR"
  require_dotnet
  build_project "$ROOT/$CONFORMANCE_PROJECT"
  run_conformance "$folder"
}

run_conformance() {
  dotnet "$ROOT/$CONFORMANCE_PROJECT/bin/Release/net10.0/PolicySync.Ranger.Conformance.dll" "$1"
}

# Two walks of different size, the managed heap after each: prints both figures.
heap() {
  deps
  build_programs
  local project="$ROOT/tests/PolicySync.EndToEnd.Tests"
  build_project "$project"
  POLICYSYNC_LARGE=10000 dotnet test "$project" --configuration Release --no-build --nologo --filter Category=Heap \
    --logger "console;verbosity=detailed" | grep -E 'managed heap|Passed|Failed|error'
}

# soak [--tasks N]: whether ended tasks leave anything in the memory of a silo. All rows stay in Azurite's memory, which
# takes some 12 KiB for each task.
soak() {
  local tasks=200000
  while (($# > 0)); do
    case $1 in
      --tasks) tasks=${2:?--tasks takes a number} ;;
      *) die "soak takes --tasks N, not $1" ;;
    esac
    shift 2
  done
  [[ $tasks =~ ^[0-9]+$ && $tasks -gt 10000 ]] || die "--tasks takes a number over 10000, not $tasks"
  deps
  build_benchmarks
  NODE_OPTIONS="${NODE_OPTIONS:-} --max-old-space-size=$((1024 + tasks / 50))" run_benchmarks soak "$tasks"
}

# bench NAME: figures as ratios against a stated limit, measured in one run.
bench() {
  local name=${1:-policies}
  case $name in
    budget) bench_budget; return ;;
    recovery) kill_rounds --rounds 3 && return ;;
    policies | inputs | micro) require_dotnet ;;
    *) deps ;;
  esac
  build_benchmarks
  run_benchmarks "$name"
}

build_benchmarks() {
  local project="$ROOT/tests/PolicySync.Benchmarks"
  build_project "$project"
}

run_benchmarks() { dotnet "$ROOT/tests/PolicySync.Benchmarks/bin/Release/net10.0/PolicySync.Benchmarks.dll" "$@"; }

# kill_rounds [--rounds N] [--seed S]: processes killed under load, round after round.
kill_rounds() {
  local rounds=20 seed=20261
  while (($# > 0)); do
    case $1 in
      --rounds) rounds=${2:?--rounds takes a number} ;;
      --seed) seed=${2:?--seed takes a number} ;;
      *) die "kill takes --rounds N and --seed S, not $1" ;;
    esac
    shift 2
  done
  deps
  local project="$ROOT/tests/PolicySync.Cluster.Tests"
  build_project "$project"
  POLICYSYNC_KILL_ROUNDS=$rounds POLICYSYNC_KILL_SEED=$seed dotnet test "$project" --configuration Release --no-build --nologo \
    --filter Category=Kill --logger "console;verbosity=detailed" | grep -E '^ *round |rounds with seed|Passed |Failed |Exception|after |error'
}

# count_and_seed COMMAND COUNT [--count N] [--seed S]: sets count and seed from the options of COMMAND.
count_and_seed() {
  local command=$1
  count=$2 seed=20261130
  shift 2
  while (($# > 0)); do
    case $1 in
      --count) count=${2:?--count takes a number} ;;
      --seed) seed=${2:?--seed takes a number} ;;
      *) die "$command takes --count N and --seed S, not $1" ;;
    esac
    shift 2
  done
  [[ $count =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]] || die "--count and --seed take numbers, not $count and $seed"
}

# sequences [--count N] [--seed S]: the property of random sequences, over more of them than a run of the tests takes.
sequences() {
  local count seed project="$ROOT/tests/PolicySync.Sequences.Tests"
  count_and_seed sequences 20000 "$@"
  require_dotnet
  build_project "$project"
  SEQUENCES_COUNT=$count SEQUENCES_SEED=$seed dotnet test "$project" --configuration Release --no-build --nologo \
    --filter FullyQualifiedName~SequencesProperty --logger "console;verbosity=detailed"
}

# fuzz [--count N] [--seed S]: the parsers on more generated text than a run of the tests takes.
fuzz() {
  local count seed project
  count_and_seed fuzz 100000 "$@"
  require_dotnet
  for project in PolicySync.Ranger.Tests PolicySync.RowFiltersAndMasks.Tests PolicySync.Host.Tests; do
    build_project "$ROOT/tests/$project"
    FUZZ_COUNT=$count FUZZ_SEED=$seed dotnet test "$ROOT/tests/$project" --configuration Release --no-build --nologo \
      --filter FullyQualifiedName~Fuzz --logger "console;verbosity=normal"
  done
}

# How much of its budget a sync uses, by the emulator's record: the whole stack, against the emulator's own rate limit.
bench_budget() {
  deps
  build_programs
  local project="$ROOT/tests/PolicySync.EndToEnd.Tests"
  build_project "$project"
  BUDGET_BENCH_SECONDS=${BUDGET_BENCH_SECONDS:-30} dotnet test "$project" --configuration Release --no-build --nologo \
    --filter Category=Budget --logger "console;verbosity=detailed" | grep -E '^ *budget|Passed!|Failed!|[Ee]rror|Assert|share'
}
