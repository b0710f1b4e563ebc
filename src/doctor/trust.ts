/** Whether a role's trust policy accepts a job's identity token, and what it accepts instead. */
import type { Claims, TrustStatement } from '../domain/installation.ts';

export interface TrustQuestion {
  readonly providerArns: readonly string[];
  readonly issuer: string;
  readonly claims: Pick<Claims, 'aud' | 'sub'>;
}

/** `undecided`: a condition that is not judged here. */
export type TrustAnswer =
  | { readonly trusts: true }
  | { readonly trusts: false; readonly expected: string }
  | { readonly trusts: 'undecided'; readonly condition: string };

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const comparisons: Readonly<Record<string, (wanted: string, has: string) => boolean>> = {
  StringEquals: (wanted, has) => wanted === has,
  StringEqualsIgnoreCase: (wanted, has) => wanted.toLowerCase() === has.toLowerCase(),
  StringLike: (wanted, has) => like(wanted, has),
};

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** The statements by which jobs of the issuer may assume the role. */
export function jobStatements(trust: readonly TrustStatement[], issuer: string): readonly TrustStatement[] {
  return trust.filter(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      list(Action).some((one) => like(one, 'sts:AssumeRoleWithWebIdentity')) &&
      federatedOf(Principal).some((arn) => arn.endsWith(`:oidc-provider/${issuer}`)),
  );
}

export function federatedOf(principal: unknown): readonly string[] {
  return list((principal as { Federated?: string | readonly string[] } | undefined)?.Federated);
}

/** The subjects that a trust policy names, with wildcards as they are written. */
export function trustedSubjects(trust: readonly TrustStatement[], issuer: string): readonly string[] {
  return jobStatements(trust, issuer).flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((wants) => list(wants[`${issuer}:sub`])),
  );
}

/** IAM compares every condition key of a statement; one statement that fits is enough. */
export function trusts(trust: readonly TrustStatement[], question: TrustQuestion): TrustAnswer {
  const { issuer, claims } = question;
  const statements = jobStatements(trust, issuer);
  if (statements.length === 0) return { trusts: false, expected: `no statement is for jobs of ${issuer}` };
  const answers = statements.map((statement) => fits(statement, issuer, claims));
  return (
    answers.find((one) => one.trusts === true) ??
    answers.find((one) => one.trusts === 'undecided') ??
    answers[0] ?? { trusts: false, expected: '' }
  );
}

function fits({ Condition = {} }: TrustStatement, issuer: string, claims: Pick<Claims, 'aud' | 'sub'>): TrustAnswer {
  const known: Readonly<Record<string, string>> = { [`${issuer}:aud`]: claims.aud, [`${issuer}:sub`]: claims.sub };
  for (const [operator, wants] of Object.entries(Condition)) {
    const compare = comparisons[operator.replace(/^ForAnyValue:/, '')];
    for (const [key, wanted] of Object.entries(wants)) {
      const has = known[key];
      if (compare === undefined || has === undefined) return { trusts: 'undecided', condition: `${operator} ${key}` };
      if (!list(wanted).some((one) => compare(one, has)))
        return { trusts: false, expected: `${key.slice(issuer.length + 1)} ${list(wanted).join(' or ')}` };
    }
  }
  return { trusts: true };
}
