/** Which values a partition takes, as its definition says it (PostgreSQL manual, "CREATE TABLE", partition_bound_spec). */
import { Cursor } from '../format/cursor.ts';
import { tokenize } from '../format/tokens.ts';
import { evaluate } from './expressions/evaluate.ts';
import { parseExpression } from './expressions/parse.ts';
import { isArray, type SqlValue, unknown } from './expressions/values.ts';

/** A bound of a range: below or above all values, or a value. */
export type RangeBound = { readonly end: 'min' | 'max' } | { readonly value: SqlValue };

export type PartitionBounds =
  | { readonly kind: 'default' }
  | { readonly kind: 'list'; readonly values: readonly SqlValue[] }
  | {
      readonly kind: 'range';
      readonly from: readonly RangeBound[];
      readonly to: readonly RangeBound[];
      /** Of MySQL: whether NULL, which counts as less than all others there, belongs to it. */
      readonly takesNull?: boolean;
    }
  | { readonly kind: 'hash'; readonly modulus: number; readonly remainder: number };

/** @param written `FOR VALUES …` or DEFAULT. @returns undefined for what is neither */
export function readBounds(written: string): PartitionBounds | undefined {
  const cursor = new Cursor(written, tokenize(written));
  if (cursor.accept('default')) return { kind: 'default' };
  if (!cursor.accept('for', 'values')) return undefined;
  if (cursor.accept('in')) return { kind: 'list', values: items(cursor).map(literalOf) };
  if (cursor.accept('from')) {
    const from = items(cursor).map(boundOf);
    return cursor.accept('to') ? { kind: 'range', from, to: items(cursor).map(boundOf) } : undefined;
  }
  const [, modulus, remainder] = /modulus\s+(\d+)\s*,\s*remainder\s+(\d+)/i.exec(cursor.remainingSql()) ?? [];
  return modulus === undefined ? undefined : { kind: 'hash', modulus: Number(modulus), remainder: Number(remainder) };
}

function items(cursor: Cursor): readonly string[] {
  return (cursor.group()?.parts() ?? []).map((part) => part.remainingSql());
}

function boundOf(sql: string): RangeBound {
  if (/^minvalue$/i.test(sql)) return { end: 'min' };
  return /^maxvalue$/i.test(sql) ? { end: 'max' } : { value: literalOf(sql) };
}

function literalOf(sql: string): SqlValue {
  return evaluate(parseExpression(sql), { valueOf: () => unknown });
}

type MapText = (text: string) => string;

/** @param inList what becomes of a value in a list, and `inRange` of a bound of a range */
export function mapBounds(
  bounds: PartitionBounds | undefined,
  inList: MapText,
  inRange: MapText,
): PartitionBounds | undefined {
  const value = (one: SqlValue, map: MapText): SqlValue => {
    if (isArray(one)) return one.map((item) => value(item, map));
    return typeof one === 'string' ? map(one) : one;
  };
  const bound = (one: RangeBound): RangeBound => ('value' in one ? { value: value(one.value, inRange) } : one);
  if (bounds?.kind === 'list') return { ...bounds, values: bounds.values.map((one) => value(one, inList)) };
  if (bounds?.kind === 'range') return { ...bounds, from: bounds.from.map(bound), to: bounds.to.map(bound) };
  return bounds;
}

export function textsOf(bounds: PartitionBounds | undefined): readonly string[] {
  const texts: string[] = [];
  const note = (text: string): string => {
    texts.push(text);
    return text;
  };
  mapBounds(bounds, note, note);
  return texts;
}
