/** The transformation that a rule means for a column of its type. */

import type { Replace } from '../../emails/replacement.ts';
import type { Column } from '../../schema/catalogue.ts';
import type { LeafRule, Rule } from '../file/rules-file.ts';
import { type JsonRule, jsonTransform, parsePath } from './json.ts';
import { hashed, pseudonym, type Shape } from './pseudonyms.ts';
import { noisy, shifted } from './quantities.ts';
import { faked, masked, type Transform, toFixed, toNull } from './transform.ts';

/** The narrowest of the columns that share their values. */
export interface Shared {
  readonly maxCharacters: number;
  /** Of integers, without the sign. */
  readonly bits: number;
  /** Whether values that only differ in upper and lower case are equal. */
  readonly caseless: boolean;
}

export function transformOf(
  rule: Exclude<Rule, 'keep' | 'addresses'>,
  column: Column | undefined,
  shared: Shared,
  key: Uint8Array,
  replace: Replace,
): Transform {
  if (rule !== null && typeof rule === 'object') {
    if ('shift-days' in rule) return shifted(key, rule['shift-days']);
    if ('noise' in rule) return noisy(key, Number.parseFloat(rule.noise) / 100, largest(column));
    if ('json' in rule) {
      const rules = Object.entries(rule.json).map(
        ([path, leaf]): JsonRule => ({
          path: parsePath(path) ?? [],
          transform: leaf === 'keep' || leaf === 'addresses' ? leaf : leafTransform(leaf, undefined, unlimited, key),
        }),
      );
      return jsonTransform(rules, replace);
    }
  }
  const transform = leafTransform(rule as Exclude<LeafRule, 'keep' | 'addresses'>, column, shared, key);
  const byValue =
    rule === 'hash' || rule === 'pseudonym' || (typeof rule === 'object' && rule !== null && 'hash' in rule);
  return shared.caseless && byValue ? lowerFirst(transform) : transform;
}

const unlimited: Shared = { maxCharacters: Number.POSITIVE_INFINITY, bits: 63, caseless: false };

function lowerFirst(transform: Transform): Transform {
  return (bytes, from, to, out, by) => {
    const low = Buffer.from(bytes.toString('utf8', from, to).toLowerCase());
    return transform(low, 0, low.length, out, by);
  };
}

function leafTransform(
  rule: Exclude<LeafRule, 'keep' | 'addresses'>,
  column: Column | undefined,
  { maxCharacters: max, bits }: Shared,
  key: Uint8Array,
): Transform {
  const shape = shapeOf(column);
  switch (rule) {
    case null:
    case 'null':
      return toNull;
    case 'mask':
      return masked(0, 0);
    case 'hash':
      return hashed(key, shape, Math.min(64, max));
    case 'pseudonym':
      return pseudonym(key, shape, max, bits);
  }
  if ('fixed' in rule) return toFixed(String(rule.fixed));
  if ('hash' in rule) return hashed(key, shape, rule.hash.length);
  if ('fake' in rule) return faked(key, rule.fake);
  return masked(rule.mask['keep-first'] ?? 0, rule.mask['keep-last'] ?? 0);
}

function shapeOf(column: Column | undefined): Shape {
  const base = column?.type.base;
  return base === 'uuid' ? 'uuid' : base === 'bytes' ? 'bytes' : base === 'integer' ? 'integer' : 'text';
}

export function bitsOf(column: Column | undefined): number {
  const written = column?.type.underlying.toLowerCase() ?? '';
  return /small|int2/.test(written) ? 15 : /big|int8/.test(written) ? 63 : 31;
}

/** The largest whole part that the type can hold. */
function largest(column: Column | undefined): bigint | undefined {
  if (column?.type.base === 'integer') return 2n ** BigInt(bitsOf(column)) - 1n;
  const digits = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(column?.type.underlying ?? '');
  // A scale beyond the precision leaves no whole part.
  if (digits && Number(digits[2] ?? 0) > Number(digits[1])) return undefined;
  return digits ? 10n ** BigInt(Number(digits[1]) - Number(digits[2] ?? 0)) - 1n : undefined;
}
