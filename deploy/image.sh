#!/usr/bin/env bash
# Publishes the host and builds its image.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
# shellcheck source=deploy/lib/common.sh
source "$ROOT/deploy/lib/common.sh"
# shellcheck source=deploy/lib/deps.sh
source "$ROOT/deploy/lib/deps.sh"
# shellcheck source=deploy/lib/build.sh
source "$ROOT/deploy/lib/build.sh"

usage() {
  cat <<'TEXT'
usage: deploy/image.sh [--tag NAME:TAG] [--base IMAGE] [-- BUILDER-OPTION...]

Builds deploy/Dockerfile with docker, or buildah where there is no docker; BUILDER names one (`docker build`, `buildah bud`).
  --tag    default: policy-sync:VERSION, the version that the program prints
  --base   another base than the official ASP.NET image
TEXT
}

tag=
options=()
while (($# > 0)); do
  case $1 in
    help | --help | -h) usage && exit 0 ;;
    --tag) tag=${2:?} && shift ;;
    --base) options+=(--build-arg "BASE=${2:?}") && shift ;;
    --) shift && options+=("$@") && break ;;
    *) die "no such option: $1" ;;
  esac
  shift
done

require_dotnet
if [[ -z ${BUILDER:-} ]]; then
  if has docker; then BUILDER='docker build'; else BUILDER='buildah bud'; fi
fi
context="$RUN/image"
rm -rf "$context"
mkdir -p "$context"
quietly restore dotnet restore "$ROOT/src/PolicySync.Host" --locked-mode --verbosity quiet
quietly publish dotnet publish "$ROOT/src/PolicySync.Host" --configuration Release --no-restore --output "$context/publish" --verbosity quiet --nologo
# The command line lies beside it, for helm test and for people in a pod.
quietly restore dotnet restore "$ROOT/src/PolicySync.Cli" --locked-mode --verbosity quiet
quietly publish dotnet publish "$ROOT/src/PolicySync.Cli" --configuration Release --no-restore --output "$context/publish/cli" --verbosity quiet --nologo
cp "$ROOT/deploy/Dockerfile" "$context/"
version=$(product_version)
# shellcheck disable=SC2086 # the builder is a command and its first words
$BUILDER "${options[@]}" --build-arg "VERSION=$version" --tag "${tag:-policy-sync:$version}" --file "$context/Dockerfile" "$context"
