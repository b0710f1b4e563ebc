/** The job's identity token, asked for again after refusals that pass. */
import type { Clock } from '../../runtime/clock.ts';
import { BackupError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';

const attempts = 5;

/**
 * Statuses after which the same request may succeed. The toolkit itself repeats only 502, 503 and 504 (@actions/http-client).
 * A job that may not have tokens has no URL to ask at, so that a 403 from this one is as a rule a refusal in passing.
 */
const passing = new Set([403, 408, 429, 500, 502, 503, 504]);

/** The toolkit gives the status in the text of its error only (@actions/core, oidc-utils). */
export function statusOf(error: unknown): number | undefined {
  const [, status] = /Error Code\s*:\s*(\d{3})\b/.exec(error instanceof Error ? error.message : '') ?? [];
  return status === undefined ? undefined : Number(status);
}

/**
 * @param ask the toolkit's request
 * @throws BackupError that says what GitHub's answer means
 */
export async function identityToken(
  ask: () => Promise<string>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<string> {
  const decide = (error: unknown): RetryDecision<string> => {
    const status = statusOf(error);
    // Without a status nobody answered.
    return status === undefined || passing.has(status)
      ? { again: status === undefined ? 'no answer' : `it answered ${status}` }
      : { fatal: error };
  };
  const onRetry = ({ reason, waitMs, attempt }: { reason: string; waitMs: number; attempt: number }): void =>
    logger.info(
      `GitHub's identity token: ${reason}; trying again in ${waitMs / 1000} s (attempt ${attempt} of ${attempts})`,
    );
  try {
    return await retry({ clock, attempts, backoff: { first: 1_000 }, decide, onRetry }, ask);
  } catch (error) {
    throw refused(error);
  }
}

const addPermission = 'permissions:\n  id-token: write';

function refused(error: unknown): BackupError {
  const status = statusOf(error);
  const what = `GitHub gave this job no identity token${status === undefined ? '' : `: its endpoint answered ${status}, ${passing.has(status) ? `${attempts} times` : 'once'}`}, so the role cannot be assumed`;
  const [likelyCause, fix] = meaning(status);
  const detail = error instanceof Error ? error.message : String(error);
  return new BackupError({ what, likelyCause, fix, detail, code: 'no-identity-token', cause: error });
}

function meaning(status: number | undefined): readonly [likelyCause: string, fix: string] {
  if (status === 403)
    return [
      'the job has no permission id-token: write (its caller grants at most its own), or GitHub refused in passing, as it does during incidents',
      `see that the job and every job that calls this workflow have\n${addPermission}\nthen run again; githubstatus.com shows incidents of Actions`,
    ];
  if (status === 429)
    return [
      'too many jobs asked for tokens at the same moment',
      'run again; move the schedule away from the full hour, and let fewer jobs of a matrix run at once (max-parallel)',
    ];
  if (status === 401)
    return [
      "the token with which the job asks has run out: it lives as long as the job, and six hours on GitHub's runners",
      'run again',
    ];
  return [
    "GitHub's token service, or the network of the runner, is disturbed",
    'run again; githubstatus.com shows incidents of Actions; a self-hosted runner must reach the host in ACTIONS_ID_TOKEN_REQUEST_URL',
  ];
}
