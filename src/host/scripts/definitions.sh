# Reads the definitions of everything that the server holds.
mkdir -p "$state_dir"
settle_client || true
file=$(mktemp "$state_dir/definitions-new.XXXXXX")
take_definitions >"$file"
emit <"$file"
rm -f "$file"
