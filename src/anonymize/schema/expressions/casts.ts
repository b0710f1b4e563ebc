/** Casts of values to the types that expressions name. */
import { isArray, parseArray, type SqlValue, textOf, unknown } from './values.ts';

const texts =
  /^(text|character varying|character|citext|name|nchar|national character|national character varying|regex)$/;
const whole = /^(integer|bigint|smallint|signed|unsigned)$/;
const numbers = /^(numeric|real|double precision|float|float4|float8)$/;
const times = /^(date|timestamp( with(out)? time zone)?|timestamptz)$/;

/** @param to in lower case, without its length */
export function cast(value: SqlValue, to: string, length: number | undefined): SqlValue {
  if (value === null || value === unknown) return value;
  if (to.endsWith('[]')) return castArray(value, to.slice(0, -2));
  if (texts.test(to)) return limited(textOf(value), to === 'character' ? (length ?? 1) : length);
  if (whole.test(to)) return numeric(value, (number) => (Number.isInteger(number) ? number : unknown));
  if (numbers.test(to)) return length === undefined ? numeric(value, (number) => number) : unknown;
  if (to === 'boolean') return typeof value === 'boolean' ? value : booleanOf(value);
  // Dates in the one form that needs no setting are compared as texts.
  if (to === 'date') return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : unknown;
  if (times.test(to))
    return typeof value === 'string' && to !== 'date' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
      ? value
      : unknown;
  return unknown;
}

function castArray(value: SqlValue, element: string): SqlValue {
  const items = typeof value === 'string' ? parseArray(value) : value;
  if (items === undefined || !isArray(items)) return unknown;
  return items.map((item) => cast(item, element, undefined));
}

function limited(text: string | undefined, length: number | undefined): SqlValue {
  if (text === undefined) return unknown;
  return length === undefined ? text : [...text].slice(0, length).join('');
}

function numeric(value: SqlValue, map: (number: number) => SqlValue): SqlValue {
  if (typeof value === 'number') return map(value);
  return typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value) ? map(Number(value)) : unknown;
}

function booleanOf(value: SqlValue): SqlValue {
  if (value === 't' || value === 'true' || value === 'on' || value === 'yes' || value === '1' || value === 1)
    return true;
  return value === 'f' || value === 'false' || value === 'off' || value === 'no' || value === '0' || value === 0
    ? false
    : unknown;
}
