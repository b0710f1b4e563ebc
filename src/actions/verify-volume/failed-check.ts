/** An error of a host script, as the check that failed, or as what stood in the way. */
import type { CheckResult } from '../../domain/verification.ts';
import { BackupError, HostError } from '../../runtime/errors.ts';
import { judgeFailure } from '../../volume/verdict.ts';

/** The failed check that an error means. @throws the error, with its reason, when it is the machinery's */
export function failedCheck(error: unknown): CheckResult {
  if (!(error instanceof HostError)) throw error;
  const judged = judgeFailure(error);
  if (judged.kind === 'damage') return judged.check;
  if (judged.reason === undefined) throw error;
  throw new BackupError({
    what: error.what,
    likelyCause: judged.reason,
    fix: judged.fix ?? 'read the output, and look at the verification host; nothing shows that the copy is damaged',
    detail: error.detail,
    code: error.code,
    cause: error,
  });
}
