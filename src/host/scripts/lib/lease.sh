# The lease: a systemd timer outside every script, since a cancelled script dies by SIGKILL and runs no trap.
# shellcheck shell=bash

# Usage: arm_lease ID SECONDS MAIN [VARIABLE...]. When the time is over the function MAIN runs, with the id in lease_id,
# again and again until it succeeds. What else a pause needs of systemd is written before: this loads all units.
arm_lease() {
  local lease_id="$1" seconds="$2" main="$3" name="holdfast-lease-$1"
  shift 3
  sweep_units
  # systemd 230 renamed StartLimitInterval and moved it to [Unit]; it knows the old name still.
  write_service "$name" "$main" "lease_id $*" Restart=on-failure RestartSec=2 StartLimitInterval=0
  write_timer "$name" "$seconds"
  systemctl reset-failed "$name.service" >/dev/null 2>&1 || true
  load_units "$name.service" "$name.timer"
  systemctl restart "$name.timer" >&2
}

# Usage: disarm_lease ID
disarm_lease() {
  # The lease's own service must not stop itself.
  if [ "${lease_id:-}" = "$1" ]; then
    systemctl stop "holdfast-lease-$1.timer" >/dev/null 2>&1 || true
    forget_units "holdfast-lease-$1"
  else
    remove_units "holdfast-lease-$1"
  fi
}
