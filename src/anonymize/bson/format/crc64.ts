/**
 * CRC-64/XZ, which mongodump writes at the end of each collection (Go's hash/crc64 with the table ECMA; mongo-tools
 * common/archive/multiplexer.go). In two halves of 32 bits, since JavaScript's integers of 64 bits are slow; eight bytes at a time.
 */

const polynomialHigh = 0xc96c5795;
const polynomialLow = 0xd7870f42;

/** Eight tables of 256: what a byte does to the checksum when so many bytes follow it. */
const high = new Uint32Array(8 * 256);
const low = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte += 1) {
  let [h, l] = [0, byte];
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = l & 1;
    l = (l >>> 1) | (h << 31);
    h >>>= 1;
    if (odd === 1) {
      h ^= polynomialHigh;
      l ^= polynomialLow;
    }
  }
  high[byte] = h;
  low[byte] = l;
}
for (let index = 256; index < 8 * 256; index += 1) {
  const [h, l] = [high[index - 256] as number, low[index - 256] as number];
  const entry = l & 255;
  low[index] = ((l >>> 8) | (h << 24)) ^ (low[entry] as number);
  high[index] = (h >>> 8) ^ (high[entry] as number);
}

export class Crc64 {
  #high = 0xffffffff | 0;
  #low = 0xffffffff | 0;

  update(bytes: Uint8Array, from: number, to: number): void {
    let h = this.#high;
    let l = this.#low;
    let at = from;
    for (; at + 8 <= to; at += 8) {
      l ^=
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
      h ^=
        (bytes[at + 4] as number) |
        ((bytes[at + 5] as number) << 8) |
        ((bytes[at + 6] as number) << 16) |
        ((bytes[at + 7] as number) << 24);
      // No list for the eight entries: it would be garbage for every eight bytes.
      const nextLow =
        (low[1792 + (l & 255)] as number) ^
        (low[1536 + ((l >>> 8) & 255)] as number) ^
        (low[1280 + ((l >>> 16) & 255)] as number) ^
        (low[1024 + (l >>> 24)] as number) ^
        (low[768 + (h & 255)] as number) ^
        (low[512 + ((h >>> 8) & 255)] as number) ^
        (low[256 + ((h >>> 16) & 255)] as number) ^
        (low[h >>> 24] as number);
      h =
        (high[1792 + (l & 255)] as number) ^
        (high[1536 + ((l >>> 8) & 255)] as number) ^
        (high[1280 + ((l >>> 16) & 255)] as number) ^
        (high[1024 + (l >>> 24)] as number) ^
        (high[768 + (h & 255)] as number) ^
        (high[512 + ((h >>> 8) & 255)] as number) ^
        (high[256 + ((h >>> 16) & 255)] as number) ^
        (high[h >>> 24] as number);
      l = nextLow;
    }
    for (; at < to; at += 1) {
      const entry = (l ^ (bytes[at] as number)) & 255;
      l = ((l >>> 8) | (h << 24)) ^ (low[entry] as number);
      h = (h >>> 8) ^ (high[entry] as number);
    }
    this.#high = h;
    this.#low = l;
  }

  /** The checksum of all bytes so far. */
  value(): bigint {
    return (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0);
  }
}
