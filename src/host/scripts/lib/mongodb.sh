# MongoDB through the tools of this host, or those in one of its containers. The URI comes from a file of root's; a tool gets it
# on its standard input, since other accounts can read command lines.
# shellcheck shell=bash

# Runs a program. Usage: mongodb PROGRAM ...
mongodb() {
  if [ -n "$SSM_Container" ]; then
    "$(container_engine)" exec --interactive "$SSM_Container" "$@"
  else
    (cd / && exec "$@")
  fi
}

# Prints the configuration of MongoDB's tools.
mongodb_config() {
  if [ -n "$SSM_ConfigFile" ] && [ -f "$SSM_ConfigFile" ]; then
    cat "$SSM_ConfigFile"
  else
    printf 'uri: mongodb://localhost:%s/\n' "$SSM_Port"
  fi
}

# Fails when others can read the file with the password, or its URI names a database, which alone mongodump would dump.
check_mongodb_config() {
  if [ -z "$SSM_ConfigFile" ] || ! [ -f "$SSM_ConfigFile" ]; then return; fi
  if [ -n "$(find -L "$SSM_ConfigFile" -perm /077)" ]; then
    fail config "others than root can read $SSM_ConfigFile, which holds a password: chmod 600 $SSM_ConfigFile"
  fi
  grep -q '^uri:' "$SSM_ConfigFile" || fail config "$SSM_ConfigFile has no line \"uri: mongodb://...\""
  if grep -qE '^uri:[^/]*//[^/]*/[^?"'"'"' ]' "$SSM_ConfigFile"; then
    fail config "the URI in $SSM_ConfigFile names a database; leave it out, and write where the user is as ?authSource=DATABASE"
  fi
}

# Prints the program for mongosh: its beginning, and JavaScript from stdin. Usage: mongodb_program
mongodb_program() {
  printf 'var uri = %s;\n' "$(json "$(mongodb_config | sed -n 's/^uri:[[:space:]]*//p')")"
  cat <<'JS'
if (uri[0] === '"') uri = JSON.parse(uri);
else if (uri[0] === "'") uri = uri.slice(1, uri.lastIndexOf("'")).replace(/''/g, "'");
else uri = uri.replace(/\s+#.*$/, '').trim();
var connection = new Mongo(uri);
JS
  mongodb_reader
  cat
}

# Runs JavaScript from stdin in mongosh, and prints what it tells. Fails with the reason on standard error.
ask_mongosh() {
  # A pipe: mongosh cannot open standard input when it is a socket.
  mongodb_program | mongodb mongosh --nodb --norc --quiet /dev/stdin | sed -n 's/^holdfast://p'
}

# Prints what a program wrote, from a file, without the passwords of a URI that it repeats. Usage: words_of FILE
words_of() {
  sed -E 's#(mongodb(\+srv)?://)[^[:space:]"]*@#\1#g' "$1"
}

# The folder of a dump in a container, until it is outside.
container_folder() {
  printf '/tmp/holdfast-%s' "$SSM_DumpId"
}

# In a container, mongodump outlives its client on the host.
end_sessions_mongodb() {
  if [ -z "$SSM_Container" ]; then return; fi
  # shellcheck disable=SC2016
  mongodb sh -c 'if [ -f "$0/pid" ]; then kill "$(cat "$0/pid")"; fi; rm -rf "$0"' "$(container_folder)" </dev/null
}
