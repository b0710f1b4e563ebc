/**
 * Whether values that were to be replaced stand elsewhere. Both sides are kept as hashes, of a fixed number: when there
 * are more, both keep those with the smallest hashes, so that the same values are compared on both sides.
 */

/** Hashes kept on each side; beyond, the comparison is of a sample. */
const capacity = 250_000;
/** Values shorter than this are words that stand anywhere; longer ones are not values of a person. */
export const shortestValue = 6;
export const longestValue = 64;

/**
 * 52 bits of two hashes that differ in their numbers, four bytes at a time: multiplied, and the high bits, to which a product
 * carries what differs, brought back to the low ones. Not against anybody who looks for collisions: those only cost a look.
 * Never 0.
 */
export function valueHash(bytes: Uint8Array, from: number, to: number): number {
  let one = 0x811c9dc5 ^ (to - from);
  let two = 0x9747b28c;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    one = Math.imul(one ^ word, 0x85ebca6b);
    one ^= one >>> 15;
    two = Math.imul(two ^ word, 0xc2b2ae35);
    two ^= two >>> 13;
  }
  for (; at < to; at += 1) {
    one = Math.imul(one ^ (bytes[at] as number), 0x85ebca6b);
    two = Math.imul(two ^ (bytes[at] as number), 0xc2b2ae35);
    one ^= one >>> 15;
    two ^= two >>> 13;
  }
  one = Math.imul(one, 0xcc9e2d51);
  one ^= one >>> 16;
  return (one >>> 0) * 2 ** 20 + (two >>> 12) + 1;
}

/** A set of hashes in one block of memory, each with a small number. */
export class HashSample {
  #slots = new Float64Array(4096);
  #tags = new Uint32Array(4096);
  #limit = Number.POSITIVE_INFINITY;
  size = 0;

  /** Hashes above this are not kept any more. */
  get limit(): number {
    return this.#limit;
  }

  add(hash: number, tag: number): void {
    if (hash > this.#limit) return;
    const slot = this.#find(hash);
    if (this.#slots[slot] === hash) return;
    this.#slots[slot] = hash;
    this.#tags[slot] = tag;
    this.size += 1;
    if (this.size > capacity) this.#halve();
    else if (this.size * 2 > this.#slots.length) this.#rebuild(this.#slots.length * 2);
  }

  has(hash: number): boolean {
    return this.#slots[this.#find(hash)] === hash;
  }

  *entries(): Generator<readonly [hash: number, tag: number]> {
    for (let slot = 0; slot < this.#slots.length; slot += 1) {
      const hash = this.#slots[slot] as number;
      if (hash !== 0) yield [hash, this.#tags[slot] as number];
    }
  }

  #find(hash: number): number {
    const mask = this.#slots.length - 1;
    // The low bits of the hash.
    let slot = (hash | 0) & mask;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #halve(): void {
    this.#limit = Math.min(this.#limit, 2 ** 52) / 2;
    this.#rebuild(this.#slots.length);
  }

  #rebuild(length: number): void {
    const [slots, tags] = [this.#slots, this.#tags];
    this.#slots = new Float64Array(length);
    this.#tags = new Uint32Array(length);
    this.size = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const hash = slots[index] as number;
      if (hash === 0 || hash > this.#limit) continue;
      const slot = this.#find(hash);
      this.#slots[slot] = hash;
      this.#tags[slot] = tags[index] as number;
      this.size += 1;
    }
  }
}
