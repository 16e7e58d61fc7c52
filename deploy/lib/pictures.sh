# shellcheck shell=bash
# Pictures of the documentation, made from the demo: the terminal and the operations page. Sourced by deploy/dev.sh.

readonly PICTURES="$ROOT/docs/pictures"

pictures() {
  require_node
  has chromium || install_package chromium
  mkdir -p "$PICTURES" "$RUN"
  say "running the demo"
  (demo) >"$RUN/demo.txt"
  sed -n '/^=== 1\./,/^All scenes/p' "$RUN/demo.txt" | node "$ROOT/deploy/pictures/terminal.mjs" >"$PICTURES/demo.svg"
  say "looking at the page"
  POLICYSYNC_PICTURES=$PICTURES dotnet test "$ROOT/tests/PolicySync.Ui.Tests" -c Release --filter FullyQualifiedName~PicturesOfTheDocumentation
  say "docs/pictures has the pictures"
}
