# shellcheck shell=bash
# Building. Two at a time: the compilers of more would not fit small machines.

readonly SOLUTION="$ROOT/Orleans.PolicySync.sln"

build_all() {
  quietly restore dotnet restore "$SOLUTION" --locked-mode --verbosity quiet
  quietly build dotnet build "$SOLUTION" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
}

# The programs of the local stack, without the tests.
build_programs() {
  local project
  for project in PolicySync.Host UnityCatalog.Emulator; do
    quietly restore dotnet restore "$ROOT/src/$project" --locked-mode --verbosity quiet
    quietly build dotnet build "$ROOT/src/$project" --configuration Release --no-restore -m:2 --verbosity quiet --nologo
  done
}

# The one version of the product, as the build computes it. Needs a restored host.
product_version() { dotnet msbuild "$ROOT/src/PolicySync.Host" -nologo -target:MinVer -getProperty:MinVerVersion; }

program() { say "$ROOT/src/$1/bin/Release/net10.0/$1.dll"; }
