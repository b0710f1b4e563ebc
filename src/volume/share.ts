/** Whether enough of a copy's rows was compared exactly for a verdict. */
import { describeShare, rowShare } from '../domain/share.ts';
import type { CheckResult } from '../domain/verification.ts';

/** @param atLeast percent of the rows */
export function judgeShare(checks: readonly CheckResult[], atLeast: number): CheckResult | undefined {
  const share = rowShare(checks);
  if (share === undefined) return undefined;
  const name = 'share of rows compared';
  const detail = describeShare(share);
  if (BigInt(share.compared) * 100n >= BigInt(share.of) * BigInt(atLeast)) return { name, outcome: 'passed', detail };
  const lines = checks
    .filter(({ rows }) => rows !== undefined && rows.compared !== rows.of)
    .map((check) => `${check.name}: ${check.detail}`);
  return {
    name,
    outcome: 'unproven',
    detail: `${detail}, less than ${atLeast} % (compare-at-least): the others changed while the backup was taken; set fingerprint-under-lock (and fingerprint: auto, where it is aggregates), or choose a quieter hour`,
    output: lines.slice(0, 50).join('\n'),
  };
}
