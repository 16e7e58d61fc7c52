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
  printf 'dev.sh: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }
