/**
 * Constructs that CentOS 7 and its like do not know: Bash 4.2, util-linux 2.23, systemd 219, coreutils 8.22, curl 7.29, mawk. The
 * versions are those of each project's change log: CHANGES of bash, NEWS of systemd and coreutils, Documentation/releases of
 * util-linux, docs/cmdline-opts of curl.
 */
export interface TooNew {
  readonly name: string;
  readonly since: string;
  /** What a line has that uses it. */
  readonly pattern: RegExp;
  /** A line that must be found. */
  readonly example: string;
  /** A line like it that an old host understands. */
  readonly harmless: string;
}

/** The pattern of a program at the beginning of a command, with one of these behind it. */
const call = (program: string, what: RegExp): RegExp =>
  new RegExp(
    `(?:^|[;&|(!]|\\$\\(|\\b(?:then|do|else|exec|if|until|while)\\b)\\s*(?:\\w+=\\S*\\s+)*${program}\\b[^;|&]*?(?:${what.source})`,
  );

const bash: readonly TooNew[] = [
  {
    name: 'wait for any job',
    since: 'bash 4.3',
    pattern: /\bwait\s+-\w*[nfp]/,
    example: 'wait -n || true',
    harmless: 'wait "$pid"',
  },
  {
    name: 'references to names',
    since: 'bash 4.3',
    pattern: /\b(?:local|declare|typeset)\s+(?:-\w+\s+)*-\w*n/,
    example: 'local -n list="$1"',
    harmless: 'local -a names',
  },
  {
    name: 'assignment to a negative index',
    since: 'bash 4.3',
    pattern: /\w\[-\d+\]=/,
    example: 'list[-1]=x',
    harmless: 'list[0]=x',
  },
  {
    name: 'whether an element is set',
    since: 'bash 4.3',
    pattern: /\s-v\s+["']?\w+\[/,
    example: '[[ -v seen[$name] ]]',
    harmless: '[[ -v seen ]]',
  },
  {
    name: 'printf of the time without an argument',
    since: 'bash 4.3',
    pattern: /printf\s+(?:-v\s+\w+\s+)?'[^']*%\([^)]*\)T[^']*'\s*(?:$|[;|&)])/,
    example: "printf '%(%s)T\\n'",
    harmless: "printf '%(%s)T\\n' -1",
  },
  {
    name: 'transformation of a parameter',
    since: 'bash 4.4',
    pattern: /\$\{!?[\w@*[\]]+@[UuLQEPAKak]\}/,
    example: ['echo "$', '{name@Q}"'].join(''),
    harmless: ['echo "$', '{name}@Q"'].join(''),
  },
  {
    name: 'mapfile with a delimiter',
    since: 'bash 4.4',
    pattern: /\b(?:mapfile|readarray)\s+(?:-\w+\s+)*-\w*d/,
    example: "mapfile -t -d '' files",
    harmless: 'mapfile -t names',
  },
  {
    name: 'inherit_errexit and local -',
    since: 'bash 4.4',
    pattern: /\binherit_errexit\b|\blocal\s+-\s*(?:;|$)/,
    example: 'shopt -s inherit_errexit',
    harmless: 'shopt -s nullglob',
  },
  {
    name: 'variables of the shell',
    since: 'bash 5.0',
    pattern: /\b(?:EPOCHSECONDS|EPOCHREALTIME|SRANDOM|BASH_ARGV0)\b/,
    example: 'now=$EPOCHSECONDS',
    harmless: 'now=$SECONDS',
  },
  {
    name: 'substitution without a subshell',
    since: 'bash 5.3',
    pattern: /\$\{[ |]/,
    example: ['now=$', '{ date; }'].join(''),
    harmless: 'now=$(date)',
  },
];

