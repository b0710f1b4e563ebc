# Data filesystems that are frozen together: which ones, by which hold, and how they are thawed.
# shellcheck shell=bash

frozen_dir() {
  printf '%s/frozen' "$state_dir"
}

# Everything that freezes or thaws happens under this lock, which the kernel drops when its holder dies.
lock_frozen() {
  mkdir -p "$(frozen_dir)" "$state_dir/done"
  exec 9>"$(frozen_dir)/lock"
  flock -w 60 9 || fail busy 'another command has frozen or thawed filesystems for a minute'
}

frozen_value() {
  cat "$(frozen_dir)/$1" 2>/dev/null || true
}

frozen_tombstone() {
  printf '%s/done/%s' "$state_dir" "$1"
}

# The mount points on a device, on its partitions and on what consists of them, a line each. A btrfs filesystem has a device
# number of its own, so it is recognised by its source.
mount_points_of() {
  numbers=$(numbers_on "$1") device="$1" mount_awk '
    BEGIN { count = split(ENVIRON["numbers"], list, "\n"); for (i = 1; i <= count; i++) ours[list[i]] = 1 }
    {
      for (i = 7; $i != "-"; i++) continue
      if ($3 in ours || plain($(i + 2)) == ENVIRON["device"]) print plain($5)
    }' /proc/self/mountinfo | sort -u
}

# Prints why a filesystem is never frozen: systemd, its journal and the SSM agent must be able to write to theirs.
system_use() {
  local device path
  device=$(stat -c %d -- "$1")
  for path in / /usr /etc /run /tmp /var /var/log /var/lib /var/lib/amazon /var/log/journal; do
    if [ -e "$path" ] && [ "$(stat -c %d -- "$path")" = "$device" ]; then
      printf 'it holds %s' "$path"
      return
    fi
  done
}

freezable() {
  case "$1" in
    xfs | ext4 | ext3 | btrfs | f2fs) return 0 ;;
    *) return 1 ;;
  esac
}

# Thaws what the hold has frozen, and records how it ended. Usage: thaw_all BY (this or lease)
thaw_all() {
  local by="$1" id started resume_started mount
  id=$(frozen_value id)
  resume_started=$(now_ms)
  started=$(frozen_value pause-started)
  while read -r mount; do
    [ -n "$mount" ] || continue
    # Thawing a filesystem that is not frozen fails, which does no harm.
    fsfreeze --unfreeze "$mount" 2>/dev/null || true
  done <"$(frozen_dir)/mounts"
  printf '"by":"%s","leaseFired":%s,"pauseStartedMs":%s,"resumeStartedMs":%s,"pauseMs":%s' \
    "$by" "$([ "$by" = lease ] && echo true || echo false)" "${started:-null}" "$resume_started" \
    "$([ -n "$started" ] && echo $(($(now_ms) - started)) || echo null)" >"$(frozen_tombstone "$id").new"
  mv "$(frozen_tombstone "$id").new" "$(frozen_tombstone "$id")"
  rm -f "$(frozen_dir)/id" "$(frozen_dir)/mounts" "$(frozen_dir)/pause-started" "$(frozen_dir)/at-rest"
  disarm_lease "$id"
}

# What the lease runs.
thaw_main() {
  lock_frozen
  if [ "$(frozen_value id)" = "$lease_id" ]; then
    log "the lease $lease_id has ended: thawing"
    thaw_all lease
  fi
}
