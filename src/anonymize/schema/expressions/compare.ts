/** Comparisons, with NULL and with what is not known. */
import { isArray, type SqlValue, textOf, unknown } from './values.ts';

export type Truth = boolean | null | typeof unknown;

export function and(one: Truth, other: Truth): Truth {
  if (one === false || other === false) return false;
  if (one === unknown || other === unknown) return unknown;
  return one === null || other === null ? null : true;
}

export function not(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : truth;
}

export function or(one: Truth, other: Truth): Truth {
  return not(and(not(one), not(other)));
}

/** A boolean of SQL, also written as text or, in MySQL, as a number. */
export function truthOf(value: SqlValue): Truth {
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return value !== 0;
  if (value === 't' || value === 'true') return true;
  return value === 'f' || value === 'false' ? false : unknown;
}

const comparing: Readonly<Record<string, (sign: number) => boolean>> = {
  '=': (sign) => sign === 0,
  '<>': (sign) => sign !== 0,
  '<': (sign) => sign < 0,
  '>': (sign) => sign > 0,
  '<=': (sign) => sign <= 0,
  '>=': (sign) => sign >= 0,
};

export function isComparison(operator: string): boolean {
  return operator in comparing;
}

/** @param ignoresCase whether texts that differ only in upper and lower case are equal */
export function compare(operator: string, one: SqlValue, other: SqlValue, ignoresCase: boolean): Truth {
  if (one === null || other === null) return null;
  const test = comparing[operator];
  if (test === undefined) return unknown;
  const sign = order(one, other, ignoresCase);
  if (sign !== unknown) return test(sign);
  // Where only the order is not known, it is still known whether they are equal.
  const equal = operator === '=' || operator === '<>' ? equals(one, other, ignoresCase) : unknown;
  return equal === unknown ? unknown : equal === (operator === '=');
}

const number = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i;
const date = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?)?$/;

function order(one: SqlValue, other: SqlValue, ignoresCase: boolean): number | typeof unknown {
  if (one === unknown || other === unknown) return unknown;
  if (isArray(one) && isArray(other)) return orderArrays(one, other, ignoresCase);
  if (typeof one === 'boolean' || typeof other === 'boolean') {
    const [a, b] = [truthOf(one), truthOf(other)];
    return typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : unknown;
  }
  if (typeof one === 'number' || typeof other === 'number') {
    const [a, b] = [numberOf(one), numberOf(other)];
    return a === undefined || b === undefined ? unknown : Math.sign(a - b);
  }
  return typeof one === 'string' && typeof other === 'string' ? orderTexts(one, other, ignoresCase) : unknown;
}

function numberOf(value: SqlValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && number.test(value) ? Number(value) : undefined;
}

/** In bytes or by the rules of a language: known where both agree. */
function orderTexts(one: string, other: string, ignoresCase: boolean): number | typeof unknown {
  const [a, b] = ignoresCase ? [one.toLowerCase(), other.toLowerCase()] : [one, other];
  if (a === b) return 0;
  const byCode = a < b ? -1 : 1;
  if (date.test(a) && date.test(b)) return byCode;
  return Math.sign(a.localeCompare(b, 'en')) === byCode ? byCode : unknown;
}

function orderArrays(
  one: readonly SqlValue[],
  other: readonly SqlValue[],
  ignoresCase: boolean,
): number | typeof unknown {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const [a, b] = [one[index] as SqlValue, other[index] as SqlValue];
    if (a === null || b === null) {
      if (a === b) continue;
      return unknown;
    }
    const sign = order(a, b, ignoresCase);
    if (sign !== 0) return sign;
  }
  return Math.sign(one.length - other.length);
}

function equals(one: SqlValue, other: SqlValue, ignoresCase: boolean): boolean | typeof unknown {
  const [a, b] = [textOf(one), textOf(other)];
  if (typeof one !== 'string' || typeof other !== 'string' || a === undefined || b === undefined) return unknown;
  return ignoresCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}
