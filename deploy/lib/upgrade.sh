# shellcheck shell=bash
# A rolling upgrade from an earlier build to this one, and back, on one storage.

# upgrade_check [--from REF]: builds the host of REF beside this one and lets both serve tasks in one cluster.
upgrade_check() {
  local from=""
  while (($# > 0)); do
    case $1 in
      --from) from=${2:?--from takes a tag, branch or commit} ;;
      *) die "upgrade-check takes --from REF, not $1" ;;
    esac
    shift 2
  done
  if [[ -z $from ]]; then
    from=$(git -C "$ROOT" describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || die "there is no release tag; name a build to upgrade from: --from REF"
  fi
  deps
  local other project="$ROOT/tests/PolicySync.Cluster.Tests"
  other=$(checkout_of "$from") || exit 1
  build_project "$other/src/PolicySync.Host" other
  build_project "$project"
  say "from $from to this build, and back"
  POLICYSYNC_OTHER_BUILD="$other" dotnet test "$project" --configuration Release --no-build --nologo \
    --filter Category=Upgrade --logger "console;verbosity=detailed" | grep -E 'tasks so far|upgrade and back|Passed |Failed |Skipped |Exception|after |error'
}
