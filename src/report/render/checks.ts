/** The checks of a verification, in the order a reader wants them. */

import type { CheckOutcome, CheckResult } from '../../domain/verification.ts';
import { formatCount } from '../../runtime/format.ts';

const order: Record<CheckOutcome, number> = { failed: 0, unproven: 1, 'not-compared': 2, passed: 3 };

/** Failing first, then what could not be tested, then what could not be compared; otherwise as they were made. */
export function worstFirst(checks: readonly CheckResult[]): readonly CheckResult[] {
  return [...checks].sort((a, b) => order[a.outcome] - order[b.outcome]);
}

/** `2 failed, 1 not compared, 40 passed`. */
export function countChecks(checks: readonly CheckResult[]): string {
  const words: Record<CheckOutcome, string> = {
    failed: 'failed',
    unproven: 'could not be tested',
    'not-compared': 'not compared',
    passed: 'passed',
  };
  const parts = (['failed', 'unproven', 'not-compared', 'passed'] as const).flatMap((outcome) => {
    const count = checks.filter((check) => check.outcome === outcome).length;
    return count === 0 ? [] : [`${formatCount(count)} ${words[outcome]}`];
  });
  return parts.length === 0 ? 'no checks' : parts.join(', ');
}

/** The check a reader should look at: the first that failed, and among those one that has output. */
export function worstCheck(checks: readonly CheckResult[]): CheckResult | undefined {
  const failed = checks.filter((check) => check.outcome === 'failed');
  const candidates = failed.length > 0 ? failed : checks.filter((check) => check.outcome === 'unproven');
  return candidates.find((check) => check.output !== undefined && check.output.trim() !== '') ?? candidates[0];
}
