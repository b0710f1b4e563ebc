/**
 * Rows that are told apart by ranges of one column, or by classes of their hash. Prints whose ranges differ in width are put
 * together at the coarser width, so nothing need be passed from one print to the next.
 */
import type { RowRanges } from '../../domain/receipt.ts';

export interface RangeFacts {
  readonly rows: bigint;
  /** The sums of the row hashes: one, or two where the engine adds up in 64 bits. */
  readonly sums: readonly bigint[];
}

type Key = string;

/** Ranges by their key at one width. */
export type Ranges = ReadonlyMap<Key, RangeFacts>;

/** Whether both tell rows apart alike, so that their ranges can be compared. */
export function sameKind(a: RowRanges, b: RowRanges): boolean {
  return a.column === b.column;
}

/** How coarse ranges are; as in `RowRanges`. */
export interface Width {
  readonly bits: number;
  readonly classes: number;
}

/** The width at which all of them can be compared. */
export function commonWidth(prints: readonly RowRanges[]): Width {
  const bits = prints.map((one) => one.bits);
  // Ranges of a column become coarser when more bits are cut off; classes of a hash when fewer are kept.
  return {
    bits: prints[0]?.column === undefined ? Math.min(...bits) : Math.max(...bits),
    classes: Math.min(...prints.map((one) => one.classes ?? 0)),
  };
}

/** The ranges of one print at a width that is as coarse as its own or coarser. */
export function atWidth(print: RowRanges, width: Width): Ranges {
  const result = new Map<Key, RangeFacts>();
  for (const [range, rows, hash] of print.list) {
    const key = range === null ? 'NULL' : coarser(BigInt(range), print, width).toString();
    const own = { rows: BigInt(rows), sums: hash.split('/').map(BigInt) };
    const other = result.get(key);
    result.set(key, other === undefined ? own : added(own, other));
  }
  return result;
}

const lastBits = (value: bigint, bits: number): bigint => value & ((1n << BigInt(bits)) - 1n);

function coarser(range: bigint, { column, bits, classes = 0 }: RowRanges, width: Width): bigint {
  if (column === undefined) return lastBits(range, width.bits);
  const ofColumn = range >> BigInt(classes + width.bits - bits);
  return (ofColumn << BigInt(width.classes)) | lastBits(range, width.classes);
}

function added(a: RangeFacts, b: RangeFacts): RangeFacts {
  return { rows: a.rows + b.rows, sums: a.sums.map((sum, index) => sum + (b.sums[index] ?? 0n)) };
}

/** The hash of the whole table, as the method `columns` gives it; null for a table without rows, as SUM is in SQL. */
export function hashOf({ list }: RowRanges): string | null {
  const sums = list.map(([, , hash]) => hash.split('/').map(BigInt));
  const [first, ...others] = sums;
  if (first === undefined) return null;
  return first.map((sum, index) => others.reduce((total, other) => total + (other[index] ?? 0n), sum)).join('/');
}

function equal(a: RangeFacts | undefined, b: RangeFacts | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.rows === b.rows && a.sums.join('/') === b.sums.join('/');
}

export interface RangeComparison {
  /** Rows of the copy in ranges that stood still on the source and are the same in the copy. */
  readonly compared: bigint;
  /** Ranges that stood still on the source. */
  readonly settled: number;
  readonly moved: number;
  /** Of these, how many hold as many rows as before: rows were changed there, none added or removed. */
  readonly switched: number;
  /** Ranges that stood still on the source, and are otherwise in the copy. */
  readonly wrong: readonly WrongRange[];
  /** Ranges that the source had neither before nor after, and the copy has. */
  readonly extra: readonly WrongRange[];
  /** Rows of the ranges that moved. */
  readonly loose: { readonly before: bigint; readonly after: bigint; readonly copy: bigint };
}

export interface WrongRange {
  readonly key: string;
  readonly expected: RangeFacts | undefined;
  readonly found: RangeFacts | undefined;
}

/** Compares a copy with two prints of its source, one before and one after the copy was made. */
export function compareRanges(before: Ranges, after: Ranges, copy: Ranges): RangeComparison {
  let [compared, settled, moved, switched] = [0n, 0, 0, 0];
  const [wrong, extra]: [WrongRange[], WrongRange[]] = [[], []];
  const loose = { before: 0n, after: 0n, copy: 0n };
  for (const key of new Set([...before.keys(), ...after.keys(), ...copy.keys()])) {
    const [earlier, later, found] = [before.get(key), after.get(key), copy.get(key)];
    if (earlier === undefined && later === undefined) {
      extra.push({ key, expected: undefined, found });
    } else if (equal(earlier, later)) {
      settled += 1;
      if (equal(earlier, found)) compared += found?.rows ?? 0n;
      else wrong.push({ key, expected: earlier, found });
    } else {
      moved += 1;
      if (earlier?.rows === later?.rows) switched += 1;
      loose.before += earlier?.rows ?? 0n;
      loose.after += later?.rows ?? 0n;
      loose.copy += found?.rows ?? 0n;
    }
  }
  return { compared, settled, moved, switched, wrong, extra, loose };
}

/** What values a range stands for: `id from 4096 to 8191`. */
export function describeRange(key: string, { column }: RowRanges, { bits, classes }: Width): string {
  if (column === undefined) return `rows of hash class ${key}`;
  if (key === 'NULL') return `rows whose ${column} is NULL`;
  // The server shifts unsigned numbers; values from 2^63 on are negative ones, but for the largest of BIGINT UNSIGNED.
  const low = BigInt.asIntN(64, (BigInt(key) >> BigInt(classes)) << BigInt(bits));
  const high = low + (1n << BigInt(bits)) - 1n;
  const values = low === high ? `${column} ${low}` : `${column} from ${low} to ${high}`;
  return classes === 0 ? values : `${values}, hash class ${lastBits(BigInt(key), classes)}`;
}
