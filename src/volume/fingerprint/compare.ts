/** Compares the facts of the restored copy with what the source's prints say (expectations.ts). */
import type { Fingerprint, FingerprintEntry } from '../../domain/receipt.ts';
import type { CheckResult } from '../../domain/verification.ts';
import { saysMissing, serverEnded, showsDamage } from '../copy/damage-errors.ts';
import { type Expected, type ExpectedEntry, movedOn, valuesOf } from './expectations.ts';
import { compareRows, rowsOf } from './rows.ts';

const integer = /^-?\d{1,400}$/;

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
  if (expected.values === undefined && expected.method !== 'none')
    return { name, outcome: 'not-compared', detail: expected.why ?? 'nothing is known of it', ...rowsOf(copy, 0n) };
  if (copy === undefined) return { name, outcome: 'failed', detail: 'the table is missing in the restored copy' };
  if (expected.values === undefined) return { name, outcome: 'not-compared', detail: expected.why ?? movedOn };
  if (copy.error) return unreadable(name, copy.error);
  if (expected.rows)
    return acrossSeries(compareRows(name, expected.rows, copy), expected.rows.after, copy, otherSeries);
  if (copy.method !== expected.method) {
    const detail = `the source was read by ${expected.method}, the copy by ${copy.method}`;
    return { name, outcome: 'unproven', detail };
  }
  const { equal, wrong, doubted, unknown } = compareValues(expected.values, valuesOf(copy));
  if (otherSeries !== undefined && wrong.length === 1 && wrong[0]?.startsWith('checksum: '))
    return { name, outcome: 'unproven', detail: `its checksum differs, but ${otherSeries}` };
  if (wrong.length > 0) return { name, outcome: 'failed', detail: wrong.join('; '), output: wrong.join('\n') };
  if (doubted.length > 0) {
    const detail = `${doubted.join('; ')}; but ${movedOn}, so as many rows may have come as gone`;
    return { name, outcome: 'unproven', detail, output: doubted.join('\n') };
  }
  if (equal.length === 0) return { name, outcome: 'not-compared', detail: movedOn };
  const exact = equal.some((one) => one === 'checksum' || one.endsWith('.sum'));
  // Tables of earlier receipts come here, and no setting mends those: a small one that moved is no reason for doubt.
  const small = BigInt(copy.rows ?? 0) <= 1000n;
  const rows = rowsOf(copy, exact ? 'all' : 0n, !exact && small);
  return { name, outcome: 'passed', detail: passedDetail(copy, equal, unknown), ...rows };
}

/** A difference from what is only probably right makes a copy unproven, one from what is surely right makes it bad. */
function compareDoubted(
  expected: ExpectedEntry,
  copy: FingerprintEntry | undefined,
  otherSeries: string | undefined,
): CheckResult {
  const result = compareEntry(expected, copy, otherSeries);
  if (expected.doubt === undefined || result.outcome !== 'failed') return result;
  const surely = compareEntry(expected.doubt.surely, copy, otherSeries);
  if (surely.outcome === 'failed') return surely;
  return { ...result, outcome: 'unproven', detail: `${result.detail}; but ${expected.doubt.why}` };
}

/** Another series may write a number or a time as another text, and then every hash differs. */
function acrossSeries(
  result: CheckResult,
  source: FingerprintEntry,
  copy: FingerprintEntry,
  otherSeries: string | undefined,
): CheckResult {
  if (result.outcome !== 'failed' || otherSeries === undefined || source.rows !== copy.rows) return result;
  return { ...result, outcome: 'unproven', detail: `${result.detail}; but ${otherSeries}` };
}

function unreadable(name: string, error: NonNullable<FingerprintEntry['error']>): CheckResult {
  const damaged = showsDamage(error) || saysMissing(name, error);
  const outcome = damaged ? 'failed' : 'unproven';
  const next = serverEnded(error) ? '; the server has ended: its log, with the checks of the tables, tells why' : '';
  const detail = `it could not be read: ${error.message}${next}`;
  return { name, outcome, detail, output: error.message };
}

interface ComparedValues {
  /** Names of the values that are as expected; one within a range says which. */
  readonly equal: readonly string[];
  /** What was expected and what was found. */
  readonly wrong: readonly string[];
  /** The same of values that were only probably so. */
  readonly doubted: readonly string[];
  /** Names of the values of which nothing is expected. */
  readonly unknown: readonly string[];
}

function compareValues(
  expected: ReadonlyMap<string, Expected>,
  copy: ReadonlyMap<string, string | null>,
): ComparedValues {
  const [equal, wrong, doubted, unknown]: [string[], string[], string[], string[]] = [[], [], [], []];
  for (const [name, want] of expected) {
    const got = copy.get(name);
    if (want.kind === 'unknown') {
      unknown.push(name);
      continue;
    }
    const range = want.kind === 'between' ? `${want.range.low} to ${want.range.high}` : undefined;
    if (fits(want, got)) equal.push(range === undefined ? name : `${name} within ${range}`);
    else {
      const list = want.kind === 'probably' ? doubted : wrong;
      list.push(`${name}: expected ${want.kind === 'between' ? range : show(want.value)}, found ${show(got)}`);
    }
  }
  return { equal, wrong, doubted, unknown };
}

function fits(want: Exclude<Expected, { kind: 'unknown' }>, got: string | null | undefined): boolean {
  if (want.kind !== 'between') return got === want.value;
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
  const results = expected.map((entry) => compareDoubted(entry, found.get(entry.name), otherSeries));
  const known = new Set(expected.map((entry) => entry.name));
  for (const entry of copy.entries) {
    if (!known.has(entry.name)) {
      results.push({
        name: entry.name,
        outcome: 'not-compared',
        detail: 'only the copy has it; the source had it neither before nor after',
        ...rowsOf(entry, 0n),
      });
    }
  }
  return results;
}