const utilLinux: readonly TooNew[] = [
  {
    name: 'findmnt by mount point, as JSON, and more',
    since: 'util-linux 2.27',
    pattern: call(
      'findmnt',
      /--mountpoint|\s-M\b|--json|\s-J\b|--bytes|--real|--pseudo|--verify|--output-all|--tree|--shadowed/,
    ),
    example: 'findmnt --noheadings --output SOURCE --mountpoint "$at"',
    harmless: 'findmnt --noheadings --output SOURCE --target "$at"',
  },
  {
    name: 'lsblk as JSON, with all columns, and later columns',
    since: 'util-linux 2.27 to 2.38',
    pattern: call(
      'lsblk',
      /--json|\s-J\b|--output-all|\s-O\b|--sort|--dedup|--merge|--zoned|\b(?:MOUNTPOINTS|PATH|FSVER|PTTYPE|PTUUID|PARTTYPE|FSSIZE|FSAVAIL|FSUSED|SUBSYSTEMS|ZONED)\b/,
    ),
    example: 'lsblk --output NAME,MOUNTPOINTS',
    harmless: 'lsblk --output NAME,MOUNTPOINT,SERIAL',
  },
  {
    name: 'mountpoint of links',
    since: 'util-linux 2.35',
    pattern: call('mountpoint', /--nofollow/),
    example: 'mountpoint --nofollow /x',
    harmless: 'mountpoint -q /x',
  },
  {
    name: 'flock without a fork, with words',
    since: 'util-linux 2.27, 2.34',
    pattern: call('flock', /--no-fork|\s-F\b|--verbose|--fcntl/),
    example: 'flock --verbose -w 5 9',
    harmless: 'flock -w 60 9',
  },
  {
    name: 'runuser with a terminal of its own',
    since: 'util-linux 2.34',
    pattern: call('runuser', /--pty|\s-P\b|--whitelist-environment/),
    example: 'runuser --pty -u x -- y',
    harmless: 'runuser -u x -- y',
  },
  {
    name: 'long options of blkid',
    since: 'util-linux 2.32',
    pattern: call('blkid', /\s--\w/),
    example: 'blkid --probe /dev/x',
    harmless: 'blkid -p -o value -s TYPE /dev/x',
  },
  {
    name: 'mount and umount',
    since: 'util-linux 2.34 to 2.39',
    pattern: call('u?mount', /--mkdir|--onlyonce|--exclusive|X-mount|--map-users|--quiet|\s-q\b/),
    example: 'umount --quiet /y',
    harmless: 'umount --lazy /y',
  },
];

const systemd: readonly TooNew[] = [
  {
    name: 'systemd-run, whose transient units know too few settings',
    since: 'systemd 236',
    pattern: /\bsystemd-run\b/,
    example: 'systemd-run --quiet --collect --unit=x y',
    harmless: 'systemctl start x',
  },
  {
    name: 'options of systemctl',
    since: 'systemd 230 to 250',
    pattern: call('systemctl', /--value|--wait\b|--show-transaction|--what\b|--with-dependencies|--timestamp|\s-P\b/),
    example: 'systemctl show --value --property=Id x',
    harmless: 'systemctl show --property=Id x',
  },
  {
    name: 'settings of units',
    since: 'systemd 229 to 254',
    pattern:
      /\b(?:StartLimitIntervalSec|CollectMode|RuntimeMaxSec|RemainAfterElapse|ExecCondition|RestartMode|RestartSteps|DynamicUser|StateDirectory|LogsDirectory|CacheDirectory|MemoryMax|MemoryHigh|CPUWeight|IOWeight|ExitType|TimeoutAbortSec|SuccessAction|FixedRandomDelay|OnClockChange)=/,
    example: 'write_service a b c StartLimitIntervalSec=0',
    harmless: 'write_service a b c StartLimitInterval=0',
  },
  {
    name: 'types of services',
    since: 'systemd 240, 253',
    pattern: /\bType=(?:exec|notify-reload)\b/,
    example: 'Type=exec',
    harmless: 'Type=simple',
  },
  {
    name: 'options of journalctl',
    since: 'systemd 236 and later',
    pattern: call(
      'journalctl',
      /--output-fields|--grep|\s-g\b|--facility|--namespace|--cursor-file|--invocation|--no-hostname|--rotate|--sync/,
    ),
    example: 'journalctl --grep x',
    harmless: 'journalctl --no-pager --output=cat --unit x',
  },
];

