/**
 * Texts written one after another into one reused buffer. A buffer for each of millions of values would keep the garbage
 * collector busy.
 */
export class Arena {
  /** Replaced by a larger buffer when full; positions stay valid. */
  bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  /** Start of the current text. */
  begin = 0;
  /** End of the current text. A caller that writes into `bytes` itself calls `reserve` first and then moves `end`. */
  end = 0;

  /** Starts over: everything may be overwritten. */
  clear(): void {
    this.begin = 0;
    this.end = 0;
  }

  /** Starts a new text after the current one. */
  next(): void {
    this.begin = this.end;
  }

  /** Makes room for `size` more bytes at `end`. @returns the buffer */
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

  /** Writes a whole number from 0 to 2^53, padded with zeros to at least `digits` digits. */
  decimal(value: number, digits: number): void {
    let length = 1;
    for (let limit = 10; limit <= value; limit *= 10) length += 1;
    if (length < digits) length = digits;
    const out = this.reserve(length);
    let remaining = value;
    for (let at = this.end + length - 1; at >= this.end; at -= 1) {
      const next = Math.floor(remaining / 10);
      out[at] = 0x30 + remaining - next * 10;
      remaining = next;
    }
    this.end += length;
  }

  string(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): void {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    this.end += this.reserve(3 * text.length).write(text, this.end, encoding);
  }

  /** The current text; valid until the arena is cleared. */
  text(): Buffer {
    return this.bytes.subarray(this.begin, this.end);
  }
}
