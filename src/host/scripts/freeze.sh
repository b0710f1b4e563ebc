# Sets the lease, then freezes the data filesystems on the volumes; reports what was frozen and what was left out.
need systemd awk date find flock fsfreeze readlink sed sort stat sync timeout
lock_frozen
dir=$(frozen_dir)

if [ -e "$(frozen_tombstone "$SSM_HoldId")" ]; then
  fail too-late "the pause $SSM_HoldId is over; this command arrived too late"
fi
if [ "$(now_ms)" -gt "$SSM_NotAfterMs" ]; then
  fail too-late 'this command arrived after its run stopped waiting for it'
fi
holder=$(frozen_value id)
# The same command, delivered again.
if [ "$holder" = "$SSM_HoldId" ] && [ -s "$dir/at-rest" ]; then
  cat "$dir/at-rest"
  exit 0
fi
# What a dead run left frozen is thawed first: this pause is a new one.
if [ -n "$holder" ]; then thaw_all this; fi

freeze=() frozen='' skipped=''
skip() {
  skipped+="${skipped:+,}{\"what\":$(json "$1"),\"why\":$(json "$2")}"
}
for volume in $SSM_Volumes; do
  device=''
  for pair in $SSM_Devices; do
    if [ "${pair%%=*}" = "$volume" ]; then device="/dev/${pair#*=}"; fi
  done
  [ -n "$device" ] || device=$(device_of "$volume" || true)
  if [ ! -b "$device" ]; then
    skip "$volume" 'the host has no such device'
    continue
  fi
  mounts=$(mount_points_of "$device")
  [ -n "$mounts" ] || skip "$volume" 'nothing on it is mounted'
  seen=''
  while read -r mount; do
    [ -n "$mount" ] || continue
    # A filesystem may be mounted in several places; it is frozen once.
    number=$(stat -c %d -- "$mount")
    case " $seen " in *" $number "*) continue ;; esac
    seen+=" $number"
    system=$(system_use "$mount")
    filesystem=$(mount_value "$mount" type)
    if [ -n "$system" ]; then
      skip "$mount" "$system"
    elif ! freezable "$filesystem"; then
      skip "$mount" "a $filesystem filesystem cannot be frozen"
    else
      freeze+=("$mount")
    fi
  done <<<"$mounts"
done
[ ${#freeze[@]} -gt 0 ] || fail nothing-to-freeze 'these volumes hold no data filesystem that can be frozen' "[$skipped]"

lease_armed=$(now_ms)
: >"$dir/mounts"
printf '%s' "$SSM_HoldId" >"$dir/id.new"
mv "$dir/id.new" "$dir/id"
arm_lease "$SSM_HoldId" "$SSM_LeaseSeconds" thaw_main || {
  rm -f "$dir/id" "$dir/mounts"
  fail no-lease 'the lease could not be set, so nothing was frozen'
}
sync
printf '%s' "$(now_ms)" >"$dir/pause-started"
for mount in ${freeze[@]+"${freeze[@]}"}; do
  # Recorded before the freeze: if this script is killed in between, the record remains.
  printf '%s\n' "$mount" >>"$dir/mounts"
  if ! words=$(fsfreeze --freeze "$mount" 2>&1); then
    # Something else may have frozen it: then it is not ours to thaw.
    sed -i '$d' "$dir/mounts"
    thaw_all this
    fail freeze-failed "$mount could not be frozen; the filesystems frozen before it are thawed" "$words"
  fi
  frozen+="${frozen:+,}$(json "$mount")"
done
printf '{"holdId":"%s","frozen":[%s],"skipped":[%s],"leaseArmedMs":%s,"pauseStartedMs":%s,"atRestMs":%s}\n' \
  "$SSM_HoldId" "$frozen" "$skipped" "$lease_armed" "$(frozen_value pause-started)" "$(now_ms)" >"$dir/at-rest.new"
mv "$dir/at-rest.new" "$dir/at-rest"
cat "$dir/at-rest"
