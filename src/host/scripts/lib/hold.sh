# The hold on a source and the lease that ends it. A hold is a folder that records who quiesced which mount and how
# it is resumed; the lease is a systemd timer outside every script, since a cancelled script dies by SIGKILL.
# shellcheck shell=bash

# One source for each mount point.
hold_dir() {
  printf '%s/holds/%s' "$state_dir" "$(printf '%s' "$SSM_MountPoint" | tr '/' '_')"
}

hold_value() {
  cat "$(hold_dir)/$1" 2>/dev/null || true
}

# Everything that changes a hold happens under its lock, which the kernel drops when its holder dies.
lock_hold() {
  mkdir -p "$state_dir/holds" "$state_dir/done"
  exec 9>"$(hold_dir).lock"
  flock -w 900 9 || fail busy 'another command has worked on this source for 15 minutes'
}

tombstone() {
  printf '%s/done/%s' "$state_dir" "$1"
}

mount_source() {
  local device filesystem options
  is_mounted "$SSM_MountPoint" && return
  # The host's fstab decides; without an entry the volume is mounted as it was before.
  if in_fstab "$SSM_MountPoint"; then
    mount "$SSM_MountPoint" && return
  fi
  device=$(hold_value device)
  filesystem=$(hold_value filesystem)
  options=$(hold_value options)
  mount -t "$filesystem" -o "$options" "$device" "$SSM_MountPoint"
}

# The client that was found when the pause began. A pause waits here, so no program is started. Usage: hold_client FOLDER
hold_client() {
  [ -s "$1/client" ] || return 0
  { IFS= read -r mysql_client && IFS= read -r mysql_options; } <"$1/client"
  mysql_settled=held
}

# Resumes the source as the hold describes. Usage: bring_back BY (this or lease)
bring_back() {
  local by="$1" dir id mode resume_started mounted started answered pause_started
  dir=$(hold_dir)
  id=$(hold_value id)
  mode=$(hold_value mode)
  hold_client "$dir"
  resume_started=$(now_ms)
  if [ "$mode" = freeze ]; then
    # Thawing a filesystem that is not frozen fails, which does no harm. The server can do nothing before.
    fsfreeze --unfreeze "$SSM_MountPoint" 2>/dev/null || true
    release_session "$id" "$by"
    mounted=$(now_ms)
    # A server that died in the pause is part of the source, too.
    server_answers || start_service || return 1
  else
    # A server that was not stopped is still locked.
    end_session "$id"
    mount_source || return 1
    mounted=$(now_ms)
    start_service || return 1
  fi
  started=$(now_ms)
  wait_for_server 600 || return 1
  answered=$(now_ms)
  is_mounted "$SSM_MountPoint" || return 1
  pause_started=$(hold_value pause-started)
  # A source that was never quiesced had no pause.
  : "${pause_started:=null}"
  {
    printf '"by":"%s","leaseFired":%s,"pauseStartedMs":%s,"resumeStartedMs":%s,' "$by" "$([ "$by" = lease ] && echo true || echo false)" "$pause_started" "$resume_started"
    printf '"mountedMs":%s,"startedMs":%s,"answeredMs":%s,' "$mounted" "$started" "$answered"
    if [ "$pause_started" = null ]; then printf '"pauseMs":null'; else printf '"pauseMs":%s' $((answered - pause_started)); fi
  } >"$(tombstone "$id").new"
  mv "$(tombstone "$id").new" "$(tombstone "$id")"
  rm -rf "$dir"
  disarm_lease "$id"
}

# What the lease runs, after the script that set it has ended.
lease_main() {
  lock_hold
  if [ "$(hold_value id)" = "$lease_id" ]; then
    log "the lease $lease_id has ended: resuming $SSM_MountPoint"
    bring_back lease
  fi
}
