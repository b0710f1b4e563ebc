/** What is to be written instead of parts of a buffer: positions in ascending order, in arrays that are used again. */
import type { Arena } from './arena.ts';

export class Patches {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The buffer in which each text stands, and where: an arena holds many. */
  readonly texts: Buffer[] = [];
  readonly textStarts: number[] = [];
  readonly textEnds: number[] = [];

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number, text: Buffer): void {
    this.#set(this.count, start, end, text, 0, text.length);
    this.count += 1;
  }

  /** With the text that the arena holds last; it must not be cleared before the patches are. */
  addLast(start: number, end: number, arena: Arena): void {
    this.#set(this.count, start, end, arena.bytes, arena.begin, arena.end);
    this.count += 1;
  }

  #set(index: number, start: number, end: number, text: Buffer, textStart: number, textEnd: number): void {
    this.starts[index] = start;
    this.ends[index] = end;
    this.texts[index] = text;
    this.textStarts[index] = textStart;
    this.textEnds[index] = textEnd;
  }

  /** One of those of others, at another place. */
  addOther(start: number, end: number, others: Patches, index: number): void {
    const { texts, textStarts, textEnds } = others;
    this.#set(this.count, start, end, texts[index] as Buffer, textStarts[index] as number, textEnds[index] as number);
    this.count += 1;
  }

  setText(index: number, text: Buffer): void {
    this.#set(index, this.starts[index] as number, this.ends[index] as number, text, 0, text.length);
  }

  text(index: number): Buffer {
    return (this.texts[index] as Buffer).subarray(this.textStarts[index], this.textEnds[index]);
  }

  /** Puts one where it belongs among those there are. */
  insert(start: number, end: number, text: Buffer): void {
    let at = this.count;
    for (; at > 0 && (this.starts[at - 1] as number) > start; at -= 1) {
      const { starts, ends, texts, textStarts, textEnds } = this;
      const from = at - 1;
      this.#set(
        at,
        starts[from] as number,
        ends[from] as number,
        texts[from] as Buffer,
        textStarts[from] as number,
        textEnds[from] as number,
      );
    }
    this.#set(at, start, end, text, 0, text.length);
    this.count += 1;
  }

  /** The bytes between `from` and `to` as patched. */
  apply(bytes: Buffer, from: number, to: number): Buffer {
    const parts: Buffer[] = [];
    let at = from;
    for (let index = 0; index < this.count; index += 1) {
      parts.push(bytes.subarray(at, this.starts[index]), this.text(index));
      at = this.ends[index] as number;
    }
    parts.push(bytes.subarray(at, to));
    return Buffer.concat(parts);
  }
}
