#!/usr/bin/env bash
# run.sh IMAGE BUILDAH-OPTION...: runs the image as its own user on a root that cannot be written, as the chart asks of
# Kubernetes, with /tmp alone to write to. The environment is this script's. Ends with the program: the image's own, or the
# command in IMAGE_COMMAND, whose words have spaces between them.
set -euo pipefail

image=$1
shift
buildah=(buildah "$@")
container=$("${buildah[@]}" from --pull-never "$image")
root=$("${buildah[@]}" mount "$container")
user=$("${buildah[@]}" inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
entry=$("${buildah[@]}" inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' "$image")
export ROOT=$root USER_ID=$user ENTRY=${IMAGE_COMMAND:-$entry}

# shellcheck disable=SC2016 # the inner shell reads the variables
# A mount namespace of its own: what is mounted goes with it.
exec unshare --mount --propagation private bash -c '
  set -e
  mount --bind "$ROOT" "$ROOT"
  mount --bind /dev "$ROOT/dev"
  mount -t proc proc "$ROOT/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
  mount -o remount,bind,ro "$ROOT"
  uid=${USER_ID%%:*}
  root=$ROOT entry=$ENTRY
  unset ROOT USER_ID ENTRY
  exec chroot --userspec="$uid:$uid" "$root" $entry
'
