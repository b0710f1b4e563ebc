/** Asks AWS as each identity at hand, until one may look. */
import type { AwsInspection } from '../../ports/inspection.ts';
import { AwsError, explain } from '../../runtime/errors.ts';
import { type Reading, read, unread } from '../reading.ts';

/**
 * @param permission what looking needs, for the reader: `iam:GetRole`
 * @returns the reason where nobody may look, or the call failed for another reason
 */
export async function ask<T>(
  identities: readonly AwsInspection[],
  permission: string,
  call: (identity: AwsInspection) => Promise<T>,
): Promise<Reading<T>> {
  if (identities.length === 0)
    return unread(`no identity to look with: no region is known, or no role could be assumed (it needs ${permission})`);
  let failure: string | undefined;
  for (const identity of identities) {
    try {
      return read(await call(identity));
    } catch (error) {
      if (!(error instanceof AwsError && error.kind === 'denied')) failure ??= explain(error).what;
    }
  }
  return unread(failure ?? `${identities.map(({ name }) => name).join(', ')} may not look: it needs ${permission}`);
}