const coreutils: readonly TooNew[] = [
  {
    name: 'sync of one file',
    since: 'coreutils 8.24',
    pattern: call('sync', /\s["$/\w.-]/),
    example: 'sync "$archive"',
    harmless: 'sync; date',
  },
  {
    name: 'dd with progress, and with later operands',
    since: 'coreutils 8.24, 9.1',
    pattern: call('dd', /status=progress|\b[io]seek=/),
    example: 'dd if=a of=b status=progress',
    harmless: 'dd if=a of=b status=none',
  },
  {
    name: 'env with a folder, with a string to split, with signals',
    since: 'coreutils 8.28 to 8.31',
    pattern: call('env', /\s(?:-S|-C|--chdir|--split-string|--default-signal|--ignore-signal|--block-signal)\b/),
    example: 'env -C / ls',
    harmless: 'env -u HOME ls',
  },
  {
    name: 'timeout with words',
    since: 'coreutils 8.29',
    pattern: call('timeout', /\s(?:-v|--verbose)\b/),
    example: 'timeout -v 5 ls',
    harmless: 'timeout -k 5 5 ls',
  },
  {
    name: 'head, tail and cut of lines that end with NUL',
    since: 'coreutils 8.25',
    pattern: call('(?:head|tail|cut)', /\s(?:-z|--zero-terminated)\b/),
    example: 'head -z -n 1 list',
    harmless: 'head -n 1 list',
  },
  {
    name: 'programs for checksums and encodings',
    since: 'coreutils 8.26, 8.31, 9.0',
    pattern: /\b(?:b2sum|basenc)\b|\bcksum\s+(?:-a|--algorithm)/,
    example: 'b2sum x',
    harmless: 'sha256sum x',
  },
  {
    name: 'stat without a query, wc without a total, mv that exchanges',
    since: 'coreutils 8.32 to 9.5',
    pattern: /\bstat\b.*--cached|\bwc\b.*--total|\bmv\b.*(?:--exchange|--no-copy)|\bls\b.*--zero/,
    example: 'wc --total=never x',
    harmless: 'wc -l x',
  },
];

const others: readonly TooNew[] = [
  {
    name: 'options of curl',
    since: 'curl 7.33 to 8.x',
    pattern: call(
      'curl',
      /--(?:retry-connrefused|retry-all-errors|fail-with-body|fail-early|parallel|json|url-query|aws-sigv4|variable|tlsv1\.\d|tls-max|http2|http3|http1\.1|path-as-is|unix-socket|expect100-timeout|connect-to|remove-on-error|no-progress-meter|output-dir|oauth2-bearer|skip-existing)\b/,
    ),
    example: 'curl --retry 3 --retry-connrefused "$url"',
    harmless: 'curl --retry 3 "$url"',
  },
  {
    name: 'what curl writes at the end',
    since: 'curl 7.50 to 8.x',
    pattern: /%\{(?:json|header_json|errormsg|exitcode|stderr|http_version|scheme|num_headers|method|time_\w+_us)\}/,
    example: "curl --write-out '%{exitcode}' u",
    harmless: "curl --write-out '%{http_code}' u",
  },
  {
    name: 'functions of gawk alone',
    since: 'gawk',
    pattern:
      /\b(?:gensub|strtonum|strftime|systime|mktime|asorti?|patsplit|typeof|lshift|rshift)\(|\b(?:PROCINFO|BEGINFILE|ENDFILE|FPAT)\b/,
    example: "awk '{ print strtonum($1) }'",
    harmless: "awk '{ print toupper($1) }'",
  },
  {
    name: 'intervals in patterns of awk, which mawk takes for text',
    since: 'mawk 1.3.4-20200717',
    pattern: /\bawk\b.*\/[^/]*[^$\\/]\{\d+(?:,\d*)?\}[^/]*\//,
    example: "awk '$1 ~ /^[0-9]{3}$/'",
    harmless: "awk '$1 ~ /^[0-9][0-9]/ { print $1 }'",
  },
  {
    name: 'gzip that keeps its input',
    since: 'gzip 1.6',
    pattern: call('gzip', /--keep|\s-\w*k\b/),
    example: 'gzip -k x',
    harmless: 'gzip -c x',
  },
  {
    name: 'a program that small images lack',
    since: 'bash has it in HOSTNAME',
    pattern: call('hostname', /$|\)/),
    example: 'echo "$(hostname)"',
    harmless: 'echo "$HOSTNAME"',
  },
];

export const tooNew: readonly TooNew[] = [...bash, ...utilLinux, ...systemd, ...coreutils, ...others];

/** What a script uses that old hosts do not know, each with its line and its version. Comments do not count. */
export function findTooNew(script: string): string[] {
  const lines = commands(script);
  return lines.flatMap(({ number, code }) => [
    ...tooNew
      .filter(({ pattern }) => pattern.test(code))
      .map(({ name, since }) => `line ${number}: ${name} (${since}): ${code.trim()}`),
    ...emptyArrays(code, script).map(
      (name) =>
        `line ${number}: the array ${name} may be empty, which set -u refuses (before bash 4.4): ${code.trim()}`,
    ),
  ]);
}

/** The lines without comments; a line that ends with a backslash goes on in the next. */
function commands(script: string): { readonly number: number; readonly code: string }[] {
  const result: { number: number; code: string }[] = [];
  let goesOn = false;
  for (const [index, line] of script.split('\n').entries()) {
    const code = line.replace(/(^|\s)#.*$/, '$1');
    const last = result.at(-1);
    if (goesOn && last !== undefined) last.code = `${last.code.replace(/\\$/, '')} ${code.trim()}`;
    else result.push({ number: index + 1, code });
    goesOn = code.endsWith('\\');
  }
  return result;
}

/** Arrays that a line expands as they are, though the script may leave them empty. */
function emptyArrays(code: string, script: string): string[] {
  const names = [...code.matchAll(/(?<!\+"?)\$\{(\w+)\[[@*]\]\}/g)].map(([, name = '']) => name);
  return names.filter(
    (name) => !new RegExp(`\\b${name}=\\(\\s*[^)\\s]`).test(script) || new RegExp(`\\b${name}=\\(\\s*\\)`).test(script),
  );
}
