# shellcheck shell=bash
# The contract check is a verb of the host. It takes this shell's place, so that Ctrl-C and signals reach it.

contract_check() {
  require_dotnet
  build_project "$ROOT/src/PolicySync.Host"
  exec dotnet "$(program PolicySync.Host)" contract-check "$@"
}

# Sizes of the source that a reader meets first.
size() {
  local project="$ROOT/tests/PolicySync.SourceSize"
  require_dotnet
  build_project "$project"
  dotnet "$project/bin/Release/net10.0/PolicySync.SourceSize.dll"
}
