# shellcheck shell=bash
# Mutation testing with Stryker.NET: each change that it makes to the code must be noticed by a test.

readonly MUTATION="$RUN/mutation"

# Left out: tests of many random cases, which take longer than all others together. A mutant that only they notice counts as
# survived, so the score is a lower bound.
readonly MUTATION_TESTS="FullyQualifiedName!~Fuzz&FullyQualifiedName!~Random_schedules&FullyQualifiedName!~exchanged_parts\
&FullyQualifiedName!~A_look_up_finds&FullyQualifiedName!~RecurrenceAsJava&FullyQualifiedName!~NoOverGrantProperty\
&FullyQualifiedName!~At_no_moment_of_a_change&FullyQualifiedName!~No_damaged_answer&FullyQualifiedName!~By_chance_nobody\
&FullyQualifiedName!~A_statement_that_does_not_end"

# mutate [core|ranger] [--files GLOB]...: the mutation score of one project or of both, over all files or over some.
mutate() {
  local -a projects=() files=()
  while (($# > 0)); do
    case $1 in
      core | ranger) projects+=("$1") ;;
      --files) files+=(--mutate "${2:?--files takes a pattern, such as **/Guards/*.cs}") && shift ;;
      *) die "mutate takes core, ranger and --files GLOB, not $1" ;;
    esac
    shift
  done
  ((${#projects[@]} > 0)) || projects=(core ranger)
  require_dotnet
  (cd "$ROOT" && quietly tools dotnet tool restore)
  local project
  for project in "${projects[@]}"; do
    mutate_project "$project" ${files[@]+"${files[@]}"}
  done
}

# mutate_project core|ranger [OPTION]...
mutate_project() {
  local name tests
  case $1 in
    core) name=PolicySync.Core tests="PolicySync.Core.Tests PolicySync.RowFiltersAndMasks.Tests" ;;
    ranger) name=PolicySync.Ranger tests=PolicySync.Ranger.Tests ;;
  esac
  local -a options=()
  local test
  for test in $tests; do
    quietly restore dotnet restore "$ROOT/tests/$test" --locked-mode --verbosity quiet
    options+=(--test-project "$ROOT/tests/$test/$test.csproj")
  done
  rm -rf "${MUTATION:?}/$1"
  say "== $name"
  (cd "$ROOT/src/$name" && MutationTesting=true RunAnalyzers=false dotnet stryker --project "$name.csproj" "${options[@]}" --configuration Release \
    --concurrency "${MUTATE_CONCURRENCY:-1}" --config-file "$ROOT/deploy/stryker.json" --output "$MUTATION/$1" --test-case-filter "$MUTATION_TESTS" --skip-version-check "${@:2}")
  say "report: $MUTATION/$1/reports/mutation-report.json"
}
