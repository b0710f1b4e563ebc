# The lease: a systemd timer outside every script, since a cancelled script dies by SIGKILL and runs no trap.
# shellcheck shell=bash

# Usage: arm_lease ID SECONDS MAIN [VARIABLE...]. The functions of this script are written into a file, with the
# variables they need. When the time is over MAIN runs, with the id in lease_id, again and again until it succeeds.
arm_lease() {
  local file lease_id="$1" seconds="$2" main="$3"
  shift 3
  mkdir -p "$state_dir/holds"
  file="$state_dir/holds/lease-$lease_id"
  {
    echo 'set -euo pipefail'
    declare -p HOME lease_id state_dir output_limit "$@" | sed -E 's/^declare -[^ ]+ /export /'
    echo 'export LC_ALL=C'
    echo 'exec 3>&2'
    declare -f
    echo "$main"
  } >"$file.new"
  mv "$file.new" "$file"
  systemctl stop "holdfast-lease-$lease_id.timer" >/dev/null 2>&1 || true
  systemctl reset-failed "holdfast-lease-$lease_id.service" >/dev/null 2>&1 || true
  # A timer's usual accuracy is a minute. The service tries again until the source is back.
  systemd-run --quiet --collect --unit="holdfast-lease-$lease_id" \
    --on-active="${seconds}s" --timer-property=AccuracySec=100ms \
    --property=Restart=on-failure --property=RestartSec=2 --property=StartLimitIntervalSec=0 \
    "$(command -v bash)" "$file" >&2
}

# Usage: disarm_lease ID
disarm_lease() {
  # The lease's own service must not stop itself.
  systemctl stop "holdfast-lease-$1.timer" >/dev/null 2>&1 || true
}
