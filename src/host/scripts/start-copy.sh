# Starts the service on the copy and waits for its first answer. A service that refuses damaged data is distinguished from
# one that does not work for another reason: only the first counts against the backup.
is_mounted "$SSM_MountPoint" || fail not-mounted "nothing is mounted at $SSM_MountPoint"
began=$(date '+%Y-%m-%d %H:%M:%S')
started=$(now_ms)

# What the service has logged since, in the journal and in error logs on the copy itself.
service_log() {
  journalctl --no-pager --output=cat --unit "$SSM_Service" --since "$began" 2>/dev/null | tail -n 60 || true
  find "$SSM_MountPoint" -xdev -maxdepth 3 -type f \( -name '*.err' -o -name 'error.log' -o -name 'brighthouse.log' \) \
    -newermt "$began" -exec tail -n 40 {} \; 2>/dev/null || true
}

stopped() {
  local words pattern
  words=$(service_log)
  pattern='corrupt|checksum mismatch|page .*(invalid|mismatch)|is not a valid|incorrect (information|file)|missing .*tablespace|tablespace .*(missing|not found)|different (lsn|size)|crashed|cannot read|InnoDB: .*(Invalid|Unable to lock|Plugin initialization aborted)|Data structure'
  systemctl stop "$SSM_Service" >/dev/null 2>&1 || true
  if grep -qiE "$pattern" <<<"$words"; then
    fail service-refused-data "$SSM_Service does not start on the copy: it reports damaged data" "$words"
  fi
  fail service-failed "$SSM_Service does not start on the copy, and reports no damaged data" "$words"
}

systemctl reset-failed "$SSM_Service" >/dev/null 2>&1 || true
timeout "$SSM_WaitSeconds" systemctl start "$SSM_Service" >&2 || stopped
until=$((started + SSM_WaitSeconds * 1000))
until server_answers; do
  case "$(systemctl is-active "$SSM_Service" 2>/dev/null || true)" in
    active | activating | reloading) ;;
    *) stopped ;;
  esac
  [ "$(now_ms)" -lt "$until" ] || stopped
  sleep 0.1
done
answered=$(now_ms)
printf '{"startedMs":%s,"answeredMs":%s,"firstQueryMs":%s,"serverVersion":%s}\n' "$started" "$answered" "$(now_ms)" "$(json "$(server_version)")"
