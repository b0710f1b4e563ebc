/**
 * What the restored copy must match. The source goes on changing around the pause, so its facts are taken before the
 * quiesce and again after the resume: a value that is equal in both must be equal in the copy, a number that changed must
 * lie between the two, and any other value that changed proves nothing. Facts taken under the lock must match exactly.
 */
import type { Fingerprint, FingerprintEntry } from '../domain/receipt.ts';
import type { CheckResult } from '../domain/verification.ts';

export interface Fingerprints {
  readonly before: Fingerprint;
  readonly underLock?: Fingerprint | undefined;
  readonly after?: Fingerprint | undefined;
}

type Range = { readonly low: bigint; readonly high: bigint };

/** What is known of one value at the point of the backup. */
export type Expected =
  | { readonly kind: 'exactly'; readonly value: string | null }
  | { readonly kind: 'between'; readonly range: Range }
  | { readonly kind: 'unknown'; readonly why: string };

export interface ExpectedEntry {
  readonly name: string;
  readonly kind: FingerprintEntry['kind'];
  readonly method: FingerprintEntry['method'];
  /** `rows` and the entry's values, by name; undefined where nothing is known of the entry at all. */
  readonly values: ReadonlyMap<string, Expected> | undefined;
  readonly why?: string;
}

const movedOn = 'the source changed while the backup was taken';

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

function valuesOf(entry: FingerprintEntry): Map<string, string | null> {
  const values = new Map<string, string | null>();
  if (entry.rows !== undefined) values.set('rows', entry.rows);
  for (const [name, value] of Object.entries(entry.values)) values.set(name, value);
  return values;
}

/** Only counts, and a statement's own number, lie between two others; a checksum or a sum that changed does not. */
function isQuantity(entry: FingerprintEntry, value: string): boolean {
  return value === 'rows' || entry.kind === 'check' || value.endsWith('.count');
}

function expectEntry(before: FingerprintEntry, after: FingerprintEntry): ExpectedEntry {
  const base = { name: before.name, kind: before.kind, method: before.method };
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
    values.set(name, moved ? { kind: 'unknown', why: movedOn } : expected);
  }
  return { ...base, values };
}

/** What the copy is compared with, entry by entry. */
export function expectations(prints: Fingerprints): ExpectedEntry[] {
  const exact = prints.underLock;
  if (exact) return exact.entries.map((entry) => expectEntry(entry, entry));
  const after = new Map((prints.after?.entries ?? []).map((entry) => [entry.name, entry]));
  const names = new Set(prints.before.entries.map((entry) => entry.name));
  const expected = prints.before.entries.map((entry): ExpectedEntry => {
    const later = after.get(entry.name);
    if (later) return expectEntry(entry, later);
    return {
      name: entry.name,
      kind: entry.kind,
      method: entry.method,
      values: undefined,
      why: 'it was gone after the pause',
    };
  });
  for (const entry of after.values()) {
    if (!names.has(entry.name)) {
      expected.push({
        name: entry.name,
        kind: entry.kind,
        method: entry.method,
        values: undefined,
        why: 'it was new after the pause',
      });
    }
  }
  return expected;
}

/** Errors about the account or the network, not about the data: MySQL's server and client error numbers. */
const machineryErrors = new Set([1040, 1044, 1045, 1129, 1130, 1142, 1143, 1205, 1227, 1317, 2002, 2003]);

