/** The order of values in the bounds of partitions. */
import { type SqlValue, unknown } from './expressions/values.ts';
import type { RangeBound } from './partition-bounds.ts';

const byLanguage = new Intl.Collator('en');
const isDate = /^\d{4,}-\d\d-\d\d/;

/**
 * Below, equal or above, as a sign; undefined where nobody can tell: the dump does not say how its database orders texts, so that only
 * what bytes and languages order alike is known.
 * @param byBytes whether the key has the collation "C"
 */
export function order(one: SqlValue, other: SqlValue, byBytes: boolean): number | undefined {
  if (one === unknown || other === unknown || one === null || other === null) return undefined;
  if (typeof one === 'number' || typeof other === 'number') {
    const [a, b] = [Number(one), Number(other)];
    return Number.isNaN(a) || Number.isNaN(b) ? undefined : Math.sign(a - b);
  }
  const [a, b] = [String(one), String(other)];
  if (isDate.test(a) && isDate.test(b)) return Math.sign(moment(a) - moment(b));
  const bytes = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return byBytes || bytes === 0 || Math.sign(byLanguage.compare(a, b)) === bytes ? bytes : undefined;
}

/** Milliseconds, with the zone where one is written; without one, of UTC. */
export function moment(text: string): number {
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', zone = ''] =
    /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*(Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?)?/.exec(
      text,
    ) ?? [];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const era = / BC$/.test(text) ? Number.NEGATIVE_INFINITY : 0;
  return date.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + era;
}

/** Whether a row of these values is at or above the bound; undefined where nobody can tell. */
export function reaches(
  values: readonly SqlValue[],
  bound: readonly RangeBound[],
  byBytes: boolean,
): boolean | undefined {
  for (const [index, part] of bound.entries()) {
    if ('end' in part) return part.end === 'min';
    const sign = order(values[index] ?? unknown, part.value, byBytes);
    if (sign === undefined) return undefined;
    if (sign !== 0) return sign > 0;
  }
  return true;
}
