/** The transform of a rule for a column, which depends on the column's type. */
import type { Replace } from '../../emails/replacement.ts';
import type { Folder } from '../../schema/collations.ts';
import type { Column } from '../../schema/table.ts';
import type { ColumnType } from '../../schema/types.ts';
import type { AddressForm } from '../addresses/form.ts';
import type { LeafRule, Rule } from '../file/rule.ts';
import { faked } from './fakes.ts';
import { hashed, type Shape } from './hash.ts';
import { permuted } from './integer-permutation.ts';
import { type JsonRule, jsonTransform } from './json.ts';
import { parsePath } from './json-path.ts';
import { masked } from './mask.ts';
import { type NumberLimits, noisy } from './noise.ts';
import { pseudonym } from './pseudonym.ts';
import { shifted } from './shift-days.ts';
import { type Transform, toFixed, toNull } from './transform.ts';

/** Rules that keep values, or replace only the addresses in them, have no transform. */
type WithTransform<R extends Rule> = Exclude<R, { readonly kind: 'keep' | 'emails' }>;

/** Limits that hold for all columns with shared values: equal values must become equal in each of them. */
export interface SharedLimits {
  /** Of the shortest column. */
  readonly maxCharacters: number;
  /** Bits of the integer types, without the sign. */
  readonly widths: readonly number[];
  /** Whether values that differ only in upper and lower case are equal in one of them. */
  readonly caseless: boolean;
  /** Whether blanks at the end do not count in one of them. */
  readonly padded: boolean;
  /** Whether the column takes a date or a number; undefined where it takes all of its type. */
  readonly fits?: ((text: string) => boolean) | undefined;
  /** Tests that the pseudonym of a number must pass where the number does, and fail where it does not. */
  readonly classes?: readonly ((text: string) => boolean)[];
  /** Makes values the same that a collation of one of them takes for equal. */
  readonly fold?: Folder | undefined;
  /** The column, for errors: `shop.users.profile`. */
  readonly place?: string | undefined;
  /** The form of their addresses, where it is not the usual one. */
  readonly form?: AddressForm | undefined;
}

/** Bits of the largest integer type, without the sign. */
const maxBits = 63;
const unlimited: SharedLimits = {
  maxCharacters: Number.POSITIVE_INFINITY,
  widths: [maxBits],
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
      return shifted(key, rule.days, limits.fits);
    case 'noise':
      return noisy(key, rule.share, numberLimits(column?.type), limits.fits);
    case 'json':
      return jsonTransform(
        rule.paths.map(([path, leaf]) => jsonRule(path, leaf, key)),
        replace,
        limits.place ?? 'a column',
      );
    default: {
      const transform = leafTransform(rule, column, limits, key);
      const byValue = rule.kind === 'hash' || rule.kind === 'pseudonym';
      return (limits.caseless || limits.padded || limits.fold) && byValue ? ofCompared(transform, limits) : transform;
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
function ofCompared(transform: Transform, { caseless, padded, fold }: SharedLimits): Transform {
  return (bytes, from, to, out, by) => {
    const text = bytes.toString('utf8', from, to);
    const seen = padded ? text.replace(/ +$/, '') : text;
    const lower = caseless ? seen.toLowerCase() : seen;
    const compared = Buffer.from(fold === undefined ? lower : fold(lower));
    return transform(compared, 0, compared.length, out, by);
  };
}

function leafTransform(
  rule: WithTransform<LeafRule>,
  column: Column | undefined,
  { maxCharacters, widths, form, classes }: SharedLimits,
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
      if (shapeOf(column) === 'integer') return permuted(key, widths, classes);
      return pseudonym(key, shapeOf(column), maxCharacters, form);
    case 'fake':
      return faked(key, rule.fake);
  }
}

function shapeOf(column: Column | undefined): Shape {
  const base = column?.type.base;
  return base === 'uuid' || base === 'bytes' || base === 'integer' ? base : 'text';
}

/** Bits of an integer type, without the sign; of an unsigned one, also of what a signed one holds. */
export function widthsOf(type: ColumnType): readonly number[] {
  const bits = bitsOf(type);
  return /\bunsigned\b/i.test(type.underlying) ? [bits, bits + 1] : [bits];
}

function bitsOf({ underlying }: ColumnType): number {
  if (/^tinyint/i.test(underlying)) return 7;
  if (/^mediumint/i.test(underlying)) return 23;
  if (/small|int2/i.test(underlying)) return 15;
  return /big|int8/i.test(underlying) ? maxBits : 31;
}

/** Of binary fractions (PostgreSQL manual, "Floating-Point Types"; IEEE 754), with a margin for how the server rounds. */
const binaryLimits: readonly (readonly [RegExp, NumberLimits['binary'] & object])[] = [
  [/^(real|float4|float)$/i, { smallest: 1.5e-45, largest: 3.4e38 }],
  [/^(double precision|float8|double)$/i, { smallest: 5e-324, largest: 1.797e308 }],
];
/** Whole units below the largest amount of money of PostgreSQL, 92233720368547758.07. */
const largestMoney = 92_233_720_368_547_757n;

/** What the type can hold. */
function numberLimits(type: ColumnType | undefined): NumberLimits {
  const underlying = type?.underlying ?? '';
  if (type?.base === 'integer') {
    const bits = Math.max(...widthsOf(type));
    return { whole: 2n ** BigInt(bits) - 1n };
  }
  if (/\bmoney$/i.test(underlying)) return { whole: largestMoney };
  const binary = binaryLimits.find(([pattern]) => pattern.test(underlying.replace(/\(\s*\d+\s*\)/, '').trim()))?.[1];
  if (binary !== undefined) return { whole: undefined, binary };
  const [, precision, scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)/.exec(underlying) ?? [];
  // A scale beyond the precision leaves no whole part.
  if (precision === undefined || Number(scale) > Number(precision)) return { whole: undefined };
  // A negative scale rounds to tens, hundreds, …
  return { whole: 10n ** BigInt(Number(precision) - Number(scale)) - 10n ** BigInt(Math.max(0, -Number(scale))) };
}
