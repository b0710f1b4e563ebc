/** STS: trades identity tokens, or the keys of users, for sessions, after it has checked what the role trusts. */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { LabClock } from '../../clock/clock.ts';
import { decide, type Question } from '../auth/iam.ts';
import { withoutPieces } from '../auth/pieces.ts';
import type { Role } from '../auth/policy.ts';
import { keysQuestion, serviceQuestion, trustPolicy, trustQuestion } from '../auth/trust.ts';
import type { Principals } from '../cloudformation/stack.ts';
import type { AskedQuestions } from '../endpoint/asked.ts';
import { roleIdOf } from '../iam/identities.ts';
import { type Identity, LabAwsError, type Parameters } from '../protocol/service.ts';

export interface Session {
  readonly identity: Identity;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly expiresAt: number;
}

export interface StsOptions {
  readonly clock: LabClock;
  readonly accountId: string;
  readonly stack: Principals;
  /** Issuer of the lab's GitHub: its tokens count as those of the template's provider. */
  readonly issuer: string;
  /** Pieces of the trust policies that count as absent (auth/pieces.ts). */
  readonly without?: readonly string[];
  /** Receives every question to the trust policies. */
  readonly asked?: AskedQuestions;
}

/** The provider's name in trust policies and condition keys. */
const provider = 'token.actions.githubusercontent.com';

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly exp: number;
  readonly nbf?: number;
}

export class Sts {
  readonly #options: StsOptions;
  readonly #sessions = new Map<string, Session>();
  readonly administrator: Session;
  readonly #mayAssume = new Map<string, readonly string[]>();
  /** Seconds that sessions last, instead of what callers ask for. */
  sessionSeconds: number | undefined;

  constructor(options: StsOptions) {
    this.#options = options;
    this.administrator = {
      identity: {
        arn: `arn:aws:iam::${options.accountId}:user/lab-administrator`,
        account: options.accountId,
        role: undefined,
      },
      accessKeyId: 'AKIALABADMINISTRATOR',
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: undefined,
      expiresAt: Number.POSITIVE_INFINITY,
    };
    this.#sessions.set(this.administrator.accessKeyId, this.administrator);
  }

  /** Makes an IAM user with an access key. @param mayAssume ARNs of the roles that its own policy lets it assume */
  addUser(name: string, mayAssume: readonly string[] = []): Session {
    const { accountId } = this.#options;
    const arn = `arn:aws:iam::${accountId}:user/${name}`;
    const user: Session = {
      identity: { arn, account: accountId, role: `user/${name}` },
      accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: undefined,
      expiresAt: Number.POSITIVE_INFINITY,
    };
    this.#sessions.set(user.accessKeyId, user);
    this.#mayAssume.set(arn, mayAssume);
    return user;
  }

  /** Deletes an access key. */
  removeKey(accessKeyId: string): void {
    this.#sessions.delete(accessKeyId);
  }

  /** The session of an access key. @throws LabAwsError for unknown keys and expired sessions, as the service words it */
  session(accessKeyId: string, token: string | undefined, service: string): Session {
    const session = this.#sessions.get(accessKeyId);
    if (!session || session.sessionToken !== token) {
      const [code, message] = {
        ec2: ['AuthFailure', 'AWS was not able to validate the provided access credentials'],
        s3: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
        ssm: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
      }[service] ?? ['InvalidClientTokenId', 'The security token included in the request is invalid.'];
      throw new LabAwsError(code ?? '', message ?? '', 403);
    }
    if (session.expiresAt <= this.#options.clock.now().getTime()) {
      const code = { ec2: 'RequestExpired', ssm: 'ExpiredTokenException' }[service] ?? 'ExpiredToken';
      throw new LabAwsError(
        code,
        'The security token included in the request is expired',
        service === 's3' ? 400 : 403,
      );
    }
    return session;
  }

