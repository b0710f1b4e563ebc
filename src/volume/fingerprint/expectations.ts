/**
 * What the restored copy must match. The source goes on changing around the pause, so its facts are taken before the
 * quiesce and again after the resume: a value that is equal in both must be equal in the copy, a number that changed must
 * lie between the two, and any other value that changed proves nothing. Facts of the moment of the lock must match exactly.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Fingerprint, FingerprintEntry, QuiesceMode, Receipt } from '../../domain/receipt.ts';
import { hashOf } from './ranges.ts';

export interface Fingerprints {
  /** How tables were read; absent means as in earlier receipts. */
  readonly method?: Receipt['fingerprint']['method'];
  readonly before: Fingerprint;
  readonly underLock?: Fingerprint | undefined;
  readonly after?: Fingerprint | undefined;
}

type Range = { readonly low: bigint; readonly high: bigint };

/** What is known of one value at the point of the backup. */
export type Expected =
  | { readonly kind: 'exactly'; readonly value: string | null }
  /** Equal before and after, in a table that changed meanwhile: as many rows may have come as gone. */
  | { readonly kind: 'probably'; readonly value: string | null }
  | { readonly kind: 'between'; readonly range: Range }
  | { readonly kind: 'unknown'; readonly why: string };

export interface ExpectedEntry {
  readonly name: string;
  readonly kind: FingerprintEntry['kind'];
  readonly method: FingerprintEntry['method'];
  /** `rows` and the entry's values, by name; undefined where nothing is known of the entry at all. */
  readonly values: ReadonlyMap<string, Expected> | undefined;
  readonly why?: string;
  /** Why a difference may be none of the copy's: then it is unproven, and failed only where it also differs from `surely`. */
  readonly doubt?: { readonly why: string; readonly surely: ExpectedEntry };
  /** Prints of row hashes and columns: the two entries that the copy lies between. */
  readonly rows?: RowExpectation;
}

export interface RowExpectation {
  readonly before: FingerprintEntry;
  readonly after: FingerprintEntry;
  /** Whether the server saw a change of the table between the two, even if both are equal; not every engine tells. */
  readonly written: 'yes' | 'no' | 'unknown';
}

export const movedOn = 'the source changed while the backup was taken';

const integer = /^-?\d{1,400}$/;

function combine(before: string | null | undefined, after: string | null | undefined): Expected {
  if (before === undefined || after === undefined)
    return { kind: 'unknown', why: 'it was read on one side of the pause only' };
  if (before === after) return { kind: 'exactly', value: before };
  if (before !== null && after !== null && integer.test(before) && integer.test(after)) {
    const [a, b] = [BigInt(before), BigInt(after)];
    return { kind: 'between', range: a < b ? { low: a, high: b } : { low: b, high: a } };
  }
  return { kind: 'unknown', why: movedOn };
}

/** Everything that is known of an entry by name: its rows, its values, and the hash of all its rows. */
export function valuesOf(entry: FingerprintEntry): Map<string, string | null> {
  const values = new Map<string, string | null>();
  if (entry.rows !== undefined) values.set('rows', entry.rows);
  if (entry.ranges !== undefined) values.set('hash', hashOf(entry.ranges));
  for (const [name, value] of Object.entries(entry.values)) values.set(name, value);
  return values;
}

/** Only counts, and a statement's own number, lie between two others; a checksum or a sum that changed does not. */
function isQuantity(entry: FingerprintEntry, value: string): boolean {
  return value === 'rows' || entry.kind === 'check' || value.endsWith('.count');
}

function expectEntry(before: FingerprintEntry, after: FingerprintEntry, rows?: RowExpectation): ExpectedEntry {
  const base = { name: before.name, kind: before.kind, method: before.method, ...(rows ? { rows } : {}) };
  if (before.method === 'none') return { ...base, values: undefined, why: before.why ?? 'its rows are not read' };
  const trouble = before.error ?? after.error;
  if (trouble) return { ...base, values: undefined, why: `the source itself could not read it: ${trouble.message}` };
  const [left, right] = [valuesOf(before), valuesOf(after)];
  const values = new Map<string, Expected>();
  const names = [...new Set([...left.keys(), ...right.keys()])];
  // In a table that changed, sums may be equal by chance: the XOR of CRCs of consecutive numbers repeats every few rows.
  const tableMoved = names.some((name) => left.get(name) !== right.get(name));
  for (const name of names) {
    const expected = combine(left.get(name), right.get(name));
    const moved = (tableMoved || expected.kind === 'between') && !isQuantity(before, name);
    if (moved) values.set(name, { kind: 'unknown', why: movedOn });
    else if (tableMoved && expected.kind === 'exactly') values.set(name, { ...expected, kind: 'probably' });
    else values.set(name, expected);
  }
  return { ...base, values };
}

