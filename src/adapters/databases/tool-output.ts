/** What a failed program printed, as an error with likely cause and fix. */
import { BackupError } from '../../runtime/errors.ts';

interface Advice {
  readonly likelyCause: string;
  readonly fix?: string;
  readonly code?: string;
}

/** A message that a program prints, and what it means. */
export interface Cause extends Advice {
  readonly pattern: RegExp;
}

/** Messages of the operating system, which any program may print. */
const generalCauses: readonly Cause[] = [
  {
    pattern: /No space left on device/i,
    likelyCause: 'the disk is full',
    fix: 'make room in the work directory (input work-directory)',
    code: 'disk-full',
  },
  {
    pattern: /out of memory|cannot allocate memory/i,
    likelyCause: 'the runner, the host or the server ran out of memory',
    fix: 'give more memory to the one that the message comes from, or run when it has less to do',
    code: 'no-memory',
  },
];

/**
 * @param status exit status, or the name of the signal that ended the program
 * @param causes messages of this kind of program
 */
export function adviceOn(output: string, status: number | string, causes: readonly Cause[]): Partial<Advice> {
  const cause = [...generalCauses, ...causes].find(({ pattern }) => pattern.test(output));
  if (cause) {
    const { pattern: _, ...advice } = cause;
    return advice;
  }
  if (typeof status === 'number') return {};
  if (status !== 'SIGKILL') return { likelyCause: 'somebody ended the program', fix: 'run again', code: 'killed' };
  return {
    likelyCause: 'the runner ran out of memory, or somebody killed the program',
    fix: 'run again; when it happens again, look for "Out of memory: Killed process" in the log of the kernel (dmesg), and use a larger runner',
    code: 'killed',
  };
}

export interface FailedProgram {
  /** For people: "pg_dump of shop". */
  readonly what: string;
  /** Exit status, or the name of the signal that ended the program. */
  readonly status: number | string;
  /** Standard error, or its end. */
  readonly errors: string;
  readonly causes?: readonly Cause[] | undefined;
}

export function programFailed({ what, status, errors, causes = [] }: FailedProgram): BackupError {
  const ending = typeof status === 'number' ? `ended with status ${status}` : `was ended by ${status}`;
  const message = firstMessage(errors.split('\n'));
  return new BackupError({
    what: `${what} ${ending}${message === '' ? '' : `: ${message}`}`,
    detail: errors,
    ...adviceOn(errors, status, causes),
  });
}

/**
 * Why it failed. What a server says comes before what its client makes of it; PostgreSQL puts two spaces behind the
 * severity, which may be in its own language.
 */
function firstMessage(lines: readonly string[]): string {
  const ofServer = lines.find((line) => /(^|: )(?!WARNING|NOTICE|DETAIL|HINT|CONTEXT|QUERY)\p{Lu}+: {2}\S/u.test(line));
  const message = ofServer ?? lines.find((line) => /\berror:/i.test(line)) ?? lines.at(-1) ?? '';
  return message.replace(/^\w+: detail: Error message from server: /, '');
}

export function programNotStarted(what: string, reason: string): BackupError {
  return new BackupError({ what: `${what} could not be started: ${reason}`, code: 'tool-missing' });
}
