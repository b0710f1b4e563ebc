/** The rule `pseudonym` for integers: a keyed permutation, so that unique numbers stay unique. */
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Transform } from './transform.ts';

const rounds = 6;
/** Bits of the largest integer type, without the sign. */
const maxBits = 63;

/**
 * Permutes the whole numbers of `bits` bits; the sign stays. Larger numbers occur where a column is wider than others that
 * are linked to it: they are permuted among themselves.
 */
export function permuted(key: Uint8Array, bits: number): Transform {
  const within = permutation(key, bits);
  const beyond = permutation(key, maxBits);
  const limit = 1n << BigInt(bits);
  return (bytes, from, to, out) => {
    const text = bytes.toString('latin1', from, to).trim();
    const negative = text.startsWith('-');
    let value = BigInt(negative ? text.slice(1) : text);
    if (value < limit) value = within(value);
    else if (value < 1n << BigInt(maxBits))
      do value = beyond(value);
      while (value < limit);
    out.string(`${negative ? '-' : ''}${value}`);
    return 'plain';
  };
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
