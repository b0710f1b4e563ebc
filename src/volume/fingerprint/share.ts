/** Whether enough of a copy's rows was compared exactly for a verdict. */
import { describeShare, percentOf, rowShare } from '../../domain/share.ts';
import type { CheckResult } from '../../domain/verification.ts';

const fix = 'set fingerprint-under-lock (and fingerprint: auto, where it is aggregates), or choose a quieter hour';

/**
 * Judges all tables together, and each by itself: a large quiet table must not hide one of which nothing was compared. What
 * was not compared at all says so itself.
 * @param atLeast percent of the rows
 */
export function judgeShare(checks: readonly CheckResult[], atLeast: number): CheckResult | undefined {
  const share = rowShare(checks);
  if (share === undefined) return undefined;
  const name = 'share of rows compared';
  const detail = describeShare(share);
  const below = ({ compared, of }: Share): boolean => BigInt(compared) * 100n < BigInt(of) * BigInt(atLeast);
  const tables = checks.filter(({ outcome, rows }) => outcome === 'passed' && rows && !rows.hot && below(rows));
  if (!below(share) && tables.length === 0) return { name, outcome: 'passed', detail };
  const shown = below(share) ? checks.filter(({ rows }) => rows !== undefined && rows.compared !== rows.of) : tables;
  const words = below(share)
    ? `${detail}, less than ${atLeast} % (compare-at-least)`
    : `${detail}, but less than ${atLeast} % (compare-at-least) of ${tables.slice(0, 3).map(shareOf).join(', ')}${tables.length > 3 ? ` and ${tables.length - 3} more tables` : ''}`;
  return {
    name,
    outcome: 'unproven',
    detail: `${words}: the others changed while the backup was taken; ${fix}`,
    output: shown
      .slice(0, 50)
      .map((check) => `${check.name}: ${check.detail}`)
      .join('\n'),
  };
}

type Share = NonNullable<CheckResult['rows']>;

function shareOf({ name, rows }: CheckResult): string {
  return `${name} (${percentOf(BigInt(rows?.compared ?? 0), BigInt(rows?.of ?? 0))})`;
}
