# shellcheck shell=bash
# Building. Two at a time: the compilers of more would not fit small machines.

readonly SOLUTION="$ROOT/Orleans.PolicySync.sln"

# build_project PATH [NAME]: a project or solution, from its lock files. NAME tells its logs from those of another build.
build_project() {
  quietly "restore${2:+-$2}" dotnet restore "$1" --locked-mode --verbosity quiet
  quietly "build${2:+-$2}" dotnet build "$1" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
}

build_all() { build_project "$SOLUTION"; }

# The programs of the local stack, without the tests.
build_programs() {
  local project
  for project in PolicySync.Host PolicySync.Cli UnityCatalog.Emulator; do
    build_project "$ROOT/src/$project"
  done
}

# The one version of the product, as the build computes it. Needs a restored host.
product_version() { dotnet msbuild "$ROOT/src/PolicySync.Host" -nologo -target:MinVer -getProperty:MinVerVersion; }

# checkout_of REF: a clone of this repository at a tag, branch or commit, kept under .run; prints its folder.
checkout_of() {
  local commit folder
  commit=$(git -C "$ROOT" rev-parse --verify --quiet "$1^{commit}") || die "$1 is not a commit of this repository"
  folder="$RUN/builds/$commit"
  if [[ ! -d $folder ]]; then
    mkdir -p "$RUN/builds"
    git clone --quiet --shared --no-checkout "$ROOT" "$folder" >&2 || die "git could not clone $ROOT"
    git -C "$folder" checkout --quiet --detach "$commit" >&2 || die "git could not check out $commit"
  fi
  say "$folder"
}

# The command line, whose program has the name that people type.
readonly CLI="$ROOT/src/PolicySync.Cli/bin/Release/net10.0/policysync.dll"

program() { say "$ROOT/src/$1/bin/Release/net10.0/$1.dll"; }
