/** Tables that are written to between the two prints: whatever is damaged in them keeps a verdict from being good. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fingerprint, FingerprintEntry, RowRanges } from '../../../src/domain/receipt.ts';
import { compareFingerprints } from '../../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../../src/volume/fingerprint/expectations.ts';
import { atWidth, commonWidth } from '../../../src/volume/fingerprint/ranges.ts';
import { judgeShare } from '../../../src/volume/fingerprint/share.ts';
import { verificationVerdict } from '../../../src/volume/verdict.ts';

interface Row {
  readonly id: number;
  readonly amount: number;
}

/** A hash of 64 bits, whose last bits are spread evenly. */
function hash({ id, amount }: Row): bigint {
  let value = 0xcbf29ce484222325n;
  for (const byte of `${id},${amount}`)
    value = ((value ^ BigInt(byte.charCodeAt(0))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value ^ (value >> 32n);
}

/** How rows are told apart: `column` has its last bits cut off, and so many bits of the hash follow. */
type Kind = Omit<RowRanges, 'list'>;

const byHash = (bits: number): Kind => ({ bits });
const byColumn = (bits: number, classes: number): Kind => ({ column: 'id', bits, ...(classes > 0 ? { classes } : {}) });

function keyOf(row: Row, { column, bits, classes = 0 }: Kind): bigint {
  const last = (count: number): bigint => hash(row) & ((1n << BigInt(count)) - 1n);
  if (column === undefined) return last(bits);
  return ((BigInt(row.id) >> BigInt(bits)) << BigInt(classes)) | last(classes);
}

function ranges(rows: readonly Row[], kind: Kind): RowRanges {
  const groups = new Map<string, [rows: number, sum: bigint]>();
  for (const row of rows) {
    const key = keyOf(row, kind).toString();
    const [count, sum] = groups.get(key) ?? [0, 0n];
    groups.set(key, [count + 1, sum + hash(row)]);
  }
  return { ...kind, list: [...groups].map(([key, [count, sum]]) => [key, String(count), String(sum)]) };
}

function entry(rows: readonly Row[], kind: Kind, name = 'shop.orders'): FingerprintEntry {
  const facts = { rows: String(rows.length), values: {}, ranges: ranges(rows, kind) };
  return { name, kind: 'table', engine: 'InnoDB', method: 'rows', ...facts, updated: '2026-11-20 01:00:05' };
}

const quiet: FingerprintEntry = {
  ...entry([{ id: 1, amount: 1 }], byHash(0), 'shop.quiet'),
  rows: '1000000',
  updated: '2026-01-01 01:00:05',
};

const table = (count: number): Row[] => Array.from({ length: count }, (_none, id) => ({ id, amount: id + 1 }));

/** The verdict of a table beside a quiet one a hundred times its size. */
function verdict(before: FingerprintEntry, after: FingerprintEntry, copy: FingerprintEntry) {
  const print = (one: FingerprintEntry): Fingerprint => ({
    takenAt: '2026-11-20T01:00:00.000Z',
    seconds: 1,
    serverVersion: '10.11.1',
    entries: [one, quiet],
  });
  const expected = expectations({ method: 'rows', before: print(before), after: print(after) });
  const results = compareFingerprints(expected, print(copy));
  const share = judgeShare(results, 90);
  const comparable = new Set(results.map((one) => one.name));
  return verificationVerdict([...results, ...(share ? [share] : [])], comparable);
}

const lost = (rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row, amount: 0 }));
const kinds = [byHash(9), byColumn(4, 0), byColumn(7, 3)];

/** In ranges of 64 rows and more, those beside the new row would be too many for a small table. */
const cases = [...kinds.map((kind) => [10_000, kind] as const), [500, byHash(9)] as const];

describe.each(cases)('a table of %i rows told apart by %j, of which one is new', (count, kind) => {
  const [before, after] = [entry(table(count), kind), entry(table(count + 1), kind)];

  test('is good as it was before, and as it is after', () => {
    expect([verdict(before, after, before), verdict(before, after, after)]).toEqual(['good', 'good']);
  });

  test('is bad when all amounts are 0', () => {
    expect(verdict(before, after, entry(lost(table(count + 1)), kind))).toBe('bad');
  });
});

test('prints that tell rows apart in different ways prove nothing', () => {
  const [before, after] = [entry(table(1000), byColumn(3, 0)), entry(table(1001), byColumn(3, 0))];
  expect(verdict(before, after, entry(lost(table(1001)), byHash(9)))).toBe('unproven');
  expect(verdict(before, after, entry(table(1001), byHash(9)))).toBe('unproven');
  // As long as nothing moved, the sum of all hashes is the same in any.
  expect(verdict(before, before, entry(table(1000), byHash(9)))).toBe('good');
});

test('a table of which nothing stood still is unproven, whether rows are missing or not, unless it is small and hot', () => {
  const changed = (rows: readonly Row[]): Row[] => rows.map(({ id, amount }) => ({ id, amount: amount * 7 }));
  const judge = (count: number, copy: readonly Row[]) =>
    verdict(
      entry(table(count), byColumn(0, 0)),
      entry(changed(table(count)), byColumn(0, 0)),
      entry(copy, byColumn(0, 0)),
    );
  expect(judge(10_000, table(10_000))).toBe('unproven');
  expect(judge(10_000, table(5_100))).toBe('unproven');
  expect(judge(800, table(800))).toBe('good');
  // None came or went on the source.
  expect(judge(800, table(799))).toBe('unproven');
  expect(judge(20, [])).toBe('unproven');
});

test('a small table whose rows are in few ranges is not a hot one', () => {
  const [before, after] = [entry(table(800), byColumn(10, 0)), entry(table(801), byColumn(10, 0))];
  expect(verdict(before, after, entry(lost(table(801)), byColumn(10, 0)))).toBe('unproven');
});

const aKind = fc.record({ bits: fc.nat(9), classes: fc.nat(9) });
const rowsOf = fc.uniqueArray(fc.record({ id: fc.nat(300), amount: fc.nat(3) }), {
  selector: ({ id }) => id,
  maxLength: 60,
});

test('ranges of a column and of classes can be put together at any coarser width', () => {
  fc.assert(
    fc.property(rowsOf, aKind, aKind, fc.boolean(), (rows, one, other, hashed) => {
      const kind = ({ bits, classes }: { bits: number; classes: number }) =>
        hashed ? byHash(bits) : byColumn(bits, classes);
      const [a, b] = [ranges(rows, kind(one)), ranges(rows, kind(other))];
      const width = commonWidth([a, b]);
      const sorted = (of: ReturnType<typeof atWidth>) => [...of].sort(([x], [y]) => x.localeCompare(y));
      expect(sorted(atWidth(a, width))).toEqual(sorted(atWidth(b, width)));
    }),
  );
});

test('a copy whose amounts are all 0, or that lacks half of its rows, is never good, whatever a few writers did', () => {
  const writes = fc.array(fc.record({ id: fc.nat(2100), amount: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      writes,
      fc.constantFrom(...kinds),
      fc.boolean(),
      fc.constantFrom(400, 2000),
      (written, kind, half, count) => {
        const rows = new Map(table(count).map((row) => [row.id, row]));
        for (const row of written) rows.set(row.id, row);
        const after = [...rows.values()];
        const copy = half ? after.filter(({ id }) => id % 2 === 0) : lost(after);
        expect(verdict(entry(table(count), kind), entry(after, kind), entry(copy, kind))).not.toBe('good');
      },
    ),
    { numRuns: 60 },
  );
});
