/** The bytes of a stream that have arrived and are not used yet, in one buffer. */
export class SlidingBuffer {
  bytes: Buffer;
  /** Start and end of what is not used yet. */
  from = 0;
  to = 0;
  /** Bytes of the stream before the start of `bytes`. */
  #offset = 0;
  readonly #usualSize: number;

  /** @param usualSize to which the buffer grows as bytes arrive; it is larger only while unused bytes need it */
  constructor(firstSize: number, usualSize: number) {
    this.bytes = Buffer.allocUnsafeSlow(firstSize);
    this.#usualSize = usualSize;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** Position in the stream of a position in the buffer. */
  offsetOf(position: number): number {
    return this.#offset + position;
  }

  /** @returns by how much the unused bytes have moved down */
  append(chunk: Uint8Array): number {
    const moved = this.to + chunk.length > this.bytes.length ? this.#compact(chunk.length) : 0;
    this.bytes.set(chunk, this.to);
    this.to += chunk.length;
    return moved;
  }

  /** Moves the unused bytes to the start, with room for `more`. @returns by how much they moved */
  #compact(more: number): number {
    const moved = this.from;
    const needed = this.length + more;
    let size = this.bytes.length;
    if (size < this.#usualSize) size *= 2;
    if (size < needed) size = needed + (needed >> 2);
    // After something long, back to the usual size.
    else if (size > this.#usualSize && needed <= this.#usualSize) size = this.#usualSize;
    const target = size === this.bytes.length ? this.bytes : Buffer.allocUnsafeSlow(size);
    this.bytes.copy(target, 0, this.from, this.to);
    // Freed at once: left to the garbage collector, some buffers of a long row would be there together.
    if (target !== this.bytes) (this.bytes.buffer as ArrayBuffer).transfer(0);
    this.bytes = target;
    this.#offset += moved;
    this.to -= moved;
    this.from = 0;
    return moved;
  }
}
