# Finds the server of MongoDB, its databases, the tools that can dump it, and the free space for the archive.
need systemd awk base64 curl dd df du find flock grep gzip head mktemp paste sed sha256sum sort stat tail tar timeout tr
check_mongodb_config
version=$(mongodb mongodump --version </dev/null 2>&1) ||
  fail no-tools "${SSM_Container:+the container $SSM_Container is not running, or }mongodump is not installed ${SSM_Container:+there}" "$version"
errors=$(mktemp)
trap 'status=$?; rm -f "$errors"; (exit "$status"); answer_unexpected_end' EXIT
if ! mongodb mongosh --version </dev/null >/dev/null 2>&1; then
  about='{"lacks":"mongosh is not installed where the server runs"}'
elif ! about=$(ask_mongosh <<<'print(reader.inspectOnHost(connection));' 2>"$errors") || [ -z "$about" ]; then
  fail unreachable "the server does not answer mongosh" "$(words_of "$errors")"
fi
printf '{"freeBytes":%s,"tool":%s,"server":%s}\n' "$(free_bytes)" "$(json "$version")" "$about"
