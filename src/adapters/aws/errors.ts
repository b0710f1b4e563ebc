/** Turns what the SDK throws into an AwsError that says what kind of trouble it is and whether the call had its effect. */
import { AwsError, type AwsErrorKind, BackupError } from '../../runtime/errors.ts';
import { adviceForDenial } from './denials.ts';

/** AWS's names for "too many requests": the call had no effect and may be sent again later. */
const throttled = new Set([
  'RequestLimitExceeded',
  'Throttling',
  // SNS's, of some operations (API reference, ListPhoneNumbersOptedOut).
  'Throttled',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'EC2ThrottledException',
  'SnapshotCreationPerVolumeRateExceeded',
]);

/**
 * S3's 409s while another request about the same key is under way: nothing was done. A PutObject is sent again as it was; its
 * If-Match then decides (S3 API reference, PutObject, If-Match: "retry the upload"). A CompleteMultipartUpload with a condition
 * would have to begin anew with CreateMultipartUpload; ours has none, so that it meets at most `OperationAborted`, which may be
 * repeated (S3 API reference, "List of error codes"), while an earlier completion of the same upload is in progress.
 */
const conflicting = new Set(['ConditionalRequestConflict', 'OperationAborted']);

/** EC2 asks for at least 15 s between snapshots of one volume (EC2 API reference, "Error codes"). */
const snapshotRateWaitMs = 15_000;

const expired = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
]);

const denied = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  // SNS's (API reference, Publish).
  'AuthorizationError',
  'AuthFailure',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
  'Blocked',
]);

/** What S3 servers other than AWS's answer to calls that they do not know; AWS does to methods that an object does not have. */
const unsupported = new Set(['NotImplemented', 'XNotImplemented', 'MethodNotAllowed', 'UnsupportedOperation']);

/** The network's own failures, by Node's code or the SDK's name: nobody knows whether the call arrived. */
const broken = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'TimeoutError',
  'AbortError',
  'IncompleteBody',
]);

interface SdkFailure {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** The SDK found nothing to sign requests with: there was no call. */
const noCredentials = new Set(['CredentialsProviderError', 'TokenProviderError']);

function kindOf(code: string, status: number | undefined): AwsErrorKind {
  if (noCredentials.has(code)) return 'other';
  if (throttled.has(code) || conflicting.has(code)) return 'throttled';
  if (expired.has(code)) return 'expired';
  if (unsupported.has(code) || status === 501 || status === 405) return 'unsupported';
  if (denied.has(code) || status === 403) return 'denied';
  if (/NotFound$|^NoSuch|DoesNotExist/.test(code) || status === 404) return 'not-found';
  if (broken.has(code) || status === undefined || status >= 500) return 'transient';
  return 'other';
}

const advice: Partial<Record<AwsErrorKind, { likelyCause: string; fix: string }>> = {
  denied: {
    likelyCause: 'the role lacks this permission, or the resource lacks the tag that its policy asks for',
    fix: 'deploy the current infra/holdfast.yml and tag the host with holdfast:host (docs/setup.md)',
  },
  throttled: {
    likelyCause: 'the account makes more requests than AWS allows it in this region',
    fix: 'run again later; look for another job that calls the same API at the same time',
  },
  transient: {
    likelyCause: 'AWS or the network did not answer',
    fix: 'run again; if it persists, check the AWS Health Dashboard of the region',
  },
  unsupported: {
    likelyCause: 'this S3 server does not know the call',
    fix: 'do without what needs it, or use a bucket of AWS',
  },
  expired: {
    likelyCause: 'the credentials ran out and could not be renewed',
    fix: 'set role-to-assume, so that the action renews them with a fresh identity token',
  },
};

const conflict = {
  likelyCause: 'another run wrote or completed the same object at the same time, for longer than the attempts lasted',
  fix: 'let one run at a time write these files (concurrency in the workflow), then run again',
};

const byCode: Readonly<Record<string, { likelyCause: string; fix: string }>> = {
  ConditionalRequestConflict: conflict,
  OperationAborted: conflict,
  NoSuchUpload: {
    likelyCause:
      'the upload was aborted while it went on: by the lifecycle rule of the bucket (AbortIncompleteMultipartUpload), or by another run for the same files',
    fix: 'let one run at a time write these files (concurrency in the workflow), and give the rule at least two days; then run again',
  },
};

const withoutCredentials = {
  likelyCause: 'no AWS credentials were found here',
  fix: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (in a Codespace: its secrets), or AWS_PROFILE; in a workflow, set role-to-assume',
};

/** S3's errors of a key that cannot be used at all: `KMS.DisabledException`, `KMS.NotFoundException`, … */
const keyUnusable = {
  likelyCause: 'the KMS key of the bucket is disabled, waits for its deletion, or is gone',
  fix: 'enable the key, or give the bucket another one (parameter BucketKeyArn of the stack); what was encrypted with a deleted key is lost',
};

function adviceFor(code: string, kind: AwsErrorKind, message: string) {
  if (code.startsWith('KMS.')) return keyUnusable;
  if (noCredentials.has(code)) return withoutCredentials;
  const denial = kind === 'denied' ? adviceForDenial(message) : undefined;
  return denial ?? byCode[code] ?? advice[kind] ?? {};
}

/** An error of our own, met before the request was sent: there were no credentials, and what it says stays as it is. */
function withoutCall(cause: BackupError, operation: string, resource: string): AwsError {
  const { what, likelyCause, fix, detail, code = 'no-credentials' } = cause;
  const words = { ...(likelyCause ? { likelyCause } : {}), ...(fix ? { fix } : {}), ...(detail ? { detail } : {}) };
  return new AwsError({
    what,
    operation,
    resource,
    requestId: undefined,
    code,
    kind: 'denied',
    outcome: 'not-done',
    cause,
    ...words,
  });
}

/** @param resource the id the call was about, as a reader knows it */
export function toAwsError(cause: unknown, operation: string, resource: string): AwsError {
  if (cause instanceof AwsError) return cause;
  if (cause instanceof BackupError) return withoutCall(cause, operation, resource);
  const failure = cause as SdkFailure;
  const name = failure.name ?? 'Error';
  const code = broken.has(failure.code ?? '')
    ? (failure.code as string)
    : name === 'Error'
      ? (failure.Code ?? failure.code ?? name)
      : name;
  const status = failure.$metadata?.httpStatusCode;
  const kind = kindOf(code, status);
  const message = failure.message && failure.message !== 'UnknownError' ? failure.message : code;
  return new AwsError({
    what: `${operation} for ${resource} failed: ${code}${message === code ? '' : `: ${message}`}`,
    operation,
    resource,
    requestId: failure.$metadata?.requestId,
    code,
    kind,
    outcome: kind === 'transient' ? 'maybe-done' : 'not-done',
    retryAfterMs: code === 'SnapshotCreationPerVolumeRateExceeded' ? snapshotRateWaitMs : undefined,
    cause,
    ...adviceFor(code, kind, message),
  });
}
