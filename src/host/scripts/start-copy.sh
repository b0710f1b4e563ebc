# Starts the service on the copy and waits for its first answer. When it does not start, the answer holds its log; whether
# that shows damage is the action's to judge.
is_mounted "$SSM_MountPoint" || fail not-mounted "nothing is mounted at $SSM_MountPoint"
began=$(date '+%Y-%m-%d %H:%M:%S')
started=$(now_ms)
remember_logs

# What the service has logged since, in the journal and in error logs on the copy itself, and what SELinux refused.
service_log() {
  {
    logged_since_start
    if [ "$(cat /sys/fs/selinux/enforce 2>/dev/null || true)" = 1 ]; then
      { ausearch -m avc -ts recent 2>/dev/null || journalctl --no-pager --output=cat --since "$began" _TRANSPORT=audit 2>/dev/null || true; } |
        { grep 'avc: *denied' || true; } | tail -n 10
    fi
  } | telling_lines 7000
}

stopped() {
  local words
  words=$(service_log || true)
  systemctl stop "$SSM_Service" >/dev/null 2>&1 || true
  fail service-failed "$SSM_Service does not start on the copy" "$words"
}

systemctl reset-failed "$SSM_Service" >/dev/null 2>&1 || true
end_exited
timeout "$SSM_WaitSeconds" systemctl start "$SSM_Service" >&2 || stopped
until=$((started + SSM_WaitSeconds * 1000))
until server_answers; do
  case "$(systemctl is-active "$SSM_Service" 2>/dev/null || true)" in
    active | activating | reloading) if has_exited; then stopped; fi ;;
    *) stopped ;;
  esac
  [ "$(now_ms)" -lt "$until" ] || stopped
  sleep 0.1
done
answered=$(now_ms)

# What changes the copy by itself. Events that are due run as soon as the server is up, so switching them off now would be too
# late; a replica's copy would take the place of the real one at its source.
writers() {
  sql <<<"SELECT CONCAT('event ', event_schema, '.', event_name) FROM information_schema.events
    WHERE status = 'ENABLED' AND @@global.event_scheduler = 'ON' LIMIT 5" 2>/dev/null || true
  sql <<<"SELECT CONCAT('replication thread ', id) FROM information_schema.processlist
    WHERE command IN ('Slave_IO', 'Slave_SQL') OR (user = 'system user' AND command IN ('Connect', 'Query')) LIMIT 5" 2>/dev/null || true
}
words=$(writers)
[ -z "$words" ] || fail copy-changes "the server changes the copy by itself, so it cannot be compared: $(printf '%s' "$words" | tr '\n' ',' | sed 's/,/, /g'); set event_scheduler=OFF and skip-slave-start in the option file of the verification host"

printf '{"startedMs":%s,"answeredMs":%s,"firstQueryMs":%s,"serverVersion":%s}\n' "$started" "$answered" "$(now_ms)" "$(json "$(server_version)")"
