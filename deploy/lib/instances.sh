# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts use what is set here
# The instances that deploy/setup.sh prepared, and how each is named in the cluster. FOLDER is the deployment folder.

FOLDER=.
NAMESPACE=${POLICYSYNC_NAMESPACE:-policy-sync}
INSTANCE=

# Common options of upgrade.sh and post-install.sh; leaves the rest in REST.
REST=()
read_options() {
  while (($# > 0)); do
    case $1 in
      --folder | --namespace | --instance) (($# > 1)) || die "$1 needs a value" ;;
    esac
    case $1 in
      --folder) FOLDER=$2 && shift ;;
      --namespace) NAMESPACE=$2 && shift ;;
      --instance) INSTANCE=$2 && shift ;;
      --) shift && REST=("$@") && break ;;
      *) die "no such option: $1" ;;
    esac
    shift
  done
  [[ -d $FOLDER ]] || die "there is no folder $FOLDER"
  FOLDER=$(deployment_folder_of "$(cd "$FOLDER" && pwd)")
}

# config and what is below it are parts of a deployment folder, as for setup.sh.
deployment_folder_of() {
  case $1 in
    */config) say "${1%/config}" ;;
    */config/custom-vars | */config/custom-vars/* | */config/api-server-keys | */config/api-server-keys/*) say "${1%%/config/*}" ;;
    *) say "$1" ;;
  esac
}

# One name a line, sorted.
prepared_instances() {
  local file name found=false
  for file in "$FOLDER"/output/policy-sync/*/values.yaml; do
    [[ -f $file ]] || continue
    name=$(basename "$(dirname "$file")")
    if [[ -z $INSTANCE || $INSTANCE == "$name" ]]; then
      say "$name" && found=true
    fi
  done
  $found || die "nothing is prepared below $FOLDER/output/policy-sync${INSTANCE:+ for $INSTANCE}: run deploy/setup.sh first"
}

release_of() { say "policy-sync-$1"; }

# The values of an instance, least first: what setup.sh wrote, then the operator's own.
value_files() {
  local root own
  say "$FOLDER/output/policy-sync/$1/values.yaml"
  for root in config/custom-vars custom-vars; do
    own="$FOLDER/$root/connectors/databricks-unity-catalog/$1/policy-sync.values.yaml"
    if [[ -f $own ]]; then say "$own"; fi
  done
}

# The helm that set-up installed; HELM may name another.
require_helm() {
  HELM=${HELM:-$(chart_helm)}
  has "$HELM" || die "helm is missing: run deploy/setup.sh, which installs it, or set HELM to its path"
}
