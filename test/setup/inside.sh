#!/bin/sh
# Process 1 of the namespaces: prepares them, runs the command, reaps what it leaves behind.
# Usage: inside.sh IP_PROGRAM KEPT_FOLDERS(newline separated) COMMAND [ARGUMENT …]
set -eu
ip=$1 kept=$2
shift 2

# What runtimes, plugins and `ip netns` write lies below these two. Kept is what we run from there, if anything.
[ -z "$kept" ] || { mkdir "$TMPDIR/.kept" && mount --rbind / "$TMPDIR/.kept"; }
for folder in /run /var/lib; do
  mount -t tmpfs -o mode=0755 genie "$folder"
done
printf '%s' "$kept" | while IFS= read -r folder || [ -n "$folder" ]; do
  mkdir -p "$folder"
  mount --rbind "$TMPDIR/.kept$folder" "$folder"
done
[ -z "$kept" ] || { umount -l "$TMPDIR/.kept" && rmdir "$TMPDIR/.kept"; }

"$ip" link set lo up
status=0
"$@" || status=$?
exit "$status"
