/** Line ends of Windows and of terminals, as pg_dump writes them: LF. */

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Turns CR LF into LF, wherever the chunks end. */
export class LineEnds {
  /** Whether the last chunk ended with a CR, which is held back. */
  #held = false;

  /** @returns the chunk with its line ends turned; a buffer of its own */
  turn(chunk: Uint8Array): Buffer {
    const out = Buffer.allocUnsafe(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (this.#held && byte !== newline) {
        out[length] = carriageReturn;
        length += 1;
      }
      this.#held = byte === carriageReturn;
      if (this.#held) continue;
      out[length] = byte;
      length += 1;
    }
    return out.subarray(0, length);
  }

  /** What was held back at the end of the file. */
  rest(): Buffer {
    return Buffer.from(this.#held ? '\r' : '');
  }
}
