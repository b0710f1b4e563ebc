# Takes the fingerprint, or returns the one of a pause's session (session-unit.sh), which may still be reading.
mkdir -p "$state_dir/saved"
if [ -n "$SSM_Saved" ]; then
  while ! [ -s "$state_dir/saved/$SSM_Saved" ] && systemctl is-active --quiet "$(session_unit "$SSM_Saved").service"; do sleep 0.5; done
  [ -s "$state_dir/saved/$SSM_Saved" ] ||
    fail no-fingerprint "the session that held the lock of $SSM_Saved did not read to its end" "$(session_value "$SSM_Saved" error)"
  emit <"$state_dir/saved/$SSM_Saved"
  exit 0
fi
settle_client || true
file=$(mktemp "$state_dir/saved/new.XXXXXX")
take_fingerprint >"$file"
emit <"$file"
rm -f "$file"
