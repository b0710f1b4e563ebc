/** What share of a copy's rows was compared exactly. */
import type { CheckResult, Verification } from './verification.ts';

/** `98.4 %`, never rounded up: 100 % means all. */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return '100 %';
  const tenths = (part * 1000n) / whole;
  return tenths % 10n === 0n ? `${tenths / 10n} %` : `${tenths / 10n}.${tenths % 10n} %`;
}

/** All tables together; undefined where there is no row. */
export function rowShare(checks: readonly CheckResult[]): Verification['rows'] {
  let [compared, of] = [0n, 0n];
  for (const { rows } of checks) {
    compared += BigInt(rows?.compared ?? 0);
    of += BigInt(rows?.of ?? 0);
  }
  return of === 0n ? undefined : { compared: compared.toString(), of: of.toString() };
}

/** `98.4 % of 4,000,000 rows compared exactly`. */
export function describeShare({ compared, of }: NonNullable<Verification['rows']>): string {
  return `${percentOf(BigInt(compared), BigInt(of))} of ${BigInt(of).toLocaleString('en-US')} rows compared exactly`;
}
