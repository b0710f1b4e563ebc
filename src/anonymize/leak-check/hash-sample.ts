/** Hashes of values, in a set of bounded size. */

/** Hashes that are kept; beyond that number, the set keeps those with the smallest hashes. */
const capacity = 250_000;

/**
 * A hash of 52 bits: two hashes with different constants, four bytes at a time. Each product carries differences to its high
 * bits, which are folded back to the low ones. It resists chance, not an attacker: a collision only costs a false finding.
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

/** A sample for another thread. */
export interface HashesOfSample {
  readonly hashes: Float64Array;
  readonly limit: number;
}

/**
 * A set of hashes in one block of memory, each with a small number. When it is full, it halves the range of hashes that it
 * keeps: two samples then still hold the same values wherever both ranges reach.
 */
export class HashSample {
  #slots = new Float64Array(4096);
  #tags = new Uint32Array(4096);
  #limit = Number.POSITIVE_INFINITY;
  #size = 0;

  /** Larger hashes are not kept. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether every hash that was added is kept. */
  get isComplete(): boolean {
    return this.#limit === Number.POSITIVE_INFINITY;
  }

  add(hash: number, tag: number): void {
    if (hash > this.#limit) return;
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] === hash) return;
    this.#slots[slot] = hash;
    this.#tags[slot] = tag;
    this.#size += 1;
    while (this.#size > capacity) this.#halve();
    if (this.#size * 2 > this.#slots.length) this.#rebuild(this.#slots.length * 2);
  }

  /** Adds what another sample holds: the same as if every hash had been added to this one. */
  merge({ hashes, limit }: HashesOfSample): void {
    this.#limit = Math.min(this.#limit, limit);
    this.#rebuild(this.#slots.length);
    for (const hash of hashes) this.add(hash, 0);
  }

  /** What it holds, without the numbers. */
  hashes(): HashesOfSample {
    return { hashes: this.#slots.filter((hash) => hash !== 0), limit: this.#limit };
  }

  has(hash: number): boolean {
    return this.#slots[this.#slotOf(hash)] === hash;
  }

  *entries(): Generator<readonly [hash: number, tag: number]> {
    for (let slot = 0; slot < this.#slots.length; slot += 1) {
      const hash = this.#slots[slot] as number;
      if (hash !== 0) yield [hash, this.#tags[slot] as number];
    }
  }

  /** The slot that holds the hash, or the empty one where it belongs. */
  #slotOf(hash: number): number {
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
    this.#size = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const hash = slots[index] as number;
      if (hash === 0 || hash > this.#limit) continue;
      const slot = this.#slotOf(hash);
      this.#slots[slot] = hash;
      this.#tags[slot] = tags[index] as number;
      this.#size += 1;
    }
  }
}
