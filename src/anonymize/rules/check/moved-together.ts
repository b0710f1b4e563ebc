/** Whether a comparison of dates says the same when all of them move by the same number of days. */
import { type Expression, partsOf } from '../../schema/expressions/tree.ts';

/** `moves`: by as many days as the dates; `other`: in a way that the date decides, as the year of it does. */
type Change = 'fixed' | 'moves' | 'other';

const compares = /^((any|all) )?(=|<>|<|>|<=|>=|in|between|is distinct|&&|@>|<@|<<|>>|-\|-|overlaps|age|-)$/;
const passes = /^(\+|coalesce|nullif|greatest|least|case|array|(date|ts|tstz)range|lower|upper)$/;
const asksForNothing = /^(num_nonnulls|num_nulls|is null|is not null|isfinite|isempty)$/;
const ofDates = /^(date|timestamp|timestamptz|timestamp (with|without) time zone|datetime)(\[\])?$/;

/** @param moving the columns that move together */
export function holdsWhenMoved(expression: Expression, moving: ReadonlySet<string>): boolean {
  return changeOf(expression, moving) !== 'other';
}

function changeOf(expression: Expression, moving: ReadonlySet<string>): Change {
  if (expression.kind === 'literal') return 'fixed';
  if (expression.kind === 'column') return moving.has(expression.name) ? 'moves' : 'fixed';
  if (expression.kind === 'unknown') return expression.columns.some((name) => moving.has(name)) ? 'other' : 'fixed';
  const parts = partsOf(expression).map((part) => changeOf(part, moving));
  if (parts.includes('other')) return 'other';
  if (!parts.includes('moves')) return 'fixed';
  if (expression.kind === 'cast') return ofDates.test(expression.to) ? 'moves' : 'other';
  const { name } = expression;
  if (asksForNothing.test(name)) return 'fixed';
  // A date less some days moves; beside a date that stays, others judge what becomes of it.
  if (name === '-' && parts.includes('fixed')) return parts[0] === 'moves' ? 'moves' : 'other';
  if (compares.test(name)) return 'fixed';
  return passes.test(name) ? 'moves' : 'other';
}
