# The unit of the database server. It may be made from a SysV script (systemd-sysv-generator): such a unit stays active
# after its server died, starting it again does nothing then, and its stop may return before the server has ended.
# shellcheck shell=bash

# Prints the process that listens at the server's socket; nothing when there is none.
server_process() {
  local inode
  # proc(5), /proc/net/unix: flags, inode and path; 00010000 is a socket that listens.
  inode=$(awk -v given="$SSM_Socket" -v real="$(readlink -f -- "$SSM_Socket" 2>/dev/null || true)" '
    $4 == "00010000" && ($8 == given || (real != "" && $8 == real)) { inode = $7 } END { print inode }' /proc/net/unix)
  if [ -z "$inode" ]; then return; fi
  { find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" -print -quit 2>/dev/null || true; } | cut -d / -f 3
}

# Whether a unit is active though its server has ended: no process of it is left, and none has files of the volume open. (A
# script's su may have moved the server out of the unit.)
has_exited() {
  [ "$(systemctl show --property=SubState "$SSM_Service" 2>/dev/null)" = SubState=exited ] && ! is_used "$SSM_MountPoint"
}

# Whether a process has files below a folder open.
is_used() {
  [ -n "$({ find /proc/[0-9]*/fd -maxdepth 1 -lname "$(readlink -f -- "$1")/*" -print -quit 2>/dev/null || true; })" ]
}

# Waits until no process has files below a folder open any more. Usage: wait_until_unused FOLDER SECONDS
wait_until_unused() {
  local until=$(($(now_ms) + $2 * 1000))
  while is_used "$1"; do
    if [ "$(now_ms)" -ge "$until" ]; then return 1; fi
    sleep 0.2
  done
}

# Prepares a start: starting an active unit would do nothing.
end_exited() {
  if has_exited && ! server_answers; then systemctl stop "$SSM_Service" >/dev/null 2>&1 || true; fi
}

start_service() {
  end_exited
  systemctl start "$SSM_Service"
}

# Stops the service, and waits until its server has ended. Usage: stop_service SECONDS [PROCESS_OF_THE_SERVER]
stop_service() {
  local until=$(($(now_ms) + $1 * 1000)) process="${2:-}"
  timeout "$1" systemctl stop "$SSM_Service" || return 1
  while [ -n "$process" ] && [ -d "/proc/$process" ]; do
    if [ "$(now_ms)" -ge "$until" ]; then
      printf 'the process %s (%s) still serves %s; was it started without systemd?\n' "$process" \
        "$(tr '\0' ' ' <"/proc/$process/cmdline" | cut -c 1-200)" "$SSM_Socket" >&2
      return 1
    fi
    sleep 0.1
  done
}
