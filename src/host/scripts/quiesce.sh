# Sets the lease, then quiesces the source. Whatever fails in between resumes the source at once.
lock_hold
dir=$(hold_dir)

if [ -e "$(tombstone "$SSM_HoldId")" ]; then
  fail too-late "the pause $SSM_HoldId is over; this command arrived too late"
fi
if [ "$(now_ms)" -gt "$SSM_NotAfterMs" ]; then
  fail too-late 'this command arrived after its run stopped waiting for it'
fi
holder=$(hold_value id)
if [ -n "$holder" ] && [ "$holder" != "$SSM_HoldId" ]; then
  fail held "the source is held by $(hold_value run) ($holder)"
fi
# The same command, delivered again.
if [ "$holder" = "$SSM_HoldId" ] && [ -s "$dir/at-rest" ]; then
  cat "$dir/at-rest"
  exit 0
fi
is_mounted "$SSM_MountPoint" || fail not-mounted "nothing is mounted at $SSM_MountPoint"

device=$(device_at "$SSM_MountPoint")
lease_armed=$(now_ms)
mkdir -p "$dir.new"
printf '%s' "$SSM_Run" >"$dir.new/run"
printf '%s' "$SSM_Mode" >"$dir.new/mode"
printf '%s' "$lease_armed" >"$dir.new/since"
printf '%s' $((lease_armed + SSM_LeaseSeconds * 1000)) >"$dir.new/lease-until"
printf '%s' "$device" >"$dir.new/device"
mount_value "$SSM_MountPoint" type | tr -d '\n' >"$dir.new/filesystem"
mount_value "$SSM_MountPoint" options | tr -d '\n' >"$dir.new/options"
# The client is found while the server answers; the pause is not the time for it.
settle_client || true
if [ -n "$mysql_settled" ]; then printf '%s\n' "$mysql_client" "$mysql_options" >"$dir.new/client"; fi
printf '%s' "$SSM_HoldId" >"$dir.new/id"
rm -rf "$dir"
mv "$dir.new" "$dir"
# What the session with the server does beside its lock (session-unit.sh).
session_reads=nothing
if [ "$SSM_UnderLock" = true ]; then session_reads=$([ "$SSM_Mode" = stop ] && echo all || echo others); fi
# A lock or a stop that takes longer than half the lease would leave no time for anything else.
patience=$(((SSM_LeaseSeconds + 1) / 2))
with_session=false
if [ "$SSM_Mode" = freeze ] || [ "$SSM_UnderLock" = true ]; then
  with_session=true
  session_patience="$patience"
  session_seconds=$((SSM_LeaseSeconds + SSM_ReadSeconds))
  prepare_session "$SSM_HoldId" SSM_Socket SSM_DefaultsFile SSM_LeaseSeconds SSM_Method \
    mysql_client mysql_options mysql_settled session_reads session_patience session_seconds
fi
arm_lease "$SSM_HoldId" "$SSM_LeaseSeconds" lease_main SSM_MountPoint SSM_Service SSM_Socket SSM_DefaultsFile || {
  rm -rf "$dir"
  fail no-lease 'the lease could not be set, so the source was not touched'
}

# Usage: give_up WHAT DETAIL
give_up() {
  log "$1: resuming the source"
  end_session "$SSM_HoldId"
  if bring_back this; then
    fail quiesce-failed "$1; the source is resumed" "$2"
  fi
  fail quiesce-failed "$1, and the source could not be resumed at once; the lease tries again" "$2"
}

# Locks the tables through the session, and waits until it has read what must be read under the lock.
lock_in_session() {
  local began=$SECONDS running
  tell_session "$SSM_HoldId" lock
  if ! await_session "$SSM_HoldId" "$patience" reading locked; then
    # Asked before the session ends: what it waits for, others now wait for, too.
    running=$(running_statements $((patience / 2)))
    give_up "the tables could not be locked within $patience s" "$(session_value "$SSM_HoldId" error)${running:+$'\n'running: }$running"
  fi
  # Slow work happens without the hold's lock, which the lease needs to end the pause in time.
  flock --unlock 9
  if ! await_session "$SSM_HoldId" $((patience - SECONDS + began)) locked; then
    locked_error="$(session_value "$SSM_HoldId" error)"
    locked_error="${locked_error:-the tables that must be read under the lock were not read within $patience s}"
  fi
  if [ "$SSM_Mode" = freeze ]; then sync; fi
  lock_hold
  [ "$(hold_value id)" = "$SSM_HoldId" ] || fail lease-ended 'the lease ended the pause before the source was quiesced'
  if [ -n "${locked_error:-}" ]; then give_up 'the fingerprint could not be taken under the lock' "$locked_error"; fi
}

if [ "$with_session" = true ]; then
  # Connected before the pause begins.
  words=$(start_session "$SSM_HoldId" 2>&1) || give_up 'the session that locks the tables could not be started' "$words"
  await_session "$SSM_HoldId" "$patience" ready ||
    give_up 'the session that locks the tables could not be opened' "$(session_value "$SSM_HoldId" error)"
fi
process=$(server_process)
printf '%s' "$(now_ms)" >"$dir/pause-started"
if [ "$with_session" = true ]; then lock_in_session; fi
service_stopped=$(now_ms)
if [ "$SSM_Mode" = stop ]; then
  words=$(stop_service "$patience" "$process" 2>&1) || give_up "$SSM_Service did not stop within $patience s" "$words"
  service_stopped=$(now_ms)
  for try in 1 2 3 4 5 6 7 8 9 10; do
    words=$(umount "$SSM_MountPoint" 2>&1) && break
    if [ "$try" = 10 ]; then
      holders=$(fuser -vm "$SSM_MountPoint" 2>&1 || find /proc/[0-9]*/cwd /proc/[0-9]*/fd -lname "$SSM_MountPoint*" 2>/dev/null | awk 'NR <= 20' || true)
      give_up "$SSM_MountPoint could not be unmounted" "$words"$'\n'"$holders"
    fi
    sleep 0.2
  done
else
  words=$(fsfreeze --freeze "$SSM_MountPoint" 2>&1) || give_up "$SSM_MountPoint could not be frozen" "$words"
  # A lock that was lost before the freeze is no lock.
  [ "$(session_value "$SSM_HoldId" state)" = locked ] || give_up 'the lock on the tables was lost' "$(session_value "$SSM_HoldId" error)"
fi

printf '{"holdId":"%s","mode":"%s","device":%s,"leaseArmedMs":%s,"pauseStartedMs":%s,"serviceStoppedMs":%s,"atRestMs":%s}\n' \
  "$SSM_HoldId" "$SSM_Mode" "$(json "$device")" "$lease_armed" "$(hold_value pause-started)" "$service_stopped" "$(now_ms)" >"$dir/at-rest.new"
mv "$dir/at-rest.new" "$dir/at-rest"
cat "$dir/at-rest"
