/** CHECKs of dates: what they ask for on the day of the run, and of the year of a date. */
import { dateKey } from '../../schema/date-keys.ts';
import { type Expression, walk } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';

/** As pg_dump writes them. A restore is later: what lies before the day of the run then lies in the past, too. */
const today =
  /^\(*(current_date|current_timestamp|localtimestamp|now\(\))(\s+at time zone\s+\(?'[^']*'(::text)?\)?)?\)*$/i;
const now = /^(now|transaction_timestamp|statement_timestamp|clock_timestamp|timezone|sysdate|curdate)$/;
const interval = /^\s*([+-]?\d+)\s*(year|yr|mon|month|week|day)s?\s*$/i;
const year = /^(?:extract)?\s*\(?\s*'?year'?\s+from\b/i;

/** The expression with the day of the run as a date. */
export function onDay(expression: Expression, day: Date = new Date()): Expression {
  const date = dateIn(expression, day);
  if (date !== undefined) return literal(date);
  const end = endOf(expression);
  if (end !== undefined) return { kind: 'literal', value: end };
  if (expression.kind === 'call') return { ...expression, args: expression.args.map((one) => onDay(one, day)) };
  return expression.kind === 'cast' ? { ...expression, of: onDay(expression.of, day) } : expression;
}

/** The date that an expression stands for: `CURRENT_DATE - '18 years'::interval`. */
function dateIn(expression: Expression, day: Date): Date | undefined {
  if (expression.kind === 'unknown') return today.test(expression.sql.trim()) ? day : undefined;
  if (expression.kind === 'cast') return isNow(expression.of) ? day : dateIn(expression.of, day);
  if (expression.kind !== 'call') return undefined;
  const { name, args } = expression;
  if (now.test(name)) return args.length === 0 ? day : dateIn(args.at(-1) as Expression, day);
  const [date, by] = args;
  if ((name !== '-' && name !== '+') || date === undefined || by === undefined) return undefined;
  const from = dateIn(date, day);
  return from && moved(from, by, name === '-' ? -1 : 1);
}

/** What dates that move never reach. */
const ends: Readonly<Record<string, string>> = { infinity: '9999-12-31', '-infinity': '0001-01-01' };

/** `'infinity'::date`, which stays where it is, and whether a date is finite, which those that move are. */
function endOf(expression: Expression): string | boolean | undefined {
  if (expression.kind === 'call') return expression.name === 'isfinite' ? true : undefined;
  if (expression.kind !== 'cast' || expression.of.kind !== 'literal') return undefined;
  return /^(date|timestamp)/.test(expression.to) ? ends[String(expression.of.value)] : undefined;
}

function isNow(expression: Expression): boolean {
  if (expression.kind === 'cast') return isNow(expression.of);
  return expression.kind === 'literal' && expression.value === 'now';
}

function moved(from: Date, by: Expression, sign: 1 | -1): Date | undefined {
  if (by.kind === 'literal' && typeof by.value === 'number') return daysFrom(from, sign * by.value);
  if (by.kind !== 'cast' || by.to !== 'interval' || by.of.kind !== 'literal') return undefined;
  const [, count, unit = ''] = interval.exec(String(by.of.value)) ?? [];
  if (count === undefined) return undefined;
  const many = sign * Number(count);
  const kind = unit.toLowerCase();
  if (kind === 'day' || kind === 'week') return daysFrom(from, kind === 'week' ? 7 * many : many);
  const months = kind.startsWith('y') ? 12 * many : many;
  // The last day of a shorter month, as PostgreSQL has it.
  const there = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 0)).getUTCDate();
  return daysFrom(there, Math.min(from.getUTCDate(), last) - 1);
}

function daysFrom(from: Date, days: number): Date {
  const there = new Date(from);
  there.setUTCDate(there.getUTCDate() + days);
  return there;
}

const literal = (date: Date): Expression => ({ kind: 'literal', value: date.toISOString().slice(0, 10) });

/** Whether the expression asks for the year of a date. */
export function asksForYears(expression: Expression): boolean {
  let asks = false;
  walk(expression, (part) => {
    if (isYear(part)) asks = true;
  });
  return asks;
}

/** The expression with the year of this value. */
export function withYears(expression: Expression, value: SqlValue): Expression {
  if (isYear(expression)) {
    const found = dateKey(expression, () => value);
    return found === unknown ? expression : { kind: 'literal', value: found as number };
  }
  if (expression.kind === 'call') return { ...expression, args: expression.args.map((one) => withYears(one, value)) };
  return expression.kind === 'cast' ? { ...expression, of: withYears(expression.of, value) } : expression;
}

function isYear(part: Expression): boolean {
  if (part.kind === 'unknown') return year.test(part.sql.trim());
  if (part.kind !== 'call' || !/^(date_part|extract)$/.test(part.name)) return false;
  const [unit] = part.args;
  const text = unit?.kind === 'cast' ? unit.of : unit;
  return text?.kind === 'literal' && text.value === 'year';
}
