# shellcheck shell=bash
# The contract check is a verb of the host. It takes this shell's place, so that Ctrl-C and signals reach it.

contract_check() {
  require_dotnet
  quietly restore dotnet restore "$ROOT/src/PolicySync.Host" --locked-mode --verbosity quiet
  quietly build dotnet build "$ROOT/src/PolicySync.Host" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
  exec dotnet "$(program PolicySync.Host)" contract-check "$@"
}

# Sizes of the source that a reader meets first.
size() {
  local project="$ROOT/tests/PolicySync.SourceSize"
  require_dotnet
  quietly restore dotnet restore "$project" --locked-mode --verbosity quiet
  quietly build dotnet build "$project" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
  dotnet "$project/bin/Release/net10.0/PolicySync.SourceSize.dll"
}