function show(value: string | null | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'NULL';
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

/** `10.11` of `10.11.19-MariaDB`: checksums of tables can be compared within such a series (MySQL reference manual, CHECKSUM TABLE). */
function series(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** @param otherSeries why checksums of the two servers cannot be compared; undefined when they can */
function compareEntry(
  expected: ExpectedEntry,
  copy: FingerprintEntry | undefined,
  otherSeries: string | undefined,
): CheckResult {
  const { name } = expected;
  if (expected.values === undefined)
    return { name, outcome: 'not-compared', detail: expected.why ?? 'nothing is known of it' };
  if (copy === undefined) return { name, outcome: 'failed', detail: 'the table is missing in the restored copy' };
  if (copy.error) return unreadable(name, copy.error);
  if (copy.method !== expected.method) {
    const detail = `the source was read by ${expected.method}, the copy by ${copy.method}`;
    return { name, outcome: 'unproven', detail };
  }
  const { equal, wrong, unknown } = compareValues(expected.values, valuesOf(copy));
  if (otherSeries !== undefined && wrong.length === 1 && wrong[0]?.startsWith('checksum: '))
    return { name, outcome: 'unproven', detail: `its checksum differs, but ${otherSeries}` };
  if (wrong.length > 0) return { name, outcome: 'failed', detail: wrong.join('; '), output: wrong.join('\n') };
  if (equal.length === 0) return { name, outcome: 'not-compared', detail: movedOn };
  return { name, outcome: 'passed', detail: passedDetail(copy, equal, unknown) };
}

function unreadable(name: string, error: NonNullable<FingerprintEntry['error']>): CheckResult {
  const outcome = machineryErrors.has(error.code) ? 'unproven' : 'failed';
  const detail = `it could not be read: ERROR ${error.code}: ${error.message}`;
  return { name, outcome, detail, output: error.message };
}

interface ComparedValues {
  /** Names of the values that are as expected; one within a range says which. */
  readonly equal: readonly string[];
  /** What was expected and what was found. */
  readonly wrong: readonly string[];
  /** Names of the values of which nothing is expected. */
  readonly unknown: readonly string[];
}

function compareValues(
  expected: ReadonlyMap<string, Expected>,
  copy: ReadonlyMap<string, string | null>,
): ComparedValues {
  const [equal, wrong, unknown]: [string[], string[], string[]] = [[], [], []];
  for (const [name, want] of expected) {
    const got = copy.get(name);
    if (want.kind === 'unknown') {
      unknown.push(name);
      continue;
    }
    const range = want.kind === 'between' ? `${want.range.low} to ${want.range.high}` : undefined;
    if (fits(want, got)) equal.push(range === undefined ? name : `${name} within ${range}`);
    else
      wrong.push(`${name}: expected ${range ?? show(want.kind === 'exactly' ? want.value : null)}, found ${show(got)}`);
  }
  return { equal, wrong, unknown };
}

function fits(want: Exclude<Expected, { kind: 'unknown' }>, got: string | null | undefined): boolean {
  if (want.kind === 'exactly') return got === want.value;
  if (typeof got !== 'string' || !integer.test(got)) return false;
  const value = BigInt(got);
  return value >= want.range.low && value <= want.range.high;
}

function passedDetail(copy: FingerprintEntry, equal: readonly string[], unknown: readonly string[]): string {
  const rows = valuesOf(copy).get('rows');
  const what = rows === undefined || rows === null ? show(copy.values.result) : `${rows} rows`;
  const between = equal.filter((one) => one.includes(' within ')).join('; ');
  const moved = unknown.length > 0 ? `; ${unknown.join(', ')} changed on the source, not compared` : '';
  return `${what}${between ? ` (${between})` : ' as on the source'}${moved}`;
}

/**
 * Compares the copy's facts with what is expected. Tables that only the copy has are named: a faithful copy has them only
 * if they were dropped meanwhile.
 */
export function compareFingerprints(
  expected: readonly ExpectedEntry[],
  copy: Fingerprint,
  sourceVersion = copy.serverVersion,
): CheckResult[] {
  const otherSeries =
    series(sourceVersion) === series(copy.serverVersion)
      ? undefined
      : `the source runs ${sourceVersion} and the copy ${copy.serverVersion}, whose checksums cannot be compared`;
  const found = new Map(copy.entries.map((entry) => [entry.name, entry]));
  const results = expected.map((entry) => compareEntry(entry, found.get(entry.name), otherSeries));
  const known = new Set(expected.map((entry) => entry.name));
  for (const entry of copy.entries) {
    if (!known.has(entry.name)) {
      results.push({
        name: entry.name,
        outcome: 'not-compared',
        detail: 'only the copy has it; the source had it neither before nor after',
      });
    }
  }
  return results;
}
