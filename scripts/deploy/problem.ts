/** What stops a deployment, in words: what happened, the likely cause, what to do. */

/** Ends the command. */
export class Problem extends Error {
  /** 2: something is missing on this computer; 1: it failed. */
  readonly status: 1 | 2;

  constructor(message: string, status: 1 | 2 = 1) {
    super(message);
    this.status = status;
  }
}

interface Failure {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** An error of the AWS SDK in words. @param doing what was tried */
export function awsProblem(error: unknown, doing: string): Problem {
  if (error instanceof Problem) return error;
  const { name = '', message = String(error), code = '' } = error as Failure;
  const profile = process.env.AWS_PROFILE;
  const login = profile ? `aws sso login --profile ${profile}` : 'aws sso login';
  const text = `${name} ${message}`;
  if (/SSO session|SSO token|TokenProviderError|aws sso login/i.test(text))
    return new Problem(`${doing}: the SSO session has expired or was never opened.\n  Run: ${login}`, 2);
  if (
    /Could not load credentials|CredentialsProviderError|Unable to locate credentials|Could not resolve credentials/i.test(
      text,
    )
  )
    return new Problem(
      `${doing}: there are no AWS credentials.\n  Sign in (aws configure sso, then export AWS_PROFILE=NAME), or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
      2,
    );
  if (/ExpiredToken|RequestExpired|token included in the request is expired/i.test(text))
    return new Problem(`${doing}: the AWS session has expired.\n  Sign in again: ${login}, or fetch new keys.`, 2);
  if (/Region is missing|ConfigError.*region/i.test(text))
    return new Problem(
      `${doing}: no region is set.\n  Run: export AWS_REGION=eu-west-1 (the region of your instances)`,
      2,
    );
  if (
    /InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|AuthorizationHeaderMalformed/.test(
      text,
    )
  )
    return new Problem(
      `${doing}: AWS does not know these credentials (${name}).\n  The key is wrong or deleted, or the region is one that your account has not enabled.`,
      2,
    );
  if (/Region not accepted|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|UnknownEndpoint/.test(`${code} ${text}`))
    return new Problem(
      `${doing}: AWS cannot be reached (${message}).\n  Is the region (${process.env.AWS_REGION ?? 'of your profile'}) spelled right, and is there a network or a proxy?`,
      2,
    );
  return permissionProblem(text, doing) ?? new Problem(`${doing}: ${name}: ${message}`);
}

function permissionProblem(text: string, doing: string): Problem | undefined {
  const [, who, action, resource] =
    /User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(text) ?? [];
  if (action === undefined)
    return /AccessDenied|not authorized|Forbidden/i.test(text)
      ? new Problem(`${doing}: access is denied. ${text}`)
      : undefined;
  const where = resource === undefined ? '' : ` on ${resource}`;
  const boundary = /permissions boundary|service control policy/i.exec(text)?.[0];
  return new Problem(
    `${doing}: ${who} may not do ${action}${where}${boundary ? ` (${boundary})` : ''}.\n  Deploy with a role that may, or ask for this permission; docs/setup.md lists what deploying needs.`,
  );
}
