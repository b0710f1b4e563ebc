/**
 * Memory that two threads see: rows on their way there, and what becomes of them on their way back. It is used again and again; buffers
 * that change hands would count as new ones each time, and call for garbage collection.
 */

/** A block of rows, and its result. */
export interface Slot {
  /** -1 for one that is used once. */
  readonly id: number;
  readonly input: SharedArrayBuffer;
  readonly output: SharedArrayBuffer;
}

export class BlockBuffers {
  readonly #size: number;
  readonly #free: Slot[] = [];
  #count = 0;

  /** @param size of most blocks, in bytes */
  constructor(size: number) {
    this.#size = size;
  }

  take(size: number): Slot {
    if (size > this.#size) return slotOf(-1, size);
    const free = this.#free.pop();
    if (free) return free;
    this.#count += 1;
    return slotOf(this.#count, this.#size);
  }

  /** Gives back one that nobody reads any more. */
  release(slot: Slot): void {
    if (slot.id >= 0) this.#free.push(slot);
  }
}

function slotOf(id: number, size: number): Slot {
  // What rules make of a block may be somewhat longer.
  return { id, input: new SharedArrayBuffer(size), output: new SharedArrayBuffer(size + (size >> 2)) };
}
