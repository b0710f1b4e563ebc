# Runs Infobright's own checker where it is installed. Its exit status is 0 even when it finds corruption, and it finds none
# where it checks nothing: so its output is read, and the tables that it had to check are counted.
program=$(command -v icm || command -v /usr/local/infobright/bin/icm || true)
if [ -z "$program" ]; then
  printf '{"installed":false,"tables":0,"corruptions":0,"output":""}\n'
  exit 0
fi
# The checker needs the files to itself.
systemctl stop "$SSM_Service" >&2 || fail service-busy "$SSM_Service could not be stopped for icm"
wait_until_unused "$SSM_DataDir" 60 || fail service-busy "files in $SSM_DataDir are still open after $SSM_Service was stopped for icm"
words=$("$program" "--datadir=$SSM_DataDir" 2>&1 || true)
# Infobright keeps each table in a folder NAME.bht.
tables=$(find "$SSM_DataDir" -xdev -type d -name '*.bht' | wc -l)
corruptions=$(grep -iE 'corrupt' <<<"$words" | grep -ciE -v 'no corruptions? found' || true)
# Output that says neither proves nothing.
grep -qi 'no corruptions\? found' <<<"$words" || [ "$corruptions" -gt 0 ] || tables=0
emit <<EOF
{"installed":true,"tables":$tables,"corruptions":$corruptions,"output":$(json "$(tail -c 4000 <<<"$words")")}
EOF
