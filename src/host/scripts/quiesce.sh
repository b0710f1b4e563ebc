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
printf '%s' "$SSM_HoldId" >"$dir.new/id"
rm -rf "$dir"
mv "$dir.new" "$dir"
arm_lease "$SSM_HoldId" "$SSM_LeaseSeconds" lease_main SSM_MountPoint SSM_Service SSM_Socket SSM_DefaultsFile || {
  rm -rf "$dir"
  fail no-lease 'the lease could not be set, so the source was not touched'
}

# Usage: give_up WHAT DETAIL
give_up() {
  log "$1: resuming the source"
  if bring_back this; then
    fail quiesce-failed "$1; the source is resumed" "$2"
  fi
  fail quiesce-failed "$1, and the source could not be resumed at once; the lease tries again" "$2"
}

# A stop that takes longer than half the lease would leave no time for anything else.
patience=$(((SSM_LeaseSeconds + 1) / 2))
process=$(server_process)
printf '%s' "$(now_ms)" >"$dir/pause-started"
service_stopped=$(now_ms)
if [ "$SSM_Mode" = stop ]; then
  words=$(stop_service "$patience" "$process" 2>&1) || give_up "$SSM_Service did not stop within $patience s" "$words"
  service_stopped=$(now_ms)
  for try in 1 2 3 4 5 6 7 8 9 10; do
    words=$(umount "$SSM_MountPoint" 2>&1) && break
    if [ "$try" = 10 ]; then
      holders=$(fuser -vm "$SSM_MountPoint" 2>&1 || find /proc/[0-9]*/cwd /proc/[0-9]*/fd -lname "$SSM_MountPoint*" 2>/dev/null | head -n 20 || true)
      give_up "$SSM_MountPoint could not be unmounted" "$words"$'\n'"$holders"
    fi
    sleep 0.2
  done
else
  # The lock lasts as long as its session, so the session has a unit of its own: it waits for input that never comes,
  # and the server releases the lock the moment it ends.
  {
    echo 'set -euo pipefail'
    declare -p HOME dir SSM_Socket SSM_DefaultsFile | sed -E 's/^declare -[^ ]+ /export /'
    declare -f
    echo 'exec 3>&2'
    # shellcheck disable=SC2016
    echo '{ echo "FLUSH TABLES WITH READ LOCK; SELECT \"locked\";"; exec sleep infinity; } | sql --unbuffered >"$dir/lock-says" 2>"$dir/lock-error"'
  } >"$dir/lock"
  words=$(systemd-run --quiet --collect --unit="holdfast-lock-$SSM_HoldId" "$(command -v bash)" "$dir/lock" 2>&1) ||
    give_up 'the session that locks the tables could not be started' "$words"
  until grep -q locked "$dir/lock-says" 2>/dev/null; do
    if [ "$(now_ms)" -gt $((service_stopped + patience * 1000)) ] || [ -s "$dir/lock-error" ]; then
      give_up 'the tables could not be locked' "$(cat "$dir/lock-error" 2>/dev/null || true)"
    fi
    sleep 0.05
  done
  service_stopped=$(now_ms)
  # Slow work happens without the hold's lock, which the lease needs to end the pause in time.
  flock --unlock 9
  if [ "$SSM_UnderLock" = true ]; then
    mkdir -p "$state_dir/saved"
    (take_fingerprint) >"$state_dir/saved/$SSM_HoldId" 3>"$state_dir/saved/$SSM_HoldId.why" || locked_error=$(cat "$state_dir/saved/$SSM_HoldId.why")
    rm -f "$state_dir/saved/$SSM_HoldId.why"
  fi
  sync
  lock_hold
  [ "$(hold_value id)" = "$SSM_HoldId" ] || fail lease-ended 'the lease ended the pause before the source was quiesced'
  if [ -n "${locked_error:-}" ]; then give_up 'the fingerprint could not be taken under the lock' "$locked_error"; fi
  words=$(fsfreeze --freeze "$SSM_MountPoint" 2>&1) || give_up "$SSM_MountPoint could not be frozen" "$words"
fi

printf '{"holdId":"%s","mode":"%s","device":%s,"leaseArmedMs":%s,"pauseStartedMs":%s,"serviceStoppedMs":%s,"atRestMs":%s}\n' \
  "$SSM_HoldId" "$SSM_Mode" "$(json "$device")" "$lease_armed" "$(hold_value pause-started)" "$service_stopped" "$(now_ms)" >"$dir/at-rest.new"
mv "$dir/at-rest.new" "$dir/at-rest"
cat "$dir/at-rest"
