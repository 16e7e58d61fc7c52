#!/usr/bin/env bash
# From the vendor's variables of each connector instance to keys, a token and the chart's values.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
# shellcheck source=deploy/lib/common.sh
source "$ROOT/deploy/lib/common.sh"
# shellcheck source=deploy/lib/deps.sh
source "$ROOT/deploy/lib/deps.sh"

usage() {
  cat <<'TEXT'
usage: deploy/setup.sh [--folder DIR] [--instance NAME] [--days N] [--rotate | --retire] [--ops-token]

Reads config/custom-vars/connectors/databricks-unity-catalog/<instance>/vars.connector.databricks.unity.catalog.yml below
the deployment folder (default: here), for each instance:
  - makes its key, once, and its token at
    config/api-server-keys/connector/databricks-unity-catalog/<instance>/jwt/connector-databricks-unity-catalog-<instance>-jwt-token.txt
  - writes output/policy-sync/<instance>/values.yaml, on which policy-sync.values.yaml beside the variables is laid.

  --days N      a new token that lasts N days (default for the first one: 365)
  --rotate      a new key and a token of it; tokens of the old key stay valid
  --retire      after callers have the new token: only the newest key stays valid
  --ops-token   also a token for dashboard and metrics
Keys and tokens take effect with deploy/upgrade.sh.
TEXT
}

case ${1:-} in
  help | --help | -h) usage && exit 0 ;;
esac
require_node
install_chart_tools
POLICYSYNC_HELM=${HELM:-$(chart_helm)} POLICYSYNC_TOOLS="$CHART_TOOLS" exec node "$ROOT/deploy/setup/setup.mjs" "$@"
