/**
 * Credentials of a role, assumed with the job's identity token (OIDC) or with access keys, and again whenever the session
 * nears its end: a fixed token would be dead after about five minutes, and an exported session cannot be renewed at all.
 */
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import { toAwsError } from './errors.ts';
import { adviceForToken, claimsOf } from './role-refusal.ts';

export interface Identity {
  readonly roleArn: string;
  /** 2 to 64 characters of `\w+=,.@-`. */
  readonly sessionName: string;
  /** A fresh OIDC token for the audience `sts.amazonaws.com`, or access keys of a user who may assume the role. */
  readonly from: (() => Promise<string>) | AccessKeys;
}

/** Long-lived keys of an IAM user, or those of a session. */
export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Options {
  readonly region: string;
  readonly apiTimeoutSeconds: number;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/** With a token the call is unsigned: it must not go looking for credentials of its own. */
const unused: AccessKeys = { accessKeyId: 'unused', secretAccessKey: 'unused' };

/** STS's transient errors are tried again, each time with a new token. */
const attempts = 4;

/** A provider for SDK clients. @throws AwsError that says which subject was sent when the role refuses it */
export function roleCredentials(identity: Identity, options: Options): () => Promise<Credentials> {
  const sts = new STSClient({
    region: options.region,
    maxAttempts: 1,
    customUserAgent: options.userAgent,
    requestHandler: { requestTimeout: options.apiTimeoutSeconds * 1000, throwOnRequestTimeout: true },
    credentials: typeof identity.from === 'function' ? unused : identity.from,
  });
  const { clock, logger } = options;
  let current: Credentials | undefined;
  let renewAt = 0;
  let pending: Promise<Credentials> | undefined;

  /** Each attempt asks for a token of its own. */
  const assume = (): Promise<Credentials> => {
    const { from } = identity;
    let token = '';
    const decide = (error: unknown): RetryDecision<Credentials> => {
      // The token could not be obtained: that is GitHub's refusal, not the role's.
      if (!(error instanceof AwsError)) return { fatal: error };
      if (typeof from === 'object' && !keyCodesThatPass.has(error.kind))
        return { fatal: keyRefusal(error, identity.roleArn) };
      return passes(error) ? { again: error.code } : { fatal: refusal(error, identity.roleArn, token) };
    };
    const onRetry = ({ reason, attempt }: { reason: string; attempt: number }): void =>
      logger.info(`assuming ${identity.roleArn}: ${reason}; trying again (attempt ${attempt} of ${attempts})`);
    return retry({ clock, attempts, backoff: { first: 500 }, decide, onRetry }, async () => {
      token = typeof from === 'function' ? await from() : '';
      return assumeRole(sts, identity, token, options.apiTimeoutSeconds);
    });
  };

  return async () => {
    if (current !== undefined && clock.now().getTime() < renewAt) return current;
    pending ??= assume().finally(() => {
      pending = undefined;
    });
    current = await pending;
    // Renewed in the last quarter of its life, five minutes at most before the end.
    const left = current.expiration.getTime() - clock.now().getTime();
    renewAt = current.expiration.getTime() - Math.min(left / 4, 300_000);
    return current;
  };
}

/** @param token empty with access keys @throws AwsError */
async function assumeRole(
  sts: STSClient,
  identity: Identity,
  token: string,
  apiTimeoutSeconds: number,
): Promise<Credentials> {
  const byKeys = typeof identity.from === 'object';
  const request = { RoleArn: identity.roleArn, RoleSessionName: identity.sessionName };
  const abortSignal = AbortSignal.timeout(apiTimeoutSeconds * 1000);
  try {
    const answer = byKeys
      ? await sts.send(new AssumeRoleCommand(request), { abortSignal })
      : await sts.send(new AssumeRoleWithWebIdentityCommand({ ...request, WebIdentityToken: token }), { abortSignal });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error('STS answered without credentials');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  } catch (cause) {
    throw toAwsError(cause, byKeys ? 'AssumeRole' : 'AssumeRoleWithWebIdentity', identity.roleArn);
  }
}

/** Whether the same call may succeed soon. IDPCommunicationError: AWS could not reach the issuer's keys (STS API reference). */
function passes(error: AwsError): boolean {
  return ['transient', 'throttled', 'expired'].includes(error.kind) || error.code === 'IDPCommunicationError';
}

/** With keys, nothing else passes: a new attempt has the same keys. */
const keyCodesThatPass: ReadonlySet<string> = new Set(['transient', 'throttled']);

/** What a refusal of access keys means. STS names the user in its own message (IAM user guide, access denied errors). */
function keyRefusal(error: AwsError, roleArn: string): AwsError {
  const invalid = error.kind === 'expired' || /SignatureDoesNotMatch|InvalidClientTokenId/.test(error.code);
  return new AwsError({
    what: invalid
      ? `AWS does not accept the access keys with which ${roleArn} is assumed: ${error.code}`
      : `the role ${roleArn} refused the access keys: ${error.what}`,
    operation: error.operation,
    resource: roleArn,
    requestId: invalid ? error.requestId : undefined,
    code: error.code,
    kind: 'denied',
    outcome: 'not-done',
    cause: error,
    likelyCause: invalid
      ? 'the keys were deleted, are inactive, or were copied with a mistake (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)'
      : "the role's trust policy does not name the user of the keys, or the user lacks the permission sts:AssumeRole",
    fix: invalid
      ? 'make new keys, and set them with: npm run setup -- KEYS.csv ROLE_ARN WEBHOOK'
      : 'name the user in the trust policy of the role; or leave keys, and let the job assume the role with its identity token: role-from: token (docs/setup.md)',
  });
}

function refusal(error: AwsError, roleArn: string, token: string): AwsError {
  if (error.kind !== 'denied' && error.kind !== 'other') return error;
  return new AwsError({
    what: `the role ${roleArn} refused this job: ${error.code}`,
    operation: error.operation,
    resource: roleArn,
    requestId: error.requestId,
    code: error.code,
    kind: 'denied',
    outcome: 'not-done',
    cause: error,
    ...adviceForToken(error.message, roleArn, claimsOf(token)),
  });
}
