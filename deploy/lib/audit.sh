# shellcheck shell=bash
# Known vulnerabilities of packages, and whether the diagrams of the documentation render.

# Asks the registries for advisories about every pinned package. A registry without advisory data is named and skipped.
audit() {
  require_dotnet
  require_node
  has curl || install_package curl
  mkdir -p "$LOGS"
  local found=0 folder
  audit_nuget || found=1
  for folder in "$ROOT"/deploy/*/package-lock.json; do
    audit_npm "$(dirname "$folder")" || found=1
  done
  return "$found"
}

# NuGet stays silent where a source has no advisories, so its index is read first. NU1901 to NU1904 are advisories.
audit_nuget() {
  local log="$LOGS/audit-nuget.log"
  if ! nuget_has_advisories; then
    say "NuGet: skipped, no package source gave advisory data"
    return
  fi
  dotnet restore "$SOLUTION" --locked-mode --force --verbosity quiet -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low \
    -p:TreatWarningsAsErrors=false >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "dotnet restore failed"; }
  if grep -qE 'NU190[1-4]' "$log"; then
    grep -oE 'warning NU190[1-4]: .*' "$log" | sed 's/ \[.*//' | sort -u
    return 1
  fi
  say "NuGet: no known vulnerability"
}

nuget_has_advisories() {
  local source
  while read -r source; do
    if curl -fsSL -m 30 "$source" 2>/dev/null | grep -q 'VulnerabilityInfo/'; then
      return 0
    fi
  done < <(cd "$ROOT" && dotnet nuget list source --format Short | sed -n 's/^E \(https\?:.*\)$/\1/p')
  return 1
}

# npm answers an advisory report, or an error where the registry has none.
audit_npm() {
  local name report status=0
  name=$(basename "$1")
  report=$(cd "$1" && npm audit --package-lock-only --json 2>/dev/null) || status=$?
  case $(node -e '
    const report = JSON.parse(require("fs").readFileSync(0, "utf8") || "{}");
    console.log(report.metadata?.vulnerabilities ? (report.metadata.vulnerabilities.total > 0 ? "found" : "none") : "unserved");
  ' <<<"$report" 2>/dev/null || say unserved) in
    none) say "npm $name: no known vulnerability" ;;
    found)
      say "npm $name: vulnerabilities"
      (cd "$1" && npm audit --package-lock-only) || true
      return 1
      ;;
    *) say "npm $name: skipped, the registry gave no advisory report (exit code $status)" ;;
  esac
}

diagrams() {
  require_node
  has chromium || install_package chromium
  install_mermaid
  local -a pages
  mapfile -t pages < <(grep -rl --include='*.md' '^```mermaid$' "$ROOT/docs" "$ROOT/README.md")
  (cd "$ROOT" && node deploy/diagrams/render.mjs "$MERMAID/node_modules" "$(command -v chromium)" "${pages[@]#"$ROOT/"}")
}
