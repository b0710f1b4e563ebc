/** What the parts of the leak check share. */
import { wayOf } from '../numbers/chance.ts';
import type { VisitNumber } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';
import type { ColumnPlan, Plan } from '../rules/plan/plan.ts';
import type { IsAllowed } from './allowed.ts';
import type { SignScanner } from './at-signs.ts';
import { numberText } from './finding-text.ts';
import type { Findings } from './findings.ts';
import { hasForm } from './own-form.ts';
import type { ReplacedValues } from './replaced-values.ts';

export interface CheckContext {
  readonly plan: Plan;
  /** The kinds of leaks to search for. */
  readonly kinds: ReadonlySet<LeakKind>;
  /** Whether they include numbers of any kind. */
  readonly numbers: boolean;
  /** Whether all rows are searched for numbers, and not only a part of large tables. */
  readonly thorough: boolean;
  /** Whether the rules allow a finding, by its text. */
  readonly isAllowed: IsAllowed;
  readonly signs: SignScanner;
  readonly findings: Findings;
  readonly values: ReplacedValues;
}

/** Notes the numbers of a value that the rules do not allow. @param from where the value begins */
export function noteNumbers(
  { kinds, isAllowed, findings }: Pick<CheckContext, 'kinds' | 'isAllowed' | 'findings'>,
  table: string,
  column: string | undefined,
  bytes: Uint8Array,
  from = 0,
): VisitNumber {
  return (kind, start, end, passes) => {
    if (kinds.has(kind) && !isAllowed(kind, table, column, () => numberText(bytes, start, end)))
      findings.addNumber(kind, table, column, wayOf(bytes, start, end, from), passes);
  };
}

/** Whether an address in the column is a leak: `keep` keeps it on purpose, and other rules make values up. JSON has both. */
export function mayLeak({ treatment, label }: ColumnPlan): boolean {
  return treatment === 'emails' || label === 'json';
}

/** Whether an address in the column is one that should not be there. @param at where its at sign is @param email the address without escapes */
export function isLeak(
  column: ColumnPlan,
  bytes: Buffer,
  at: number,
  from: number,
  to: number,
  email: string,
): boolean {
  return mayLeak(column) && !(column.form !== undefined && hasForm(bytes, at, from, to, email, column.form));
}

export function mayLeakNumbers(column: ColumnPlan): boolean {
  return column.holdsText && mayLeak(column);
}

/** Whether values of the column are compared with those that other columns had replaced. */
export function isCompared({ treatment, holdsText }: ColumnPlan): boolean {
  return typeof treatment === 'string' && holdsText;
}
