/** What is to be written instead of parts of a buffer: positions in ascending order, in arrays that are used again. */
export class Patches {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly texts: Buffer[] = [];

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number, text: Buffer): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.texts[this.count] = text;
    this.count += 1;
  }

  /** Puts one where it belongs among those there are. */
  insert(start: number, end: number, text: Buffer): void {
    let at = this.count;
    while (at > 0 && (this.starts[at - 1] as number) > start) at -= 1;
    this.starts.length = this.ends.length = this.texts.length = this.count;
    this.starts.splice(at, 0, start);
    this.ends.splice(at, 0, end);
    this.texts.splice(at, 0, text);
    this.count += 1;
  }

  /** The bytes between `from` and `to` as patched. */
  apply(bytes: Buffer, from: number, to: number): Buffer {
    const parts: Buffer[] = [];
    let at = from;
    for (let index = 0; index < this.count; index += 1) {
      parts.push(bytes.subarray(at, this.starts[index]), this.texts[index] as Buffer);
      at = this.ends[index] as number;
    }
    parts.push(bytes.subarray(at, to));
    return Buffer.concat(parts);
  }
}
