/**
 * What runs around each program in a pod or a container, and what it says on standard error. kubectl, docker and podman may cut a stream
 * and end with status 0 all the same (kubernetes/kubernetes 124571 and 73056, podman 9096), so the far end says the length and the hash
 * of what it sent and of what it got, and the program's own status; what does not arrive, or differs, was cut.
 */
import { createHash, type Hash } from 'node:crypto';

/**
 * POSIX sh, with `tee`, `wc` and `sha256sum` of coreutils or busybox. Arguments: a number that nobody can guess, `none` or `data` for what
 * is on standard input, `config` or `none`, the program. Descriptors: 3 and 6 lead to the hash and the count, 4 to standard output, 5 is
 * the standard error of all, 8 the standard input of all, 9 the config.
 *
 * A program whose client has gone goes on (kubernetes/kubernetes 89031), so the end of standard input ends a program that does not read it.
 */
export const wrapper = `
nonce=$1 input=$2 config=$3
shift 3
exec 5>&2 8<&0
say() { printf '\\nholdfast %s %s\\n' "$nonce" "$*" >&5; }
for tool in sha256sum tee wc; do
  command -v "$tool" >/dev/null 2>&1 || { say lacks "$tool"; exit 0; }
done
say pid $$
# By it the program is found, whoever its parent is by then.
export HOLDFAST_RUN="$nonce"
passed() {
  {
    {
      { tee /proc/self/fd/3 /proc/self/fd/6 >&4; } 3>&1 | { hash=$(sha256sum); say "$1" sha256 "\${hash%% *}"; }
    } 6>&1 | say "$1" bytes "$(wc -c)"
  } 4>&1
}
program() {
  "$@" 5>&- 8<&-
  status=$?
  say status "$status"
  # What it has not read is counted as well.
  [ "$input" = none ] || [ "$status" != 0 ] || cat >/dev/null
}
whole() {
  if [ "$input" = data ]; then
    passed in <&8 | program "$@" | passed out
  else
    (
      while IFS= read -r line; do :; done <&8
      kill -TERM -$$
    ) >/dev/null 2>&1 5>&- 9<&- &
    watch=$!
    program "$@" </dev/null | passed out
    kill "$watch" 2>/dev/null
  fi
}
if [ "$config" = config ]; then
  IFS= read -r text
  printf %b "$text" | { exec 9<&0; whole "$@"; }
else
  whole "$@"
fi
exit 0
`;

/**
 * Ends a program, with all that belongs to it. Each program that is executed in a container leads a session of its own (setsid() in runc's
 * nsexec.c), and podman ends the leader alone when its client goes, so the group is found by any process that is left of it. Where the group
 * is one from outside the container (0 in there: crun without control groups), each process is ended by itself. Argument: the number that
 * nobody can guess, which stands on the wrapper's command line and in the environment of what it executes.
 */
export const killer = `
read -r _ _ _ _ own _ <"/proc/$$/stat"
belongs() {
  # The client itself may be among them, where a container shares the processes of its host.
  case $(tr '\\0' ' ' <"$1cmdline") in "sh -c "*"holdfast $nonce "[nd]*) return 0 ;; esac
  case " $(tr '\\0' ' ' <"$1environ")" in *" HOLDFAST_RUN=$nonce "*) return 0 ;; esac
  return 1
}
each() {
  found=1
  for path in /proc/[0-9]*/cmdline; do
    belongs "\${path%cmdline}" || continue
    read -r pid _ _ _ group _ <"\${path%cmdline}stat" || continue
    if [ "$group" -gt 1 ]; then
      [ "$group" != "$own" ] && kill -s "$1" -- "-$group" && found=0
    elif [ "$pid" != $$ ]; then
      for other in /proc/[0-9]*/stat; do
        read -r child _ _ parent _ <"$other" && [ "$parent" = "$pid" ] && kill -s "$1" "$child" && found=0
      done
      kill -s "$1" "$pid" && found=0
    fi
  done 2>/dev/null
  return $found
}
nonce=$1
each TERM || exit 0
for second in 1 2 3; do
  each 0 || exit 0
  sleep 1
done
each KILL
exit 0
`;

/** A text as one line, which \`printf %b\` turns into the text again. */
export function configLine(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) =>
    /[A-Za-z0-9 .,:;=_/-]/.test(String.fromCharCode(byte)) && byte < 128
      ? String.fromCharCode(byte)
      : `\\0${byte.toString(8).padStart(3, '0')}`,
  );
  return `${escaped.join('')}\n`;
}

/** Bytes and hash of one direction. */
export interface Sum {
  readonly bytes: number;
  readonly sha256: string;
}

/** Counts and hashes what passes here. */
export class Counter {
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** So far. */
  sum(): Sum {
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }
}

/** What the wrapper says, sorted out of standard error. */
export class Sayings {
  readonly #said = new Map<string, string>();
  readonly #start: string;
  #rest = '';
  /** Whether the last line was empty. */
  #blank = false;

  constructor(nonce: string) {
    this.#start = `holdfast ${nonce} `;
  }

  /** @returns what the program itself wrote, as far as its lines are complete */
  take(text: string): string {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    return this.#sort(lines);
  }

  /** @returns the last line, which may lack its end */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? '' : this.#sort([rest]);
  }

  #sort(lines: readonly string[]): string {
    let own = '';
    for (const line of lines) {
      const isOurs = line.startsWith(this.#start);
      // The wrapper ends the program's line before it says something.
      if (this.#blank && !isOurs) own += '\n';
      this.#blank = line === '';
      if (isOurs) this.#keep(line.slice(this.#start.length));
      else if (!this.#blank) own += `${line}\n`;
    }
    return own;
  }

  #keep(said: string): void {
    const words = said.trim().split(/ +/);
    this.#said.set(words.slice(0, -1).join(' '), words.at(-1) ?? '');
  }

  get pid(): number | undefined {
    return this.#number('pid');
  }

  /** The program's exit status. */
  get status(): number | undefined {
    return this.#number('status');
  }

  /** A program of the wrapper that the image lacks. */
  get lacks(): string | undefined {
    return this.#said.get('lacks');
  }

  /** Undefined unless both were said. */
  sum(direction: 'in' | 'out'): Sum | undefined {
    const bytes = this.#number(`${direction} bytes`);
    const sha256 = this.#said.get(`${direction} sha256`);
    return bytes === undefined || !sha256 || !/^[0-9a-f]{64}$/.test(sha256) ? undefined : { bytes, sha256 };
  }

  #number(name: string): number | undefined {
    const value = this.#said.get(name);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  }
}
