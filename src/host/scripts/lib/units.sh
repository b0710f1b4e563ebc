# Units of systemd, as files below /run, which a reboot empties. systemd-run is not used: that of systemd 219 (CentOS 7,
# Amazon Linux 2) knows neither Restart= nor --collect, and refuses them.
# shellcheck shell=bash
unit_dir=/run/systemd/system

# Writes a service that runs a function of this script, with all functions and the variables named.
# Usage: write_service NAME MAIN "VARIABLE..." [timeout=SECONDS] [SETTING=VALUE...]; the settings belong to [Service]
write_service() {
  local name="$1" main="$2" variables="$3" program="$state_dir/units/$1" command="$BASH $state_dir/units/$1" names
  shift 3
  # systemd limits the time of a service since 229 only: timeout ends the whole process group.
  case "${1:-}" in
    timeout=*)
      command="$(type -P timeout) --kill-after=90 ${1#*=} $command"
      shift
      ;;
  esac
  mkdir -p "$state_dir/units" "$unit_dir"
  read -r -a names <<<"$variables"
  {
    echo 'set -euo pipefail'
    # systemd gives a service no HOME, and a PATH of its own.
    declare -p HOME PATH state_dir unit_dir output_limit ${names[@]+"${names[@]}"} | sed -E 's/^declare -[^ ]+ /export /'
    echo 'export LC_ALL=C; umask 077; exec 3>&2'
    declare -f
    echo "$main"
  } >"$program.new"
  mv "$program.new" "$program"
  write_unit "$name.service" <<UNIT
[Unit]
Description=Holdfast: $name
[Service]
Type=simple
ExecStart=$command
$(printf '%s\n' "$@")
UNIT
}

# Writes a timer that starts the service of the same name. Usage: write_timer NAME SECONDS
write_timer() {
  # A timer's usual accuracy is a minute.
  write_unit "$1.timer" <<UNIT
[Unit]
Description=Holdfast: $1
[Timer]
OnActiveSec=${2}s
AccuracySec=100ms
UNIT
}

# systemd complains of units that others cannot read; nothing in them is secret.
write_unit() {
  (umask 022 && cat >"$unit_dir/$1.new" && mv "$unit_dir/$1.new" "$unit_dir/$1")
}

# Makes systemd know the units that were written. Never in a pause: where systemd must read all its units again, that takes
# up to seconds. Usage: load_units UNIT...
load_units() {
  local unit
  for unit in "$@"; do
    # systemd finds a file whose name it has not met yet.
    case "$(systemctl show --property=LoadState --property=NeedDaemonReload "$unit" 2>/dev/null | sort)" in
      "LoadState=loaded"$'\n'"NeedDaemonReload=no") ;;
      *)
        systemctl daemon-reload
        return
        ;;
    esac
  done
}

# Ends a service and its timer, and removes what was written for them. Usage: remove_units NAME
remove_units() {
  systemctl stop "$1.timer" "$1.service" >/dev/null 2>&1 || true
  systemctl reset-failed "$1.service" >/dev/null 2>&1 || true
  forget_units "$1"
}

# Removes what was written for a service and its timer; a unit without a file goes when it has ended. Usage: forget_units NAME
forget_units() {
  rm -f "$unit_dir/$1.timer" "$unit_dir/$1.service" "$state_dir/units/$1"
}

# Removes the units that dead runs have left: old ones that neither run nor will.
sweep_units() {
  local file name
  while IFS= read -r file; do
    name=$(basename "$file" .service)
    case "$(systemctl is-active "$name.service" 2>/dev/null || true)/$(systemctl is-active "$name.timer" 2>/dev/null || true)" in
      *activ[ea]ting* | active/* | */active | reloading/*) ;;
      *)
        systemctl reset-failed "$name.service" >/dev/null 2>&1 || true
        forget_units "$name"
        ;;
    esac
  done < <(find "$unit_dir" -maxdepth 1 -name 'holdfast-*.service' -mmin +10 2>/dev/null || true)
}
