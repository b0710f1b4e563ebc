# What a script needs of its host, found out before anything is touched.
# shellcheck shell=bash

# Ends the script with everything that the host lacks. Usage: need PROGRAM...; "systemd" is a running systemd, and "A|B" is
# one of several.
need() {
  local one name version lacks=''
  if [ $((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1])) -lt 402 ]; then lacks="bash 4.2 or newer (it has $BASH_VERSION)"; fi
  for one in "$@"; do
    if [ "$one" = systemd ]; then
      if ! [ -d /run/systemd/system ]; then
        one='systemd as the first process'
      else
        version=$({ systemctl --version 2>/dev/null || true; } | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')
        if [ "${version:-0}" -ge 219 ]; then continue; fi
        one="systemd 219 or newer (it has ${version:-none that answers})"
      fi
    else
      for name in ${one//|/ }; do
        if type -P "$name" >/dev/null; then continue 2; fi
      done
      one="${one//|/ or }"
    fi
    lacks="$lacks${lacks:+, }$one"
  done
  if [ -n "$lacks" ]; then fail lacks "the host lacks $lacks"; fi
}