  async assumeRole(parameters: Parameters): Promise<unknown> {
    const name = sessionName(parameters);
    const claims = await this.#verify(String(parameters.WebIdentityToken ?? ''));
    const role = this.#role(parameters);
    if (!role || !this.#trusts(role, claims))
      throw new LabAwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
    return {
      ...this.#open(role, name, parameters),
      SubjectFromWebIdentityToken: claims.sub,
      Provider: `arn:aws:iam::${this.#options.accountId}:oidc-provider/${provider}`,
      Audience: claims.aud,
    };
  }

  /** AssumeRole: a role that names the user trusts it; one that names the account leaves it to the user's own policy. */
  assumeRoleAs(user: Identity, parameters: Parameters): unknown {
    const name = sessionName(parameters);
    const role = this.#role(parameters);
    const names = (principal: string): boolean =>
      role !== undefined && this.#accepts(role, keysQuestion(role.arn, principal));
    const byAccount = [user.account, `arn:aws:iam::${user.account}:root`].some(names);
    const own = user.role === undefined || this.#mayAssume.get(user.arn)?.includes(role?.arn ?? '') === true;
    if (!role || !(names(user.arn) || (byAccount && own)))
      throw new LabAwsError(
        'AccessDenied',
        `User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: ${String(parameters.RoleArn)}`,
        403,
      );
    return this.#open(role, name, parameters);
  }

  /** A session for what a service of AWS runs. @throws LabAwsError when the role does not trust the service */
  sessionForService(roleArn: string, service: string, name: string): Session {
    const role = this.#role({ RoleArn: roleArn });
    if (!role || !this.#accepts(role, serviceQuestion(role.arn, service)))
      throw new LabAwsError('AccessDenied', `The role defined for the function cannot be assumed by ${service}.`, 403);
    const { Credentials } = this.#open(role, name, {});
    return this.session(Credentials.AccessKeyId, Credentials.SessionToken, service);
  }

  #role(parameters: Parameters): Role | undefined {
    const arn = String(parameters.RoleArn ?? '');
    return this.#options.stack.roles.find((one) => one.arn === arn);
  }

  #open(role: Role, name: string, parameters: Parameters) {
    const { clock, accountId } = this.#options;
    const asked = Number(parameters.DurationSeconds ?? 3600);
    if (!(asked >= 900 && asked <= role.maxSessionSeconds)) {
      throw new LabAwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    }
    const seconds = this.sessionSeconds ?? asked;
    const session: Session = {
      identity: {
        arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${name}`,
        account: accountId,
        role: role.name,
      },
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: randomBytes(60).toString('base64url'),
      expiresAt: clock.now().getTime() + seconds * 1000,
    };
    this.#sessions.set(session.accessKeyId, session);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: new Date(session.expiresAt).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: `${roleIdOf(session.identity.role ?? '')}:${name}`, Arn: session.identity.arn },
    };
  }

  async #verify(token: string): Promise<Claims> {
    const [head = '', body = '', signature = ''] = token.split('.');
    let header: { kid?: string; alg?: string };
    let claims: Claims;
    try {
      header = JSON.parse(Buffer.from(head, 'base64url').toString()) as typeof header;
      claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
    } catch {
      throw new LabAwsError('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.');
    }
    const { issuer, accountId, stack } = this.#options;
    const isKnown = stack.providers?.has(`arn:aws:iam::${accountId}:oidc-provider/${provider}`) ?? true;
    if (claims.iss !== issuer || !isKnown)
      throw new LabAwsError(
        'InvalidIdentityToken',
        `No OpenIDConnect provider found in your account for ${claims.iss}`,
      );
    const answer = await fetch(`${claims.iss}/.well-known/jwks`).catch(() => undefined);
    if (!answer?.ok)
      throw new LabAwsError('IDPCommunicationError', "Couldn't retrieve verification key from your identity provider");
    const { keys } = (await answer.json()) as { keys: { kid?: string }[] };
    const key = keys.find((one) => one.kid === header.kid);
    const valid =
      header.alg === 'RS256' &&
      key !== undefined &&
      verify(
        'RSA-SHA256',
        Buffer.from(`${head}.${body}`),
        createPublicKey({ key: key as never, format: 'jwk' }),
        Buffer.from(signature, 'base64url'),
      );
    if (!valid) throw new LabAwsError('InvalidIdentityToken', "Couldn't verify the signature of the identity token.");
    // GitHub's tokens carry the real time, not the lab's.
    if (claims.exp * 1000 <= Date.now()) throw new LabAwsError('ExpiredTokenException', 'Token expired');
    return claims;
  }

  #trusts(role: Role, { aud, sub }: Claims): boolean {
    const { accountId } = this.#options;
    const providerArn = `arn:aws:iam::${accountId}:oidc-provider/${provider}`;
    return this.#accepts(
      role,
      trustQuestion(role.arn, providerArn, { [`${provider}:aud`]: aud, [`${provider}:sub`]: sub }),
    );
  }

  #accepts(role: Role, question: Question): boolean {
    const { asked, without = [] } = this.#options;
    const { allowed } = decide(withoutPieces([trustPolicy(role)], without), question);
    asked?.add({ by: role.name, ...question, allowed });
    return allowed;
  }
}

/** @throws LabAwsError */
function sessionName(parameters: Parameters): string {
  const name = String(parameters.RoleSessionName ?? '');
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new LabAwsError('ValidationError', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
}
