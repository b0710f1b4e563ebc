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
 * @param classes tests of CHECKs and partitions: a number and its pseudonym pass the same ones
 */
export function permuted(key: Uint8Array, widths: readonly number[], classes: readonly Test[] = []): Transform {
  const bands = bandsOf(key, widths);
  const narrow = classes.length === 0 ? undefined : narrowBands(key, Math.min(...widths, maxBits), classes);
  return (bytes, from, to, out) => {
    const text = bytes.toString('latin1', from, to).trim();
    const negative = text.startsWith('-');
    const value = BigInt(negative ? text.slice(1) : text);
    const sign = negative ? '-' : '';
    const passed = classes.map((test) => test(text));
    const own = passed.every(Boolean) ? narrow?.(negative) : undefined;
    const band = own !== undefined && value < own.to ? own : bands.find((one) => value < one.to);
    const isSame = (next: bigint): boolean => classes.every((test, index) => test(`${sign}${next}`) === passed[index]);
    out.string(`${sign}${band === undefined ? value : replaced(value, negative, band, isSame)}`);
    return 'plain';
  };
}

/** Whether a CHECK or the partitions take a number, as the dump writes it. */
export type Test = (text: string) => boolean;

/** Bits of the largest number, without the sign, that a test takes. */
export function bitsTaken(classes: readonly Test[], sign: '' | '-', bits: number): number {
  for (let bit = bits - 1; bit >= 0; bit -= 1) {
    const ends = [1n << BigInt(bit), (1n << BigInt(bit + 1)) - 1n];
    if (ends.some((end) => classes.every((test) => test(`${sign}${end}`)))) return bit + 1;
  }
  return 0;
}

/** Where tests take only small numbers, those are permuted among themselves: the way through all others would be long. */
function narrowBands(key: Uint8Array, bits: number, classes: readonly Test[]): (negative: boolean) => Band | undefined {
  const [above, below] = (['', '-'] as const).map((sign): Band | undefined => {
    const taken = bitsTaken(classes, sign, bits);
    return taken > 0 && taken < bits
      ? { from: 0n, to: 1n << BigInt(taken), permute: permutation(key, Math.max(taken, 2)) }
      : undefined;
  });
  return (negative) => (negative ? below : above);
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
function replaced(
  value: bigint,
  negative: boolean,
  { from, permute }: Band,
  isSame: (next: bigint) => boolean,
): bigint {
  // The smallest number of a type has no positive twin: it is in the range of its type only as it is.
  if (negative && from > 0n && value === from) return value;
  // There is no -0: it would be the same as 0.
  const taken = (one: bigint): boolean => one < from || (negative && one === from) || !isSame(one);
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
