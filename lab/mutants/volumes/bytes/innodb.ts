/**
 * Pages of InnoDB's files. Offsets are those of MariaDB 10.11: storage/innobase/include/fil0fil.h (FIL_PAGE_TYPE, its values),
 * page0page.h (PAGE_LEVEL, PAGE_INDEX_ID, PAGE_HEAP_TOP, PAGE_N_RECS), buf0buf.cc (checksum full_crc32: CRC-32C of all but the last
 * four bytes).
 */
import { readFileSync, writeSync } from 'node:fs';
import { readAt, withFile } from './edits.ts';

export const pageSize = 16_384;
export const types = { allocated: 0, undo: 2, inode: 3, blob: 10, index: 17_855 } as const;

export interface Page {
  readonly number: number;
  readonly bytes: Buffer;
  readonly type: number;
  /** Of an index page: 0 is a leaf. */
  readonly level: number;
  readonly index: bigint;
  readonly rows: number;
  /** Where the unused space of an index page begins. */
  readonly heapTop: number;
}

export function pagesOf(path: string): readonly Page[] {
  const all = readFileSync(path);
  return Array.from({ length: Math.floor(all.length / pageSize) }, (_, number) => {
    const bytes = all.subarray(number * pageSize, (number + 1) * pageSize);
    return {
      number,
      bytes,
      type: bytes.readUInt16BE(24),
      level: bytes.readUInt16BE(38 + 26),
      index: bytes.readBigUInt64BE(38 + 28),
      rows: bytes.readUInt16BE(38 + 16),
      heapTop: bytes.readUInt16BE(38 + 2),
    };
  });
}

/** A leaf page, not the first one, of the table itself (`data`) or of its last index (`index`). */
export function leaf(path: string, which: 'data' | 'index' = 'data'): Page {
  const leaves = pagesOf(path).filter(({ type, level, rows }) => type === types.index && level === 0 && rows > 0);
  const ids = [...new Set(leaves.map(({ index }) => index))].sort((a, b) => (a < b ? -1 : 1));
  const id = which === 'data' ? ids[0] : ids.at(-1);
  const those = leaves.filter(({ index }) => index === id);
  return found(those[Math.floor(those.length / 2)], path);
}

/** The first page of a type. */
export function pageOfType(path: string, type: number, from = 0): Page {
  return found(
    pagesOf(path).find((page) => page.type === type && page.number >= from),
    path,
  );
}

function found(page: Page | undefined, path: string): Page {
  if (page === undefined) throw new Error(`${path} has no such page`);
  return page;
}

/** Inverts a byte of a page, whose checksum is then wrong. */
export function flipInPage(path: string, { number }: Page, offset: number): void {
  withFile(path, (file) => {
    const from = number * pageSize + offset;
    const [byte = 0] = readAt(file, from, 1);
    writeSync(file, Buffer.from([byte ^ 0xff]), 0, 1, from);
  });
}

/** Changes a page as a server with a fault would: its checksum is right. */
export function forge(path: string, { number, bytes }: Page, change: (bytes: Buffer) => void): void {
  const page = Buffer.from(bytes);
  change(page);
  if (page.equals(bytes)) throw new Error(`nothing changes in page ${number} of ${path}`);
  page.writeUInt32BE(crc32c(page.subarray(0, pageSize - 4)), pageSize - 4);
  withFile(path, (file) => writeSync(file, page, 0, pageSize, number * pageSize));
}

/** Replaces the first place of a text in a page by another of the same length. */
export const replaced =
  (from: string, to: string) =>
  (bytes: Buffer): void => {
    const at = bytes.indexOf(from);
    if (at < 0) throw new Error(`the page does not hold ${from}`);
    bytes.write(to, at, 'latin1');
  };

/** Writes one page over another: a write that went astray. */
export function misdirect(path: string, from: Page, to: number): void {
  withFile(path, (file) => writeSync(file, from.bytes, 0, pageSize, to * pageSize));
}

const table = Uint32Array.from({ length: 256 }, (_, value) => {
  let rest = value;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest >>> 0;
});

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Buffer): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (table[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
