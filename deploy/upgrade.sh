#!/usr/bin/env bash
# Installs or upgrades each prepared connector instance with helm.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
# shellcheck source=deploy/lib/common.sh
source "$ROOT/deploy/lib/common.sh"
# shellcheck source=deploy/lib/instances.sh
source "$ROOT/deploy/lib/instances.sh"
# shellcheck source=deploy/lib/deps.sh
source "$ROOT/deploy/lib/deps.sh"

usage() {
  cat <<'TEXT'
usage: deploy/upgrade.sh [--folder DIR] [--namespace NAME] [--instance NAME] [-- HELM-OPTION...]

Runs `helm upgrade --install policy-sync-<instance>` for each instance that deploy/setup.sh prepared below the deployment
folder (default: here), in the namespace (default: policy-sync), with output/policy-sync/<instance>/values.yaml and, laid
on it, policy-sync.values.yaml beside the instance's variables. What follows `--` goes to helm, such as --dry-run.
TEXT
}

case ${1:-} in
  help | --help | -h) usage && exit 0 ;;
esac
read_options "$@"
instances=$(prepared_instances)
require_helm
while read -r instance; do
  say "$instance:"
  arguments=()
  while read -r file; do arguments+=(--values "$file"); done < <(value_files "$instance")
  "$HELM" upgrade --install "$(release_of "$instance")" "$ROOT/helm/policy-sync" \
    --namespace "$NAMESPACE" --create-namespace --atomic --timeout 10m "${arguments[@]}" "${REST[@]}" </dev/null
done <<<"$instances"
say "next: deploy/post-install.sh"
