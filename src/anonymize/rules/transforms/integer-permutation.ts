/** The rule `pseudonym` for integers: a keyed permutation, so that unique numbers stay unique. */
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Transform } from './transform.ts';

const rounds = 6;
/** Bits of the largest integer type, without the sign. */
const maxBits = 63;

/** Whole numbers that are permuted among themselves, by their size without the sign. */
interface Band {
  readonly from: bigint;
  readonly to: bigint;
  readonly permute: (value: bigint) => bigint;
}

/**
 * Permutes whole numbers; the sign stays. Where columns of different width are linked, those that the narrower holds are permuted
 * among themselves, and so is what only the wider holds: equal values become equal in each of them.
 * @param widths bits of the types among the linked columns, without the sign
 */
export function permuted(key: Uint8Array, widths: readonly number[]): Transform {
  const bands = bandsOf(key, widths);
  return (bytes, from, to, out) => {
    const text = bytes.toString('latin1', from, to).trim();
    const negative = text.startsWith('-');
    const value = BigInt(negative ? text.slice(1) : text);
    const band = bands.find((one) => value < one.to);
    out.string(`${negative ? '-' : ''}${band === undefined ? value : replaced(value, negative, band)}`);
    return 'plain';
  };
}

function bandsOf(key: Uint8Array, widths: readonly number[]): readonly Band[] {
  const sorted = [...new Set([...widths, Math.max(maxBits, ...widths)])].sort((one, other) => one - other);
  return sorted.map((bits, index) => ({
    from: index === 0 ? 0n : 1n << BigInt(sorted[index - 1] as number),
    to: 1n << BigInt(bits),
    permute: permutation(key, bits),
  }));
}

/** Goes on through the permutation until the number is in its band again. */
function replaced(value: bigint, negative: boolean, { from, permute }: Band): bigint {
  // The smallest number of a type has no positive twin: it is in the range of its type only as it is.
  if (negative && from > 0n && value === from) return value;
  // There is no -0: it would be the same as 0.
  const taken = (one: bigint): boolean => one < from || (negative && one === from);
  let next = permute(value);
  while (taken(next)) next = permute(next);
  return next;
}

/** A Feistel network. A number that leaves the range goes through it again, until it is back inside. */
function permutation(key: Uint8Array, bits: number): (value: bigint) => bigint {
  const keyed = new KeyedHash(key, `integer-${bits}`);
  const half = BigInt(Math.ceil(bits / 2));
  const mask = (1n << half) - 1n;
  const limit = 1n << BigInt(bits);
  const input = Buffer.alloc(9);
  const once = (value: bigint): bigint => {
    let left = value >> half;
    let right = value & mask;
    for (let round = 0; round < rounds; round += 1) {
      input.writeBigUInt64BE(right);
      input[8] = round;
      const words = keyed.digest(input, 0, 9);
      const mixed = ((BigInt(words[0] as number) << 32n) | BigInt(words[1] as number)) & mask;
      [left, right] = [right, left ^ mixed];
    }
    return (left << half) | right;
  };
  return (from) => {
    let value = from;
    do value = once(value);
    while (value >= limit);
    return value;
  };
}
