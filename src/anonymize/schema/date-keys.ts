/** Expressions that take a part of a date, as keys of partitions have them. */
import type { Expression } from './expressions/tree.ts';
import { type SqlValue, unknown } from './expressions/values.ts';

const written = /^(\d{4,})-(\d\d)-(\d\d)(.*)$/s;
/** `(year FROM day)` of EXTRACT. */
const extracted = /^(?:extract)?\s*\(\s*'?(year|month|day)'?\s+from\s+\(?\s*"?(\w+)"?\s*\)?\s*\)$/i;

/** @returns unknown for all other expressions */
export function dateKey(key: Expression, columnValue: (column: string) => SqlValue): SqlValue {
  if (key.kind === 'column') return columnValue(key.name);
  if (key.kind === 'unknown') {
    const [, field = '', column = ''] = extracted.exec(key.sql.trim()) ?? [];
    return field === '' ? unknown : fieldOf(field, columnValue(column));
  }
  if (key.kind === 'cast') {
    const value = dateKey(key.of, columnValue);
    return key.to === 'date' && typeof value === 'string' && written.test(value) ? value.slice(0, 10) : value;
  }
  if (key.kind !== 'call') return unknown;
  const [unit, of] = key.args;
  // Functions of MySQL.
  if (key.args.length === 1 && unit !== undefined) return mysqlPart(key.name, dateKey(unit, columnValue));
  const text = unit?.kind === 'cast' ? unit.of : unit;
  if (text?.kind !== 'literal' || typeof text.value !== 'string' || of === undefined) return unknown;
  const value = dateKey(of, columnValue);
  if (key.name === 'date_trunc') return truncated(text.value, value);
  return /^(date_part|extract)$/.test(key.name) ? fieldOf(text.value, value) : unknown;
}

/** Days from the year 0 to 1970 (MySQL manual, "TO_DAYS"). */
const daysBefore1970 = 719_528;

function mysqlPart(name: string, value: SqlValue): SqlValue {
  if (value === null) return null;
  if (name === 'to_days') {
    const [day] = typeof value === 'string' ? (/^\d{4}-\d\d-\d\d/.exec(value) ?? []) : [];
    return day === undefined ? unknown : Date.parse(`${day}T00:00:00Z`) / 86_400_000 + daysBefore1970;
  }
  const field = { year: 'year', month: 'month', day: 'day', dayofmonth: 'day' }[name];
  return field === undefined ? unknown : fieldOf(field, value);
}

function fieldOf(field: string, value: SqlValue): SqlValue {
  const [, year, month, day] = typeof value === 'string' ? (written.exec(value) ?? []) : [];
  const found = { year, month, day }[field.toLowerCase()];
  return found === undefined ? unknown : Number(found);
}

function truncated(unit: string, value: SqlValue): SqlValue {
  const [, year, month, day] = typeof value === 'string' ? (written.exec(value) ?? []) : [];
  if (year === undefined) return unknown;
  const begin = { year: `${year}-01-01`, month: `${year}-${month}-01`, day: `${year}-${month}-${day}` }[
    unit.toLowerCase()
  ];
  return begin === undefined ? unknown : `${begin} 00:00:00`;
}
