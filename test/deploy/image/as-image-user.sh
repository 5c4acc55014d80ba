#!/bin/sh
# as-image-user.sh IMAGE SCRATCH UID GID PROJECT COMMAND...
# Runs COMMAND in PROJECT as the user of an image, in a mount namespace of its own where the files of the image cannot be
# written and the one writable place that they and the machine have in common is SCRATCH, below /tmp. PROJECT may be in a
# folder that this user cannot enter: it is found at SCRATCH/project. SCRATCH/keyfob is the program to test,
# and SCRATCH/full a /dev/full for everybody. COMMAND gets an empty environment, without what the test runner puts into it.
set -e
image=$1 scratch=$2 uid=$3 gid=$4 project=$5
shift 5
mkdir -p "$image$scratch" "$scratch/project"
touch "$image/etc/hosts"
mount --bind "$image" "$image"
mount -o remount,bind,ro "$image"
mount --bind "$scratch/full" /dev/full
for system in proc sys dev; do mount --rbind "/$system" "$image/$system"; done
# As container engines do.
mount --bind /etc/hosts "$image/etc/hosts"
mount --bind "$project" "$scratch/project"
mount -o remount,bind,ro "$scratch/project"
mount --rbind "$scratch" "$image$scratch"
cd "$scratch/project"
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
  env -i "PATH=$PATH" "TMPDIR=$scratch" "KEYFOB_PROGRAM=$scratch/keyfob" "TAP_TIMEOUT=$TAP_TIMEOUT" "$@"
