/** A row too long to be held: its fields are gone through piece by piece, with the addresses of each replaced. */

import type { BlockWriter } from '../bytes/block-writer.ts';
import { Patches } from '../bytes/patches.ts';
import { fromHex, isText, patchBytes } from '../emails/binary.ts';
import { reach } from '../emails/find.ts';
import { patchText } from '../emails/patch-text.ts';
import { openUntil } from '../emails/php.ts';
import { decode, encode, Scratch, toWritten } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import type { ColumnPlan, TablePlan } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';
import { patchAddresses } from './field.ts';

const newline = 0x0a;
const tab = 0x09;
const backslash = 0x5c;
/** Bytes of text at the end of a piece in which nothing is decided yet. */
const margin = 2 * reach;

export class LongRow {
  readonly #table: TablePlan;
  readonly #columns: readonly ColumnPlan[];
  readonly #counts: Counts;
  readonly #out: BlockWriter;
  readonly #scratch = new Scratch();
  readonly #patches = new Patches();
  readonly #inside = new Patches();
  readonly #offset: () => number;
  #index = 0;
  /** Bytes of text that are left of a string whose length PHP has noted before it. */
  #open = 0;
  /** Of the field that the last piece ended in: whether it is hexadecimal, and whether those bytes are text. */
  #field: { hex: boolean; text: boolean | undefined } | undefined;

  /** @param offset where the row begins in the dump, for errors */
  constructor(
    table: TablePlan,
    columns: readonly ColumnPlan[],
    counts: Counts,
    out: BlockWriter,
    offset: () => number,
  ) {
    this.#offset = offset;
    this.#table = table;
    this.#columns = columns;
    this.#counts = counts;
    this.#out = out;
  }

  /** @returns how far the bytes were used; the row is over when the byte before is a line end */
  piece(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (;;) {
      let end = at;
      while (end < to && bytes[end] !== tab && bytes[end] !== newline) end += 1;
      if (end === to) return this.#part(bytes, at, to);
      if (this.#field === undefined) this.#whole(bytes, at, end);
      else this.#rest(bytes, at, end);
      this.#out.copy(bytes, end, end + 1);
      this.#index += 1;
      if (bytes[end] === newline) return end + 1;
      at = end + 1;
    }
  }

  get #column(): ColumnPlan {
    return this.#columns[this.#index] ?? this.#table.column('');
  }

  /** A field that lies in one piece. */
  #whole(bytes: Buffer, from: number, to: number): void {
    this.#patches.clear();
    if (this.#column.treatment !== 'keep')
      this.#counts.add(
        this.#table.name,
        this.#column.label,
        patchAddresses(bytes, from, to, 'copy', this.#column, this.#patches),
      );
    this.#out.patched(bytes, from, to, this.#patches);
  }

  /** What is left of a field that began in an earlier piece. */
  #rest(bytes: Buffer, from: number, to: number): void {
    const field = this.#field;
    this.#field = undefined;
    if (field?.hex) this.#hex(bytes, from, to, to, field);
    else this.#whole(bytes, from, to);
  }

  /** A piece of a field that goes on. @returns how much of it is decided */
  #part(bytes: Buffer, from: number, to: number): number {
    if (this.#column.treatment === 'keep') {
      this.#field ??= { hex: false, text: undefined };
      this.#out.copy(bytes, from, to);
      return to;
    }
    if (this.#field === undefined) {
      const hex = bytes[from] === backslash && bytes[from + 1] === backslash && bytes[from + 2] === 0x78;
      this.#field = { hex, text: undefined };
      if (hex) {
        this.#out.copy(bytes, from, from + 3);
        return from + 3;
      }
    }
    return this.#field.hex ? this.#hex(bytes, from, to, to - 2 * margin, this.#field) : this.#text(bytes, from, to);
  }

  #hex(bytes: Buffer, from: number, to: number, decided: number, field: { text: boolean | undefined }): number {
    const value = fromHex(bytes, from, to - ((to - from) % 2));
    field.text ??= isText(value);
    const last = decided === to;
    const until = last ? value.length : Math.max(0, (decided - from) >> 1);
    this.#inside.clear();
    patchBytes(value, field.text, until, this.#column.replace, this.#inside);
    this.#counts.add(this.#table.name, this.#column.label, this.#inside.count);
    const used = last ? value.length : Math.max(this.#lastEnd(this.#inside), until - reach);
    const written = Buffer.from(this.#inside.apply(value, 0, used).toString('hex'), 'latin1');
    this.#out.copy(written, 0, written.length);
    return last ? to : from + 2 * used;
  }

  #lastEnd(patches: Patches): number {
    return patches.count === 0 ? 0 : (patches.ends[patches.count - 1] as number);
  }

  /** The noted length of a string stands before it and may be gone by the time an address in it is found. */
  #checkLengths(text: Buffer, used: number, count: number): void {
    const end = Math.max(this.#open, openUntil(text, 0, used));
    if (count > 0 && end > used)
      throw new DumpError({
        what: `a value of ${this.#table.name}.${this.#column.name} is longer than 4 MiB and serialised by PHP, with addresses in it`,
        offset: this.#offset(),
        fix: 'give the column a rule for whole values (null, fixed), or leave it out of the dump',
      });
    this.#open = Math.max(0, end - used);
  }

  #text(bytes: Buffer, from: number, to: number): number {
    // An escape must not be cut in two: it is at most four bytes long, of which only the first is a backslash.
    let cut = to;
    for (let index = Math.max(from, to - 4); index < to; index += 1)
      if (bytes[index] === backslash) {
        let run = index;
        while (run > from && bytes[run - 1] === backslash) run -= 1;
        cut = run;
        break;
      }
    const length = decode(bytes, from, cut, 'copy', this.#scratch);
    const text = this.#scratch.bytes;
    const decided = Math.max(0, length - margin);
    this.#patches.clear();
    const count = patchText(text, 0, length, this.#column.nesting, this.#column.replace, this.#patches, decided);
    this.#counts.add(this.#table.name, this.#column.label, count);
    let used = Math.max(this.#lastEnd(this.#patches), decided - reach);
    // Nor must a character, or an escape of the text's own.
    while (
      used > 1 &&
      ((text[used] as number) >= 0x80 || text.subarray(Math.max(0, used - 8), used).includes(backslash))
    ) {
      if (used <= this.#lastEnd(this.#patches)) break;
      used -= 1;
    }
    this.#checkLengths(text, used, count);
    const positions = [...Array(this.#patches.count).keys()].flatMap((index) => [
      this.#patches.starts[index] as number,
      this.#patches.ends[index] as number,
    ]);
    positions.push(used);
    toWritten(bytes, from, cut, 'copy', positions, positions.length);
    for (let index = 0; index < this.#patches.count; index += 1) {
      this.#patches.starts[index] = positions[2 * index] as number;
      this.#patches.ends[index] = positions[2 * index + 1] as number;
      this.#patches.setText(index, encode(this.#patches.text(index), 'copy'));
    }
    const end = positions.at(-1) as number;
    this.#out.patched(bytes, from, end, this.#patches);
    return end;
  }
}
