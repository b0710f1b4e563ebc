/**
 * Where a server of our own runs: a script that shuts it in, made of util-linux and coreutils alone.
 *
 * It is process 1 of new namespaces (mounts, processes, network, IPC, host name). The root that it builds holds a read-only
 * /usr, the server's data and socket, and nothing else of this machine: no home, no work directory, no /proc, no network. Once
 * the cluster is made, the root has no program that anybody but process 1 could start, except `postgres` itself; what the
 * server can write cannot be executed or loaded. The server has a user id that owns nothing else, no capabilities, and no way
 * to get any. Its standard input is a pipe from the action: when that closes, process 1 ends, and the kernel ends all others.
 */

/** Arguments: folder, folder of the server's programs, user id, parameters of the server. */
const script = String.raw`set -eu
umask 022
exec 3<&0 </dev/null
folder=$1 programs=$2 uid=$3
shift 3
prefix=$(dirname "$programs")
cd "$folder"
mkdir -m 0700 data
mkdir -m 0755 root socket
chown "$uid:$uid" data socket
# The kernel's first choice when memory runs out.
echo 800 > /proc/self/oom_score_adj || true

mount --make-rprivate /
mount -t tmpfs -o size=4m,mode=0755,nosuid holdfast root
cd root
mkdir -p usr etc data socket tmp dev/shm proc old
mkdir -m 0700 keep
place() {
  mkdir -p ".$1"
  mount --bind "$1" ".$1"
  mount -o remount,bind,ro,nosuid,nodev ".$1"
}
place /usr
case $programs in /usr/*) ;; *) place "$prefix" ;; esac
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" .; elif [ -d "/$name" ]; then place "/$name"; fi
done
# Debian's links to libraries, and its dictionaries.
for name in /etc/alternatives /var/cache/postgresql/dicts; do
  if [ -d "$name" ]; then place "$name"; fi
done
if [ -f /etc/ld.so.cache ]; then cp /etc/ld.so.cache etc; fi
echo "holdfast:x:$uid:$uid::/data:/none" > etc/passwd
echo "holdfast:x:$uid:" > etc/group
for name in data socket; do
  mount --bind "$folder/$name" "$name"
  mount -o remount,bind,nosuid,nodev,noexec "$name"
done
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev,noexec holdfast tmp
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec holdfast dev/shm
for name in null zero random urandom; do
  : > "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mount -t proc -o nosuid,nodev,noexec holdfast proc
pivot_root . old
cd /
umount -l /old
rmdir /old

confined() {
  prlimit --core=0 --nproc=256 --fsize=2200000000 \
    env -i LC_ALL=C TZ=UTC HOME=/data PATH=/usr/bin:/bin \
    "$(command -v setpriv)" --reuid="$uid" --regid="$uid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    "$@" 3<&- 1>&2
}
# It needs a shell, and runs before anything of the dump is here.
initialized=$(confined "$programs/initdb" --pgdata=/data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync 2>&1) || {
  echo "$initialized" >&2
  exit 1
}

# From here on, only process 1 reaches programs.
mkdir keep/usr keep/prefix
mount --bind /usr keep/usr
for name in bin sbin; do
  if [ -d "/$name" ] && [ ! -L "/$name" ]; then
    mkdir "keep/$name"
    mount --bind "/$name" "keep/$name"
  fi
done
mount --bind "$prefix" keep/prefix
: > keep/postgres
mount --bind "$programs/postgres" keep/postgres
PATH=/keep/usr/bin:/keep/usr/sbin:/keep/bin:/keep/sbin
cover() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then mount -t tmpfs -o size=64k,mode=0755,nosuid,nodev holdfast "$1"; fi
}
for name in /bin /sbin /usr/bin /usr/sbin /usr/local /usr/libexec /usr/games; do cover "$name"; done
if [ ! -d "$prefix" ]; then
  mkdir -p "$prefix"
  mount --bind keep/prefix "$prefix"
  mount -o remount,bind,ro,nosuid,nodev "$prefix"
fi
if [ -e "$programs/initdb" ]; then cover "$programs"; fi
: > "$programs/postgres"
mount --bind keep/postgres "$programs/postgres"
mount -o remount,bind,ro,nosuid,nodev "$programs/postgres"
for name in /bin /sbin /usr/bin /usr/sbin /usr/local /usr/libexec /usr/games "$programs" /; do
  if [ ! -L "$name" ] && [ "$(stat -f -c %T "$name" 2>/dev/null)" = tmpfs ]; then mount -o remount,ro "$name"; fi
done
# The last one, since mount itself reads /proc.
mount -t tmpfs -o ro,size=64k,mode=0755,nosuid,nodev holdfast /proc

confined "$programs/postgres" -D /data "$@" &
server=$!
(while read -r _ <&3; do :; done; kill -KILL "$server") &
until grep -qs '^ready' /data/postmaster.pid; do
  if ! kill -0 "$server" 2>/dev/null; then wait "$server" || exit 1; exit 1; fi
  sleep 0.05
done
# The server cannot put another socket, or a link, in the place of its own.
chown 0:0 /socket
echo ready
wait "$server"
`;

/** Programs that the script and its start need: util-linux and coreutils have them. */
export const neededPrograms = ['unshare', 'setpriv', 'prlimit', 'mount', 'umount', 'pivot_root', 'sh'] as const;

export interface Confined {
  /** Absolute path of the server's folder, which exists and is empty but for our own files. */
  readonly folder: string;
  /** Folder of initdb and postgres, without links in its path. */
  readonly programs: string;
  readonly uid: number;
  /** Parameters of postgres. */
  readonly parameters: readonly string[];
}

/** The command that starts a server and keeps it while its standard input is open; it prints `ready`. It has to run as root. */
export function confinedServer({ folder, programs, uid, parameters }: Confined): string[] {
  return [
    ...['unshare', '--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'],
    ...['sh', '-c', script, 'holdfast-server', folder, programs, String(uid), ...parameters],
  ];
}
