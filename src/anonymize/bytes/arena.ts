/**
 * Texts written one behind the other into one buffer that is used again: millions of values, each with a buffer of its own,
 * would keep the garbage collector busy.
 */
export class Arena {
  /** Exchanged for a larger one when it is full; positions stay. */
  bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  /** Begin of the text that is being written. */
  begin = 0;
  /** Its end so far. Who writes calls `reserve` first, and moves this on. */
  end = 0;

  /** From here on everything may be overwritten. */
  clear(): void {
    this.begin = 0;
    this.end = 0;
  }

  /** Begins another text behind the last one. */
  next(): void {
    this.begin = this.end;
  }

  /** @returns the bytes, with room for so many more at `end` */
  reserve(size: number): Buffer {
    if (this.end + size > this.bytes.length) this.#grow(size);
    return this.bytes;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * (this.end + size));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }

  append(source: Buffer, from: number, to: number): void {
    const out = this.reserve(to - from);
    const at = this.end - from;
    // For a few bytes the call costs more than the copy.
    if (to - from < 48) for (let index = from; index < to; index += 1) out[at + index] = source[index] as number;
    else source.copy(out, this.end, from, to);
    this.end += to - from;
  }

  byte(value: number): void {
    this.reserve(1)[this.end] = value;
    this.end += 1;
  }

  /** A whole number from 0 to 2^53, with zeros before it up to so many digits. */
  decimal(value: number, digits: number): void {
    let length = 1;
    for (let limit = 10; limit <= value; limit *= 10) length += 1;
    if (length < digits) length = digits;
    const out = this.reserve(length);
    let rest = value;
    for (let at = this.end + length - 1; at >= this.end; at -= 1) {
      const next = Math.floor(rest / 10);
      out[at] = 0x30 + rest - next * 10;
      rest = next;
    }
    this.end += length;
  }

  string(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): void {
    // Three bytes are the most that a unit of UTF-16 takes.
    this.end += this.reserve(3 * text.length).write(text, this.end, encoding);
  }

  /** The text that was written last, valid until the arena is cleared. */
  text(): Buffer {
    return this.bytes.subarray(this.begin, this.end);
  }
}
