/** What the doctor says of one part of an installation. */

/** `not-checked`: nobody could look, and the finding says why; it is never `ok`. */
export type FindingStatus = 'ok' | 'warning' | 'failed' | 'not-checked';

export interface Finding {
  /** The part of the installation: `Identity`, `Stack`, `Hosts`, … */
  readonly area: string;
  /** What was looked at: a role, a bucket, an instance. */
  readonly subject: string;
  readonly status: FindingStatus;
  /** What is; for `not-checked`, why nobody could look. */
  readonly is: string;
  /** What should be. */
  readonly should: string;
  /** How to mend it: a command where there is one. */
  readonly fix?: string | undefined;
  /** Of `not-checked`: in a sound installation nobody can look either, as at a verification host, which is stopped. */
  readonly expected?: boolean | undefined;
}

/** How many parts of the installation nobody could look at, though somebody should. */
export function countUnseen(findings: readonly Finding[]): number {
  return findings.filter(({ status, expected }) => status === 'not-checked' && expected !== true).length;
}

/** Findings by status, for a headline. */
export function countFindings(findings: readonly Finding[]): Readonly<Record<FindingStatus, number>> {
  const counts = { ok: 0, warning: 0, failed: 0, 'not-checked': 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}
