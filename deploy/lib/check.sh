# shellcheck shell=bash
# The contract check is a verb of the host. It takes this shell's place, so that Ctrl-C and signals reach it.

contract_check() {
  require_dotnet
  quietly restore dotnet restore "$ROOT/src/PolicySync.Host" --locked-mode --verbosity quiet
  quietly build dotnet build "$ROOT/src/PolicySync.Host" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
  exec dotnet "$(program PolicySync.Host)" contract-check "$@"
}
