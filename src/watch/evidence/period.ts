/** The days that evidence is asked for. Days are of UTC: an auditor elsewhere must find the same ones. */
import { dayNumber, dayNumbered } from '../page/model/days.ts';

export interface Period {
  /** First day: `2026-01-01`. */
  readonly from: string;
  /** Last day, which counts in full. */
  readonly to: string;
}

const dayMs = 86_400_000;

export const startOf = ({ from }: Period): number => dayNumber(from) * dayMs;
/** The first moment that no longer belongs to it. */
export const endOf = ({ to }: Period): number => (dayNumber(to) + 1) * dayMs;

/** A day that exists: 30 February is none. */
const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(dayNumber(text)) && dayNumbered(Math.floor(dayNumber(text))) === text;

/**
 * @param names of the two, as the caller knows them: `--from`, or `from`
 * @returns the period, or every problem with it
 */
export function readPeriod(
  { from, to }: { readonly from: string; readonly to: string },
  now: Date,
  names: { readonly from: string; readonly to: string } = { from: 'from', to: 'to' },
): { readonly period: Period } | { readonly problems: readonly string[] } {
  const today = now.toISOString().slice(0, 10);
  const problems = (['from', 'to'] as const).flatMap((which) => {
    const [name, day] = [names[which], which === 'from' ? from : to];
    if (day === '') return [`${name}: it is missing; allowed: a day such as 2026-01-31`];
    if (!isDay(day)) return [`${name}: "${day}" is no day; allowed: a day such as 2026-01-31`];
    return day > today ? [`${name}: ${day} is still to come; allowed: until today, ${today} (UTC)`] : [];
  });
  if (problems.length === 0 && from > to)
    problems.push(`${names.from}: ${from} is after ${names.to}, ${to}; allowed: that day or an earlier one`);
  return problems.length > 0 ? { problems } : { period: { from, to } };
}

/**
 * The period that a scheduled run is asked for: the month, or the quarter, before the present one.
 * @param which what to go back to
 */
export function lastPeriod(which: 'month' | 'quarter', now: Date): Period {
  const months = which === 'month' ? 1 : 3;
  const first = Math.floor(now.getUTCMonth() / months) * months;
  const start = new Date(Date.UTC(now.getUTCFullYear(), first - months, 1));
  const end = new Date(Date.UTC(now.getUTCFullYear(), first, 0));
  return { from: start.toISOString().slice(0, 10), to: end.toISOString().slice(0, 10) };
}
