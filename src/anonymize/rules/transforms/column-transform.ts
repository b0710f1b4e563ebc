/** The transform of a rule for a column, which depends on the column's type. */
import type { Replace } from '../../emails/replacement.ts';
import type { Column } from '../../schema/table.ts';
import type { ColumnType } from '../../schema/types.ts';
import type { LeafRule, Rule } from '../file/rule.ts';
import { faked } from './fakes.ts';
import { hashed, type Shape } from './hash.ts';
import { type JsonRule, jsonTransform } from './json.ts';
import { parsePath } from './json-path.ts';
import { masked } from './mask.ts';
import { noisy } from './noise.ts';
import { pseudonym } from './pseudonym.ts';
import { shifted } from './shift-days.ts';
import { type Transform, toFixed, toNull } from './transform.ts';

/** Rules that keep values, or replace only the addresses in them, have no transform. */
type WithTransform<R extends Rule> = Exclude<R, { readonly kind: 'keep' | 'emails' }>;

/** Limits that hold for all columns with shared values: equal values must become equal in each of them. */
export interface SharedLimits {
  /** Of the shortest column. */
  readonly maxCharacters: number;
  /** Of the narrowest integer, without the sign. */
  readonly bits: number;
  /** Whether values that differ only in upper and lower case are equal in one of them. */
  readonly caseless: boolean;
  /** Whether blanks at the end do not count in one of them. */
  readonly padded: boolean;
}

/** Bits of the largest integer type, without the sign. */
export const maxBits = 63;
const unlimited: SharedLimits = {
  maxCharacters: Number.POSITIVE_INFINITY,
  bits: maxBits,
  caseless: false,
  padded: false,
};
/** Digits of a hash without a length. */
const allDigits = 64;

/** @param replace for addresses in JSON, where no rule says otherwise */
export function transformOf(
  rule: WithTransform<Rule>,
  column: Column | undefined,
  limits: SharedLimits,
  key: Uint8Array,
  replace: Replace,
): Transform {
  switch (rule.kind) {
    case 'shift-days':
      return shifted(key, rule.days);
    case 'noise':
      return noisy(key, rule.share, largestWhole(column?.type));
    case 'json':
      return jsonTransform(
        rule.paths.map(([path, leaf]) => jsonRule(path, leaf, key)),
        replace,
      );
    default: {
      const transform = leafTransform(rule, column, limits, key);
      const byValue = rule.kind === 'hash' || rule.kind === 'pseudonym';
      return (limits.caseless || limits.padded) && byValue ? ofCompared(transform, limits) : transform;
    }
  }
}

function jsonRule(path: string, leaf: LeafRule, key: Uint8Array): JsonRule {
  const leaves = leaf.kind === 'keep' || leaf.kind === 'emails';
  // Paths have been checked before.
  return {
    path: parsePath(path) ?? [],
    transform: leaves ? leaf.kind : leafTransform(leaf, undefined, unlimited, key),
  };
}

/** The transform of what the columns compare. */
function ofCompared(transform: Transform, { caseless, padded }: SharedLimits): Transform {
  return (bytes, from, to, out, by) => {
    const text = bytes.toString('utf8', from, to);
    const seen = padded ? text.replace(/ +$/, '') : text;
    const compared = Buffer.from(caseless ? seen.toLowerCase() : seen);
    return transform(compared, 0, compared.length, out, by);
  };
}

function leafTransform(
  rule: WithTransform<LeafRule>,
  column: Column | undefined,
  { maxCharacters, bits }: SharedLimits,
  key: Uint8Array,
): Transform {
  switch (rule.kind) {
    case 'null':
      return toNull;
    case 'fixed':
      return toFixed(rule.text);
    case 'mask':
      return masked(rule.keepFirst, rule.keepLast);
    case 'hash':
      return hashed(key, shapeOf(column), rule.length ?? Math.min(allDigits, maxCharacters));
    case 'pseudonym':
      return pseudonym(key, shapeOf(column), maxCharacters, bits);
    case 'fake':
      return faked(key, rule.fake);
  }
}

function shapeOf(column: Column | undefined): Shape {
  const base = column?.type.base;
  return base === 'uuid' || base === 'bytes' || base === 'integer' ? base : 'text';
}

/** Bits of an integer type, without the sign. */
export function bitsOf({ underlying }: ColumnType): number {
  if (/^tinyint/i.test(underlying)) return 7;
  if (/^mediumint/i.test(underlying)) return 23;
  if (/small|int2/i.test(underlying)) return 15;
  return /big|int8/i.test(underlying) ? maxBits : 31;
}

/** The largest whole part that the type can hold; undefined for no limit. */
function largestWhole(type: ColumnType | undefined): bigint | undefined {
  if (type?.base === 'integer') return 2n ** BigInt(bitsOf(type)) - 1n;
  const [, precision, scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type?.underlying ?? '') ?? [];
  // A scale beyond the precision leaves no whole part.
  if (precision === undefined || Number(scale) > Number(precision)) return undefined;
  return 10n ** BigInt(Number(precision) - Number(scale)) - 1n;
}