/** Rows can come and go between two prints, so what is known of their number in a table that moved is no proof. */
function rowExpectation(prints: Fingerprints, before: FingerprintEntry, after: FingerprintEntry) {
  if (before.kind !== 'table' || !(prints.method === 'rows' || prints.method === 'columns')) return undefined;
  return { before, after, written: writtenBetween(prints, before, after) };
}

function writtenBetween(
  prints: Fingerprints,
  before: FingerprintEntry,
  after: FingerprintEntry,
): RowExpectation['written'] {
  // What was read under the lock is of one moment.
  if (before === after) return 'no';
  const { updated } = after;
  if (updated === undefined) return forgetsOnlyAtRestart(after, prints.before.serverVersion) ? 'no' : 'unknown';
  // Seconds are cut off.
  const changed = Date.parse(`${updated.replace(' ', 'T')}Z`) + 1000;
  return updated !== before.updated && changed > Date.parse(prints.before.takenAt) ? 'yes' : 'no';
}

/**
 * InnoDB tells of every change since the server started, also in partitioned tables from MySQL 8.0 and MariaDB 10.2 on (MySQL
 * 5.7 reference manual, "SHOW TABLE STATUS Statement", for what was before). Files tell of MyISAM, Aria, ARCHIVE and Infobright
 * at any time; CSV and others tell nothing.
 */
function forgetsOnlyAtRestart({ engine }: FingerprintEntry, version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return engine === 'InnoDB' && major >= 8 && !(major === 10 && minor < 2);
}

/**
 * What the copy is compared with, entry by entry: exactly what was read of the moment of the lock, and what is known from
 * before and after the pause for everything else (checks, tables made or altered meanwhile, tables that could not be read).
 * @param mode `stop`: while the server stops, its lock ends before its last session does, so a write may still slip in
 */
export function expectations(prints: Fingerprints, mode: QuiesceMode = 'freeze'): ExpectedEntry[] {
  const byName = (print: Fingerprint | undefined) =>
    new Map((print?.entries ?? []).map((entry) => [entry.name, entry]));
  const [before, locked, after] = [byName(prints.before), byName(prints.underLock), byName(prints.after)];
  return [...new Set([...before.keys(), ...locked.keys(), ...after.keys()])].map((name) => {
    const [earlier, exact, later] = [before.get(name), locked.get(name), after.get(name)];
    if (exact !== undefined && isOfTheLock(exact, later)) return expectLocked(prints, { earlier, exact, later }, mode);
    if (earlier !== undefined && later !== undefined)
      return expectEntry(earlier, later, rowExpectation(prints, earlier, later));
    const known = (earlier ?? later ?? exact) as FingerprintEntry;
    return unknown(known, earlier === undefined ? 'it was new after the pause' : goneAfter);
  });
}

/** A table that has got another engine may have had it at the lock already, and no snapshot then. */
function isOfTheLock(exact: FingerprintEntry, later: FingerprintEntry | undefined): boolean {
  return exact.error === undefined && (later === undefined || later.engine === exact.engine);
}

interface Looks {
  readonly earlier: FingerprintEntry | undefined;
  readonly exact: FingerprintEntry;
  readonly later: FingerprintEntry | undefined;
}

function expectLocked(prints: Fingerprints, { earlier, exact, later }: Looks, mode: QuiesceMode): ExpectedEntry {
  const expected = expectEntry(exact, exact, rowExpectation(prints, exact, exact));
  if (mode === 'stop') {
    if (later !== undefined && isDeepStrictEqual(valuesOf(exact), valuesOf(later))) return expected;
    // What did not change between the lock and the start after it has not changed in between.
    const surely =
      later === undefined ? unknown(exact, goneAfter) : expectEntry(exact, later, rowExpectation(prints, exact, later));
    return {
      ...expected,
      doubt: { why: 'a write may have slipped in between the lock and the end of the server', surely },
    };
  }
  // MySQL before 5.6 shows a table that was altered or truncated since as empty in a transaction that began earlier.
  const hadRows = [earlier, later].some((one) => one?.rows !== undefined && one.rows !== '0');
  if (exact.rows !== '0' || !hadRows) return expected;
  return unknown(exact, 'it was empty at the lock, or was made anew since (TRUNCATE, ALTER TABLE)');
}

const goneAfter = 'it was gone after the pause';

function unknown({ name, kind, method }: FingerprintEntry, why: string): ExpectedEntry {
  return { name, kind, method, values: undefined, why };
}
