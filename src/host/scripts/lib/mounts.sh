# What is mounted where, read from the kernel's list (proc(5), /proc/PID/mountinfo) and from fstab: findmnt of util-linux
# before 2.27 (CentOS 7) has no --mountpoint. Blanks, tabs, newlines and backslashes stand there as octal numbers.
# shellcheck shell=bash

# awk with a function that gives such a field as it is. Usage: mount_awk PROGRAM FILE
mount_awk() {
  # shellcheck disable=SC2016
  awk '
    function plain(text,   before, code) {
      before = ""
      while (match(text, /\\[0-7][0-7][0-7]/)) {
        code = substr(text, RSTART + 1, 1) * 64 + substr(text, RSTART + 2, 1) * 8 + substr(text, RSTART + 3, 1)
        before = before substr(text, 1, RSTART - 1) sprintf("%c", code)
        text = substr(text, RSTART + 4)
      }
      return before text
    }'"$1" "$2"
}

# The path as the kernel has it: without links, without a slash at its end.
plain_path() {
  readlink -f -- "$1" 2>/dev/null || printf '%s\n' "$1"
}

# Prints a value of the mount at a path: of several, the last covers the others. Nothing when nothing is mounted there.
# Its root is the folder of the filesystem that is mounted there. Usage: mount_value PATH source|type|options|number|root
mount_value() {
  point=$(plain_path "$1") value="$2" mount_awk '
    plain($5) == ENVIRON["point"] {
      for (i = 7; $i != "-"; i++) continue
      is_mounted = 1
      number = $3; root = plain($4); type = $(i + 1); source = plain($(i + 2)); options = $6
      count = split($(i + 3), more, ",")
      for (j = 1; j <= count; j++) {
        # Either may be read-only. The label is not an option to mount with.
        if (more[j] == "ro") sub(/^rw/, "ro", options)
        else if (more[j] != "rw" && more[j] != "seclabel") options = options "," more[j]
      }
    }
    END {
      if (!is_mounted) exit
      if (ENVIRON["value"] == "source") print source
      if (ENVIRON["value"] == "type") print type
      if (ENVIRON["value"] == "options") print options
      if (ENVIRON["value"] == "number") print number
      if (ENVIRON["value"] == "root") print root
    }' /proc/self/mountinfo
}

is_mounted() {
  [ -n "$(mount_value "$1" number)" ]
}

# The block device that is mounted at a path; its source as it stands in the list, where that is no device.
device_at() {
  local source name
  source=$(mount_value "$1" source)
  if [ -b "$source" ]; then
    readlink -f -- "$source"
    return
  fi
  # The kernel calls its root /dev/root, also where there is no such file.
  name=$(readlink -f -- "/sys/dev/block/$(mount_value "$1" number)" 2>/dev/null || true)
  if [ -n "$name" ] && [ -b "/dev/${name##*/}" ]; then printf '/dev/%s\n' "${name##*/}"; else printf '%s\n' "$source"; fi
}

# The other places where the same filesystem, or another folder of it, is mounted, a line each.
mounts_beside() {
  point=$(plain_path "$1") number=$(mount_value "$1" number) mount_awk '
    $3 == ENVIRON["number"] && plain($5) != ENVIRON["point"] { print plain($5) }' /proc/self/mountinfo | sort -u
}

# Whether fstab has an entry for the path.
in_fstab() {
  [ -r /etc/fstab ] || return 1
  point=$(plain_path "$1") given="${1%/}" mount_awk '
    $1 !~ /^#/ && NF > 1 {
      path = plain($2)
      sub(/\/$/, "", path)
      if (path == ENVIRON["point"] || path == ENVIRON["given"]) found = 1
    }
    END { exit !found }' /etc/fstab
}

# The numbers (MAJOR:MINOR) of a device, of its partitions and of what consists of them, a line each.
numbers_on() {
  local number
  number=$(printf '%d:%d' "0x$(stat -c %t -- "$1")" "0x$(stat -c %T -- "$1")")
  printf '%s\n' "$number"
  numbers_below "/sys/dev/block/$number"
}

numbers_below() {
  local file
  for file in "$1"/*/partition "$1"/holders/*/dev; do
    [ -e "$file" ] || continue
    cat "${file%/*}/dev"
    numbers_below "${file%/*}"
  done
}
