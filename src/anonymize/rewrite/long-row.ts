/** A row too long to be held: its fields are rewritten piece by piece. Only addresses are replaced in it. */
import type { Output } from '../bytes/output.ts';
import { Patches } from '../bytes/patches.ts';
import { isText } from '../emails/binary.ts';
import { reach } from '../emails/find.ts';
import { fromHex } from '../emails/hex-bytes.ts';
import { patchBytes, patchText } from '../emails/patch-text.ts';
import { openUntil } from '../emails/php.ts';
import { decode, encode, Scratch, toWritten } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import type { ColumnPlan, TablePlan } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';
import { patchEmails } from './field.ts';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterX = 0x78;
/** Bytes at the end of a piece in which nothing is decided yet. */
const margin = 2 * reach;
/** Bytes of the longest escape of COPY. */
const longestEscape = 4;
/** Bytes of the longest escape that text may hold itself. */
const longestInnerEscape = 8;

/** The field that the last piece ended in. */
interface OpenField {
  readonly isHex: boolean;
  /** Of hexadecimal bytes: whether they are text; undefined before the first piece. */
  isText: boolean | undefined;
}

export class LongRow {
  readonly #table: TablePlan;
  readonly #columns: readonly ColumnPlan[];
  readonly #counts: Counts;
  readonly #out: Output;
  readonly #scratch = new Scratch();
  readonly #patches = new Patches();
  readonly #offset: number;
  /** Index of the current column. */
  #index = 0;
  /** Bytes still to come of a string whose length PHP noted before it. */
  #open = 0;
  #field: OpenField | undefined;

  /** @param offset where the row starts in the dump, for errors */
  constructor(table: TablePlan, columns: readonly ColumnPlan[], counts: Counts, out: Output, offset: number) {
    this.#table = table;
    this.#columns = columns;
    this.#counts = counts;
    this.#out = out;
    this.#offset = offset;
  }

  /** @returns how far the bytes were used; the row is over when the byte before is a line end */
  piece(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (;;) {
      let end = at;
      while (end < to && bytes[end] !== tab && bytes[end] !== newline) end += 1;
      if (end === to) return this.#unfinished(bytes, at, to);
      if (this.#field?.isHex) this.#hex(bytes, at, end, end, this.#field);
      else this.#whole(bytes, at, end);
      this.#field = undefined;
      this.#out.copy(bytes, end, end + 1);
      this.#index += 1;
      if (bytes[end] === newline) return end + 1;
      at = end + 1;
    }
  }

  get #column(): ColumnPlan {
    return this.#columns[this.#index] ?? this.#table.column('');
  }

  #count(emails: number): void {
    this.#counts.addColumn(this.#table.name, this.#column, emails);
  }

  /** A field that ends in this piece, or the rest of one. */
  #whole(bytes: Buffer, from: number, to: number): void {
    this.#patches.clear();
    if (this.#column.treatment !== 'keep')
      this.#count(patchEmails(bytes, from, to, 'copy', this.#column, this.#patches));
    this.#out.patched(bytes, from, to, this.#patches);
  }

  /** A piece of a field that goes on. @returns how far it was used */
  #unfinished(bytes: Buffer, from: number, to: number): number {
    if (this.#column.treatment === 'keep') {
      this.#field ??= { isHex: false, isText: undefined };
      this.#out.copy(bytes, from, to);
      return to;
    }
    if (this.#field === undefined) {
      const isHex = bytes[from] === backslash && bytes[from + 1] === backslash && bytes[from + 2] === letterX;
      this.#field = { isHex, isText: undefined };
      if (isHex) {
        this.#out.copy(bytes, from, from + 3);
        return from + 3;
      }
    }
    return this.#field.isHex ? this.#hex(bytes, from, to, to - 2 * margin, this.#field) : this.#text(bytes, from, to);
  }

  /** Hexadecimal bytes. @param decided addresses that start before are certain @returns how far they were used */
  #hex(bytes: Buffer, from: number, to: number, decided: number, field: OpenField): number {
    const value = fromHex(bytes, from, to - ((to - from) % 2));
    field.isText ??= isText(value);
    const last = decided === to;
    const until = last ? value.length : Math.max(0, (decided - from) >> 1);
    const patches = this.#patches;
    patches.clear();
    this.#count(patchBytes(value, field.isText, until, this.#column.replace, patches));
    const used = last ? value.length : Math.max(patches.lastEnd(0), until - reach);
    const written = Buffer.from(patches.apply(value, 0, used).toString('hex'), 'latin1');
    this.#out.copy(written, 0, written.length);
    return last ? to : from + 2 * used;
  }

  /** Text that goes on. @returns how far it was used */
  #text(bytes: Buffer, from: number, to: number): number {
    const cut = beforeEscape(bytes, from, to);
    const length = decode(bytes, from, cut, 'copy', this.#scratch);
    const text = this.#scratch.bytes;
    const decided = Math.max(0, length - margin);
    const patches = this.#patches;
    patches.clear();
    const count = patchText(text, 0, length, this.#column.nesting, this.#column.replace, patches, decided);
    this.#count(count);
    const used = usedUntil(text, patches.lastEnd(0), decided - reach);
    this.#checkLengths(text, used, count);
    const end = toWrittenForm(bytes, from, cut, patches, used);
    this.#out.patched(bytes, from, end, patches);
    return end;
  }

  /** PHP notes the length before the string: it may have been written before an address in the string is seen. */
  #checkLengths(text: Buffer, used: number, count: number): void {
    const end = Math.max(this.#open, openUntil(text, 0, used));
    if (count > 0 && end > used)
      throw new DumpError({
        what: `a value of ${this.#table.name}.${this.#column.name} is longer than 4 MiB and serialised by PHP, with addresses in it`,
        offset: this.#offset,
        fix: 'give the column a rule for whole values (null, fixed), or leave it out of the dump',
      });
    this.#open = Math.max(0, end - used);
  }
}

/** The end of the text, or the start of an escape that is cut in two. Only the first byte of an escape is a backslash. */
function beforeEscape(bytes: Buffer, from: number, to: number): number {
  for (let index = Math.max(from, to - longestEscape); index < to; index += 1)
    if (bytes[index] === backslash) {
      let start = index;
      while (start > from && bytes[start - 1] === backslash) start -= 1;
      return start;
    }
  return to;
}

/** How far the text is used: at least to the last patch, and cutting neither a character nor an escape of the text's own. */
function usedUntil(text: Buffer, lastEnd: number, decided: number): number {
  let used = Math.max(lastEnd, decided);
  while (used > 1 && used > lastEnd && cutsCharacter(text, used)) used -= 1;
  return used;
}

function cutsCharacter(text: Buffer, at: number): boolean {
  return (text[at] as number) >= 0x80 || text.subarray(Math.max(0, at - longestInnerEscape), at).includes(backslash);
}

/** Turns patches of the decoded text into patches of its written form. @returns the written position of `used` */
function toWrittenForm(bytes: Buffer, from: number, to: number, patches: Patches, used: number): number {
  const positions: number[] = [];
  for (let index = 0; index < patches.count; index += 1)
    positions.push(patches.starts[index] as number, patches.ends[index] as number);
  positions.push(used);
  toWritten(bytes, from, to, 'copy', positions, positions.length);
  for (let index = 0; index < patches.count; index += 1) {
    patches.starts[index] = positions[2 * index] as number;
    patches.ends[index] = positions[2 * index + 1] as number;
    patches.setText(index, encode(patches.text(index), 'copy'));
  }
  return positions.at(-1) as number;
}
