/**
 * The verdict. Trouble with the machinery is never `bad` and never `good`: a copy is `bad` only where its own content
 * was found wrong, and `good` only where every check ran, nothing failed, and something was really compared.
 */
import type { Verdict } from '../domain/verdict.ts';
import type { CheckResult } from '../domain/verification.ts';
import type { HostAnswer } from '../host/catalogue/catalogue.ts';

/** @param comparable names of the entries whose values can be compared at all */
export function verificationVerdict(checks: readonly CheckResult[], comparable: ReadonlySet<string>): Verdict {
  if (checks.some((check) => check.outcome === 'failed')) return 'bad';
  if (checks.some((check) => check.outcome === 'unproven')) return 'unproven';
  // An empty fingerprint proves nothing, however well the copy started.
  return checks.some((check) => check.outcome === 'passed' && comparable.has(check.name)) ? 'good' : 'unproven';
}

/** Codes of host scripts that are about the copy's content; every other code is trouble with the machinery. */
const damage: Readonly<Record<string, { check: string; meaning: string }>> = {
  'filesystem-damaged': { check: 'filesystem mounts', meaning: 'the filesystem of the copy cannot be mounted' },
  'service-refused-data': { check: 'service starts', meaning: 'the service reports damaged data' },
};

/** The failed check that a host script's error means, or undefined when it is the machinery's. */
export function damageOf(error: {
  readonly code: string;
  readonly message: string;
  readonly detail: string;
}): CheckResult | undefined {
  const known = damage[error.code];
  return (
    known && {
      name: known.check,
      outcome: 'failed',
      detail: `${known.meaning}: ${error.message}`,
      output: error.detail,
    }
  );
}

export function judgeRead(answer: HostAnswer<'read-data'>): CheckResult {
  const name = 'every file read';
  if (answer.errors.length > 0) {
    const [first] = answer.errors;
    // EIO comes from the block device, so it may be the machinery; EUCLEAN is the filesystem's word for damage.
    const device = answer.errors.every((error) => /Input\/output error/i.test(error.message));
    return {
      name,
      outcome: device ? 'unproven' : 'failed',
      detail: `${answer.errors.length} of ${answer.files} files could not be read to the end, first ${first?.path}: ${first?.message}`,
      output: answer.errors.map((error) => `${error.path}: ${error.message}`).join('\n'),
    };
  }
  if (answer.files === 0) return { name, outcome: 'failed', detail: 'the copy holds no file at all' };
  const rate = answer.seconds > 0 ? ` (${(answer.bytes / answer.seconds / 1024 ** 2).toFixed(0)} MiB/s)` : '';
  return {
    name,
    outcome: 'passed',
    detail: `${answer.files} files, ${(answer.bytes / 1024 ** 2).toFixed(1)} MiB in ${answer.seconds.toFixed(1)} s${rate}`,
  };
}

/** Infobright's checker ends with status 0 even over corruption, and finds none where it checked nothing. */
export function judgeIcm(answer: HostAnswer<'check-icm'>): CheckResult | undefined {
  const name = 'icm';
  if (!answer.installed) return undefined;
  if (answer.corruptions > 0) {
    return {
      name,
      outcome: 'failed',
      detail: `icm found ${answer.corruptions} corruptions in ${answer.tables} tables`,
      output: answer.output,
    };
  }
  if (answer.tables === 0)
    return {
      name,
      outcome: 'unproven',
      detail: 'icm checked no table, so its result proves nothing',
      output: answer.output,
    };
  return { name, outcome: 'passed', detail: `icm found no corruption in ${answer.tables} tables` };
}
