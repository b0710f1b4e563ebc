/** Hashes written as text: eight words, the highest bits of the first word first. */

const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz234567');

/** Writes letters of base 32 (RFC 4648), five bits each. @param letters 51 at most */
export function writeBase32(hash: Uint32Array, letters: number, out: Uint8Array, at: number): void {
  let bits = 0;
  let count = 0;
  let word = 0;
  for (let end = at + letters, to = at; to < end; to += 1) {
    if (count < 5) {
      // The remaining bits of one word and the first of the next.
      const next = hash[word] as number;
      const wanted = 5 - count;
      out[to] = alphabet[((bits << wanted) | (next >>> (32 - wanted))) & 31] as number;
      word += 1;
      bits = next;
      count = 32 - wanted;
      continue;
    }
    count -= 5;
    out[to] = alphabet[(bits >>> count) & 31] as number;
  }
}

const hexDigits = Buffer.from('0123456789abcdef');

/** The character code of a hexadecimal digit. @param digit 0 to 63 */
export function hexDigit(hash: Uint32Array, digit: number): number {
  return hexDigits[((hash[digit >> 3] as number) >>> (28 - (digit & 7) * 4)) & 15] as number;
}

/** Writes hexadecimal digits. @param digits 64 at most */
export function writeHex(hash: Uint32Array, digits: number, out: Uint8Array, at: number): void {
  let to = at;
  let word = 0;
  for (; to + 8 <= at + digits; to += 8, word += 1) {
    const bits = hash[word] as number;
    out[to] = hexDigits[bits >>> 28] as number;
    out[to + 1] = hexDigits[(bits >>> 24) & 15] as number;
    out[to + 2] = hexDigits[(bits >>> 20) & 15] as number;
    out[to + 3] = hexDigits[(bits >>> 16) & 15] as number;
    out[to + 4] = hexDigits[(bits >>> 12) & 15] as number;
    out[to + 5] = hexDigits[(bits >>> 8) & 15] as number;
    out[to + 6] = hexDigits[(bits >>> 4) & 15] as number;
    out[to + 7] = hexDigits[bits & 15] as number;
  }
  for (; to < at + digits; to += 1) out[to] = hexDigit(hash, to - at);
}
