# Runs CHECK TABLE on each table of the copy and reads each of its views once.
mkdir -p "$state_dir"
settle_client || true
file=$(mktemp "$state_dir/checks-new.XXXXXX")
check_tables >"$file"
emit <"$file"
rm -f "$file"
