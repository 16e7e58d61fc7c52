#!/usr/bin/env bash
# base.sh NAME BUILDAH-OPTION...: an image with what the official one has: the ASP.NET runtime of this machine, the
# libraries that it loads, and nothing else. For tests on machines that reach no registry of images.
set -euo pipefail

name=$1
shift
buildah=(buildah "$@")
container=$("${buildah[@]}" from scratch)
root=$("${buildah[@]}" mount "$container")

shared=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App 10[^[]*\[\(.*\)\/Microsoft.NETCore.App\]$/\1/p' | tail -n 1)
dotnet=$(dirname "$shared")
mkdir -p "$root/usr/share/dotnet" "$root/tmp" "$root/etc" "$root/lib64" "$root/dev" "$root/proc"
chmod 1777 "$root/tmp"
cp -r "$dotnet/host" "$dotnet/dotnet" "$root/usr/share/dotnet/"
mkdir -p "$root/usr/share/dotnet/shared"
for framework in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
  mkdir -p "$root/usr/share/dotnet/shared/$framework"
  newest=$(find "$dotnet/shared/$framework" -maxdepth 1 -name '10.*' | sort -V | tail -n 1)
  cp -r "$newest" "$root/usr/share/dotnet/shared/$framework/"
done

# What the runtime's own libraries link to, and what it opens by name.
runtime=$(find "$root/usr/share/dotnet/shared/Microsoft.NETCore.App" -name '*.so')
{
  # shellcheck disable=SC2086 # names without spaces
  ldd $runtime "$root/usr/share/dotnet/dotnet" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^\s*\(\/lib64[^ ]*\) .*/\1/p'
  ldconfig -p | sed -n 's/.*lib\(ssl\|crypto\)\.so\.3 .*x86-64.* => //p'
} | sort -u | while read -r library; do
  if [[ $library != "$root"* ]]; then
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  fi
done
printf 'app:x:1654:1654::/tmp:/nologin\n' >"$root/etc/passwd"

"${buildah[@]}" unmount "$container" >/dev/null
"${buildah[@]}" config --user 1654 "$container"
"${buildah[@]}" commit --quiet --rm "$container" "$name" >/dev/null
