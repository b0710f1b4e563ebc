# Takes the fingerprint, or returns the one that was taken under the lock of a pause.
mkdir -p "$state_dir/saved"
if [ -n "$SSM_Saved" ]; then
  [ -s "$state_dir/saved/$SSM_Saved" ] || fail no-fingerprint "no fingerprint was saved under the lock of $SSM_Saved"
  emit <"$state_dir/saved/$SSM_Saved"
  exit 0
fi
file=$(mktemp "$state_dir/saved/new.XXXXXX")
take_fingerprint >"$file"
emit <"$file"
rm -f "$file"
