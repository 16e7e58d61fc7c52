#!/usr/bin/env bash
# Writes where each installed connector instance is reached: output/service-urls.txt.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
# shellcheck source=deploy/lib/common.sh
source "$ROOT/deploy/lib/common.sh"
# shellcheck source=deploy/lib/instances.sh
source "$ROOT/deploy/lib/instances.sh"

usage() {
  cat <<'TEXT'
usage: deploy/post-install.sh [--folder DIR] [--namespace NAME]

Writes output/service-urls.txt below the deployment folder (default: here), a line per installed instance:
`databricks-unity-catalog/<instance> https://<host>`. The host is that of the instance's ingress, else the address of its
load balancer, for which it waits up to 5 minutes, else its name inside the cluster.
TEXT
}

readonly PATIENCE=${POLICYSYNC_ADDRESS_SECONDS:-300}

# ask KIND NAME JSONPATH: empty where there is no such object.
ask() { "$KUBECTL" --namespace "$NAMESPACE" get "$1" "$2" --ignore-not-found --output "jsonpath=$3"; }

# One question first: a cluster that does not answer is reported once, in words of its own.
require_cluster() {
  local said
  said=$("$KUBECTL" --namespace "$NAMESPACE" get service --output name --request-timeout 15s 2>&1) || {
    case $said in
      *orbidden*) die "the cluster does not let you read services in the namespace $NAMESPACE: use another namespace (--namespace) or other credentials" ;;
      *) die "the cluster does not answer: check kubectl's context (kubectl config current-context) and your connection, then run this again" ;;
    esac
  }
}

url_of() {
  local name=$1 host type scheme port deadline=$((SECONDS + PATIENCE))
  host=$(ask ingress "$name" '{.spec.rules[0].host}')
  if [[ -n $host ]]; then
    say "https://$host"
    return
  fi
  type=$(ask service "$name" '{.spec.type}')
  [[ -n $type ]] || die "$name is not installed in the namespace $NAMESPACE: run deploy/upgrade.sh first"
  scheme=$(ask service "$name" '{.spec.ports[0].name}')
  port=$(ask service "$name" '{.spec.ports[0].port}')
  if [[ $type == LoadBalancer ]]; then
    until host=$(ask service "$name" '{.status.loadBalancer.ingress[0].hostname}{.status.loadBalancer.ingress[0].ip}') && [[ -n $host ]]; do
      ((SECONDS < deadline)) || die "the load balancer of $name has no address yet; run this again later"
      sleep 5
    done
  else
    host=$name.$NAMESPACE.svc
  fi
  case $scheme:$port in
    https:443 | http:80) say "$scheme://$host" ;;
    *) say "$scheme://$host:$port" ;;
  esac
}

case ${1:-} in
  help | --help | -h) usage && exit 0 ;;
esac
read_options "$@"
KUBECTL=${KUBECTL:-kubectl}
has "$KUBECTL" || die "kubectl is missing: https://kubernetes.io/docs/tasks/tools"
[[ -z $INSTANCE ]] || die "service-urls.txt holds all instances; leave --instance out"
instances=$(prepared_instances)
require_cluster
lines=
while read -r instance; do
  url=$(url_of "$(release_of "$instance")" </dev/null)
  lines+="databricks-unity-catalog/$instance $url"$'\n'
done <<<"$instances"
mkdir -p "$FOLDER/output"
printf '%s' "$lines" >"$FOLDER/output/service-urls.txt.new"
mv "$FOLDER/output/service-urls.txt.new" "$FOLDER/output/service-urls.txt"
printf '%s' "$lines"
