/**
 * Credentials from the job's identity token (OIDC), asked for again whenever the session nears its end: a fixed token
 * would be dead after about five minutes, and exported keys cannot be renewed at all.
 */
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { toAwsError } from './errors.ts';

export interface Identity {
  readonly roleArn: string;
  /** 2 to 64 characters of `\w+=,.@-`. */
  readonly sessionName: string;
  /** A fresh OIDC token for the audience `sts.amazonaws.com`. */
  readonly token: () => Promise<string>;
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

/** Errors of STS that pass: the call is made again with a new token. */
const attempts = 4;

/** A provider for SDK clients. @throws AwsError that says which subject was sent when the role refuses it */
export function roleCredentials(identity: Identity, options: Options): () => Promise<Credentials> {
  const sts = new STSClient({
    region: options.region,
    maxAttempts: 1,
    customUserAgent: options.userAgent,
    requestHandler: { requestTimeout: options.apiTimeoutSeconds * 1000, throwOnRequestTimeout: true },
    // The call is unsigned: it must not go looking for credentials of its own.
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
  });
  let current: Credentials | undefined;
  let renewAt = 0;
  let pending: Promise<Credentials> | undefined;

  const assume = async (): Promise<Credentials> => {
    for (let attempt = 1; ; attempt += 1) {
      const token = await identity.token();
      try {
        const answer = await sts.send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: identity.roleArn,
            RoleSessionName: identity.sessionName,
            WebIdentityToken: token,
          }),
          { abortSignal: AbortSignal.timeout(options.apiTimeoutSeconds * 1000) },
        );
        const given = answer.Credentials;
        if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
          throw new Error('STS answered without credentials');
        }
        return {
          accessKeyId: given.AccessKeyId,
          secretAccessKey: given.SecretAccessKey,
          sessionToken: given.SessionToken,
          expiration: given.Expiration,
        };
      } catch (cause) {
        const error = toAwsError(cause, 'AssumeRoleWithWebIdentity', identity.roleArn);
        // IDPCommunicationError: AWS could not reach the issuer's keys; passing by its own documentation.
        const passing =
          error.kind === 'transient' ||
          error.kind === 'throttled' ||
          error.kind === 'expired' ||
          error.code === 'IDPCommunicationError';
        if (!passing || attempt >= attempts) throw refusal(error, identity.roleArn, token);
        options.logger.info(
          `assuming ${identity.roleArn}: ${error.code}; trying again (attempt ${attempt} of ${attempts})`,
        );
        await options.clock.sleep(250 * 2 ** attempt);
      }
    }
  };

  return async () => {
    if (current !== undefined && options.clock.now().getTime() < renewAt) return current;
    pending ??= assume().finally(() => {
      pending = undefined;
    });
    current = await pending;
    // Renewed in the last quarter of its life, five minutes at most before the end.
    const left = current.expiration.getTime() - options.clock.now().getTime();
    renewAt = current.expiration.getTime() - Math.min(left / 4, 300_000);
    return current;
  };
}

/** The claims a trust policy looks at, read from the token without checking it: only to tell the reader. */
function claims(token: string): { sub?: string; aud?: string } {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      sub?: string;
      aud?: string;
    };
  } catch {
    return {};
  }
}

function refusal(error: AwsError, roleArn: string, token: string): AwsError {
  if (error.kind !== 'denied' && error.kind !== 'other') return error;
  const { sub = 'unknown', aud = 'unknown' } = claims(token);
  return new AwsError({
    what: `the role ${roleArn} refused this job: ${error.code}`,
    operation: error.operation,
    resource: roleArn,
    requestId: error.requestId,
    code: error.code,
    kind: 'denied',
    outcome: 'not-done',
    cause: error,
    likelyCause: `the job's token says sub "${sub}" and aud "${aud}"; the role's trust policy expects others (compared case by case; repositories made since 15 July 2026 send "repo:OWNER@ID/REPO@ID:…")`,
    fix: `add "${sub}" to the subjects that the role trusts: parameter AllowedSubjects of infra/holdfast.yml (docs/setup.md)`,
  });
}
