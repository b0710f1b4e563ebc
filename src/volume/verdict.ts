/**
 * The verdict. Trouble with the machinery is never `bad` and never `good`: a copy is `bad` only where its own content
 * was found wrong, and `good` only where every check ran, nothing failed, and something was really compared.
 */
import type { Verdict } from '../domain/verdict.ts';
import type { CheckResult } from '../domain/verification.ts';
import type { HostAnswer } from '../host/catalogue/catalogue.ts';
import { type Judgement, judgeMount } from './copy/mount-evidence.ts';
import { judgeService } from './copy/service-evidence.ts';

/** @param comparable names of the entries whose values can be compared at all */
export function verificationVerdict(checks: readonly CheckResult[], comparable: ReadonlySet<string>): Verdict {
  if (checks.some((check) => check.outcome === 'failed')) return 'bad';
  if (checks.some((check) => check.outcome === 'unproven')) return 'unproven';
  // An empty fingerprint proves nothing, however well the copy started.
  return checks.some((check) => check.outcome === 'passed' && comparable.has(check.name)) ? 'good' : 'unproven';
}

interface ScriptError {
  readonly code: string;
  readonly message: string;
  readonly detail: string;
}

interface Evidence {
  readonly check: string;
  readonly meaning: string;
  readonly judge: (detail: string) => Judgement;
}

const mounting: Evidence = {
  check: 'filesystem mounts',
  meaning: 'the filesystem of the copy cannot be mounted',
  judge: judgeMount,
};
const starting: Evidence = {
  check: 'service starts',
  meaning: 'the service refuses the data',
  judge: judgeService,
};

/**
 * Codes of host scripts that may be about the copy's content; every other code is trouble with the machinery. Documents of
 * earlier versions judged for themselves (`filesystem-damaged`, `service-refused-data`), and called too much damage.
 */
const evidence: Readonly<Record<string, Evidence>> = {
  'mount-refused': mounting,
  'filesystem-damaged': mounting,
  'service-failed': starting,
  'service-refused-data': starting,
};

/** What a host script's error means: damage is a failed check, everything else the machinery's, with a reason where there is one. */
export function judgeFailure(
  error: ScriptError,
):
  | { readonly kind: 'damage'; readonly check: CheckResult }
  | { readonly kind: 'machinery'; readonly reason?: string; readonly fix?: string | undefined } {
  const known = evidence[error.code];
  if (known === undefined) return { kind: 'machinery' };
  const judgement = known.judge(error.detail);
  if (judgement.kind === 'doubt') return { kind: 'machinery', reason: judgement.reason, fix: judgement.fix };
  const { check: name, meaning } = known;
  const detail = `${meaning}: ${judgement.reason}: ${judgement.words}`;
  return { kind: 'damage', check: { name, outcome: 'failed', detail, output: error.detail } };
}

export function judgeRead(answer: HostAnswer<'read-data'>): CheckResult {
  const name = 'every file read';
  if (answer.errors.length > 0) {
    const [first] = answer.errors;
    // EUCLEAN and EBADMSG are the kernel's words for damage (EFSCORRUPTED, EFSBADCRC). EIO comes from the block device, and
    // what else keeps root from reading a file is not its content.
    const damaged = answer.errors.some(({ message }) => /Structure needs cleaning|Bad message/i.test(message));
    return {
      name,
      outcome: damaged ? 'failed' : 'unproven',
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
