# shellcheck shell=bash
# Names and words that all parts share. ROOT is set by dev.sh.
# shellcheck disable=SC2034 # the other parts use them

readonly RUN="$ROOT/.run"
readonly LOGS="$RUN/logs"
readonly TOKEN_FILE="$RUN/token.txt"
readonly KEY_FOLDER="$RUN/keys"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export npm_config_loglevel=error npm_config_update_notifier=false

# Where there is no home, the tools keep their caches with ours.
export HOME="${HOME:-$RUN/home}"

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# quietly NAME COMMAND...: what it writes is shown only when it fails.
quietly() {
  local log="$LOGS/$1.log"
  shift
  mkdir -p "$LOGS"
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "failed: $*"
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }
