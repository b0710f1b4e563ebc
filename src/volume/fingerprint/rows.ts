/**
 * Compares a table of the copy with two prints of its source, by row hashes. What stood still on the source must be the same
 * in the copy. Who writes to a table may also take a change back, or remove a row that was added: then both prints are equal
 * and a faithful copy is not. So in a table that was written to, a small difference proves nothing, while none that is large
 * has such a reason.
 */
import type { FingerprintEntry, RowRanges } from '../../domain/receipt.ts';
import { percentOf } from '../../domain/share.ts';
import type { CheckResult } from '../../domain/verification.ts';
import { type RowExpectation, valuesOf } from './expectations.ts';
import {
  atWidth,
  commonWidth,
  compareRanges,
  describeRange,
  type RangeComparison,
  sameKind,
  type Width,
  type WrongRange,
} from './ranges.ts';

/** What a table adds to the share of rows that were compared; nothing when its rows are not known. */
export function rowsOf(
  copy: FingerprintEntry | undefined,
  compared: bigint | 'all',
  hot = false,
): Pick<CheckResult, 'rows'> {
  if (copy?.rows === undefined) return {};
  const rows = { compared: compared === 'all' ? copy.rows : compared.toString(), of: copy.rows };
  return { rows: hot ? { ...rows, hot } : rows };
}

/** Says how rows were read, where it is not by their hash. */
function reading(entry: FingerprintEntry): string {
  if (entry.method === 'rows' || entry.method === 'columns') return '';
  return `; by ${entry.method === 'totals' ? 'counts and extremes of columns' : 'sums over each column'} only (${entry.why ?? 'no reason given'})`;
}

export function compareRows(name: string, expected: RowExpectation, copy: FingerprintEntry): CheckResult {
  const { before, after } = expected;
  const ranges = before.ranges && after.ranges && copy.ranges;
  const [left, right, found] = [valuesOf(before), valuesOf(after), valuesOf(copy)];
  // Where one side was read by a simpler method, what both have is compared.
  const names = [...left.keys()].filter((one) => right.has(one) && found.has(one));
  const still = names.every((one) => left.get(one) === right.get(one));
  const wrong = names.filter((one) => still && left.get(one) !== found.get(one));
  const hashed = names.includes('hash') || names.some((one) => one.endsWith('.sum') && copy.method === 'aggregates');
  if (still && wrong.length === 0) {
    const simpler = reading(hashed ? copy : simplest([before, after, copy]));
    return {
      name,
      outcome: 'passed',
      detail: `${copy.rows} rows as on the source${simpler}`,
      ...rowsOf(copy, hashed ? 'all' : 0n),
    };
  }
  const prints = ranges && { before: before.ranges, after: after.ranges, copy: ranges };
  if (prints && comparable(prints)) return judgeRanges(name, expected, copy, prints);
  if (still) {
    const what = wrong.map((one) => `${one}: expected ${left.get(one) ?? 'NULL'}, found ${found.get(one) ?? 'NULL'}`);
    return { name, ...different(expected.written, what.join('; ')), ...rowsOf(copy, 0n) };
  }
  const detail = `0 % of ${copy.rows} rows compared: the table changed on the source${reading(copy)}`;
  return { name, ...judgeUncompared(detail, expected, copy, prints), ...rowsOf(copy, 0n) };
}

/** Of a table that moved, and whose prints hold nothing that can be compared but the number of its rows. */
function judgeUncompared(
  detail: string,
  { before, after }: RowExpectation,
  copy: FingerprintEntry,
  prints: RangePrints | undefined,
): Judgement {
  if (prints) {
    const kinds = [prints.before, prints.after, prints.copy].map(({ column }) => column ?? 'their hash');
    const what = `before, after and in the copy rows were told apart by ${kinds.join(', ')}`;
    return { outcome: 'unproven', detail: `${detail}; ${what}`, output: what };
  }
  const rows = { before: BigInt(before.rows ?? 0), after: BigInt(after.rows ?? 0), copy: BigInt(copy.rows ?? 0) };
  return judgeLoose({ rows, few: isSmall([before, after, copy]), churn: before.rows !== after.rows }, detail);
}

function simplest(entries: readonly FingerprintEntry[]): FingerprintEntry {
  const order = ['rows', 'columns', 'aggregates', 'totals'];
  return [...entries].sort((a, b) => order.indexOf(b.method) - order.indexOf(a.method))[0] as FingerprintEntry;
}

type Judgement = Pick<CheckResult, 'outcome' | 'detail' | 'output'>;

const takenBack = {
  yes: 'the table was written to while the backup was taken, so this may be a change that was taken back',
  unknown:
    'the server does not say whether the table was written to while the backup was taken, so this may be a change that was taken back',
};

function different(written: RowExpectation['written'], what: string): Judgement {
  if (written !== 'no')
    return {
      outcome: 'unproven',
      detail: `${what}; ${takenBack[written]}: fingerprint-under-lock tells`,
      output: what,
    };
  return { outcome: 'failed', detail: what, output: what };
}

interface RangePrints {
  readonly before: RowRanges;
  readonly after: RowRanges;
  readonly copy: RowRanges;
}

function comparable({ before, after, copy }: RangePrints): boolean {
  return sameKind(before, after) && sameKind(before, copy);
}

function compareAt(prints: RangePrints, width: Width): RangeComparison {
  return compareRanges(atWidth(prints.before, width), atWidth(prints.after, width), atWidth(prints.copy, width));
}

function judgeRanges(
  name: string,
  { before, after, written }: RowExpectation,
  copy: FingerprintEntry,
  prints: RangePrints,
): CheckResult {
  const width = commonWidth([prints.before, prints.after, prints.copy]);
  const found = compareAt(prints, width);
  const writers = found.moved > 0 ? 'yes' : written;
  // A row that is changed gets another class: whether rows were switched shows without classes.
  const explained =
    writers === 'yes' && byChance(width.classes === 0 ? found : compareAt(prints, { ...width, classes: 0 }));
  const wrong = [...(explained ? [] : found.wrong), ...(writers === 'yes' ? [] : found.extra)];
  if (wrong.length > 0) {
    const lines = wrong.map((one) => describeWrong(one, prints.copy, width));
    const more = lines.length > 1 ? ` (and ${lines.length - 1} more of ${found.settled} ranges that stood still)` : '';
    const judged = different(beyondWriters(found) ? 'no' : writers, `${lines[0]}${more}`);
    return { name, ...judged, output: lines.slice(0, 20).join('\n'), ...rowsOf(copy, found.compared) };
  }
  const how = prints.copy.column === undefined ? 'by their hash' : `by ranges of ${prints.copy.column}`;
  const share = percentOf(found.compared, BigInt(copy.rows ?? 0));
  const back =
    found.wrong.length === 0
      ? ''
      : `; ${found.wrong.length} ranges differ as after changes that were taken back, and do not count`;
  const restored = found.wrong.reduce((sum, { expected }) => sum + (expected?.rows ?? 0n), 0n);
  const rows = {
    before: found.loose.before + restored,
    after: found.loose.after + restored,
    copy: BigInt(copy.rows ?? 0) - found.compared,
  };
  const few = isSmall([before, after, copy]);
  const churn = found.switched < found.moved;
  const detail = `${share} of ${copy.rows} rows compared, ${how}; the others changed on the source${back}`;
  const hot = few && atMost(BigInt(rowsOfHotRange * (found.moved + found.wrong.length)), Object.values(rows));
  return { name, ...judgeLoose({ rows, few, churn }, detail), ...rowsOf(copy, found.compared, hot) };
}

function describeWrong({ key, expected, found }: WrongRange, print: RowRanges, width: Width): string {
  const [want, have] = [expected?.rows ?? 0n, found?.rows ?? 0n];
  const what = want === have ? `${want} rows, of which some differ` : `expected ${want} rows, found ${have}`;
  return `${describeRange(key, print, width)}: ${what}`;
}

/**
 * Whether what differs is what chance explains: rows that are switched between two states, again and again, are in the same
 * state before and after about as often as not. The share of ranges that were switched is that of an odd number of changes
 * (Poisson); an even number other than none looks like none. Where few ranges were switched, nothing is explained.
 */
function byChance({ settled, switched, wrong }: RangeComparison): boolean {
  if (wrong.some(({ expected, found }) => expected?.rows !== found?.rows)) return false;
  const ranges = settled + switched;
  const share = switched / ranges;
  // Two standard deviations, for the share and for the number.
  const most = share + 2 * Math.sqrt((share * (1 - share)) / ranges);
  const mean = most < 0.5 ? -Math.log(1 - 2 * most) / 2 : Number.POSITIVE_INFINITY;
  const even = (1 + Math.exp(-2 * mean)) / 2 - Math.exp(-mean);
  return even * ranges >= 1 && wrong.length <= even * ranges + 2 * Math.sqrt(even * (1 - even) * ranges);
}

/** Whether more differs than changes that were taken back can explain: most of what stood still, and far more than moved. */
function beyondWriters({ wrong, settled, moved }: RangeComparison): boolean {
  return wrong.length >= 8 && wrong.length * 2 > settled && wrong.length > 4 * moved;
}

/** A small table may be one whose rows all change all the time: counters, locks, a queue. */
const fewRows = 1000n;

/** Of a hot table at least one row in so many was seen to change: there are enough ranges to tell. */
const rowsOfHotRange = 8;

const atMost = (limit: bigint, counts: readonly bigint[]): boolean => counts.every((one) => one <= limit);

function isSmall(entries: readonly FingerprintEntry[]): boolean {
  return atMost(
    fewRows,
    entries.map(({ rows }) => BigInt(rows ?? 0)),
  );
}

interface LooseRows {
  readonly before: bigint;
  readonly after: bigint;
  readonly copy: bigint;
}

interface Loose {
  readonly rows: LooseRows;
  /** Whether the table is small. */
  readonly few: boolean;
  /** Whether rows were seen to come or go, not only to change. */
  readonly churn: boolean;
}

/**
 * Of rows that moved the copy may hold any number between those before and after. Rows that come and go within seconds lead
 * out of that: no reason to call a copy bad, and in a small table, a queue, no reason for doubt.
 */
function judgeLoose({ rows, few, churn }: Loose, detail: string): Judgement {
  const [low, high] = rows.before < rows.after ? [rows.before, rows.after] : [rows.after, rows.before];
  const between = `${rows.before} to ${rows.after} rows were there before and after, the copy has ${rows.copy}`;
  const usual = few ? 32n + high / 10n : 0n;
  if (rows.copy < low - (churn ? usual : 0n) || rows.copy > high + usual)
    return {
      outcome: 'unproven',
      detail: `${detail}; ${between}: fingerprint-under-lock tells whether rows are missing or too many`,
      output: between,
    };
  return { outcome: 'passed', detail };
}
