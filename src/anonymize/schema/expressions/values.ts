/** Values of SQL as `evaluate` takes and gives them. */
import type { SqlDialect } from './lexer.ts';

/** What is not known: a column whose value nobody says, a function that nobody knows. */
export const unknown: unique symbol = Symbol('unknown');
export type Unknown = typeof unknown;

/** An array or a row of SQL is an array. Dates and UUIDs are strings. */
export type Known = string | number | boolean | null | readonly SqlValue[];
export type SqlValue = Known | Unknown;

export interface Scope {
  /** The value of a column, by canonical name. */
  readonly valueOf: (column: string) => SqlValue;
  /** Whether the column's values are compared without regard to upper and lower case. */
  readonly ignoresCase?: (column: string) => boolean;
  /** Without it, PostgreSQL's. */
  readonly dialect?: SqlDialect;
}

export function isArray(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}

/** The text of a value; undefined where it is not known how the server writes it. */
export function textOf(value: SqlValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined;
}

/** `{a,"b c",NULL}` as PostgreSQL writes an array; undefined when it is none. */
export function parseArray(text: string): readonly SqlValue[] | undefined {
  if (text === '{}') return [];
  const inner = /^\{(.*)\}$/s.exec(text)?.[1];
  if (inner === undefined || inner.includes('{')) return undefined;
  const item = /"((?:[^"\\]|\\.)*)"|((?:[^",\\]|\\.)+)/sy;
  const items: SqlValue[] = [];
  for (;;) {
    const match = item.exec(inner);
    if (match === null) return undefined;
    const [, quoted, bare = ''] = match;
    const plain = (quoted ?? bare).replace(/\\(.)/gs, '$1');
    items.push(quoted === undefined && /^null$/i.test(bare) ? null : plain);
    if (item.lastIndex === inner.length) return items;
    if (inner[item.lastIndex] !== ',') return undefined;
    item.lastIndex += 1;
  }
}
