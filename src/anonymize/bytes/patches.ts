/** Replacements for parts of a buffer, in ascending order, in arrays that are reused. */
import type { Arena } from './arena.ts';

export class Patches {
  count = 0;
  /** Where each replaced part starts and ends. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The buffer that holds each replacement, and where in it: an arena holds many. */
  readonly texts: Buffer[] = [];
  readonly textStarts: number[] = [];
  readonly textEnds: number[] = [];

  clear(): void {
    this.count = 0;
  }

  /** Start of the next part that is not replaced yet: the end of the last patch, or `from`. */
  lastEnd(from: number): number {
    return this.count === 0 ? from : (this.ends[this.count - 1] as number);
  }

  add(start: number, end: number, text: Buffer): void {
    this.#set(this.count, start, end, text, 0, text.length);
    this.count += 1;
  }

  /** Adds a patch whose replacement is the arena's current text. Clear the patches before the arena. */
  addLast(start: number, end: number, arena: Arena): void {
    this.#set(this.count, start, end, arena.bytes, arena.begin, arena.end);
    this.count += 1;
  }

  /** Adds the replacement of another list's patch, at a place of its own. */
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

  /** Adds a patch at its place in the order. */
  insert(start: number, end: number, text: Buffer): void {
    let at = this.count;
    for (; at > 0 && (this.starts[at - 1] as number) > start; at -= 1) this.#moveUp(at - 1);
    this.#set(at, start, end, text, 0, text.length);
    this.count += 1;
  }

  #moveUp(index: number): void {
    const { starts, ends, texts, textStarts, textEnds } = this;
    this.#set(
      index + 1,
      starts[index] as number,
      ends[index] as number,
      texts[index] as Buffer,
      textStarts[index] as number,
      textEnds[index] as number,
    );
  }

  #set(index: number, start: number, end: number, text: Buffer, textStart: number, textEnd: number): void {
    this.starts[index] = start;
    this.ends[index] = end;
    this.texts[index] = text;
    this.textStarts[index] = textStart;
    this.textEnds[index] = textEnd;
  }

  /** The bytes between `from` and `to` with the patches applied. */
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
