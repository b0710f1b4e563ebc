/** The policy of a bucket. The lab has one account, so only what is denied to everybody matters. */
import type { Statement } from '../auth/policy.ts';

/** @throws Error for statements that the lab does not know */
export function bucketPolicy(policy: unknown): readonly Statement[] {
  const statements = [(policy as { Statement?: Statement } | undefined)?.Statement ?? []].flat() as Statement[];
  for (const { Sid, Effect, Principal } of statements)
    if (Effect !== 'Deny' || JSON.stringify(Principal) !== '"*"')
      throw new Error(`the lab knows only bucket policies that deny something to everybody (${Sid})`);
  return statements;
}
