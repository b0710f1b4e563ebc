/** The groups of digits of a number, and what is between them. */
import { byteKinds, digit } from './byte-kinds.ts';

const space = 0x20;
const slash = 0x2f;

/** Reused for every number: it makes no garbage. */
export class Groups {
  bytes: Uint8Array = new Uint8Array();
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** @param from a digit, as is the byte before `to` */
  read(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    let count = 0;
    for (let at = from; at < to; at += 1) {
      if (byteKinds[bytes[at] as number] !== digit) continue;
      this.starts[count] = at;
      while (at < to && byteKinds[bytes[at] as number] === digit) at += 1;
      this.ends[count] = at;
      count += 1;
    }
    this.count = count;
  }

  /** Digits of a group; none before the first or beyond the last. */
  length(index: number): number {
    return index >= 0 && index < this.count ? (this.ends[index] as number) - (this.starts[index] as number) : 0;
  }

  /** Whether the byte alone is between a group and the next one. */
  isGap(index: number, byte: number): boolean {
    const end = this.ends[index] as number;
    return index + 1 < this.count && this.starts[index + 1] === end + 1 && this.bytes[end] === byte;
  }

  /** Whether the groups from `first` on have these lengths. */
  are(first: number, ...lengths: readonly number[]): boolean {
    for (let index = 0; index < lengths.length; index += 1)
      if (this.length(first + index) !== lengths[index]) return false;
    return true;
  }

  /** As it is written. */
  text(first: number, last: number): string {
    return latin1(this.bytes, this.starts[first] as number, this.ends[last] as number);
  }

  /** What is behind a group, before the next one. */
  gap(index: number): string {
    return index + 1 < this.count
      ? latin1(this.bytes, this.ends[index] as number, this.starts[index + 1] as number)
      : '';
  }

  /** Whether one number may end behind the group, and another begin: at a blank or a slash, or where there is no other. */
  isBorder(index: number): boolean {
    if (index < 0 || index >= this.count - 1) return true;
    for (let at = this.ends[index] as number; at < (this.starts[index + 1] as number); at += 1)
      if (this.bytes[at] === space || this.bytes[at] === slash) return true;
    return false;
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
