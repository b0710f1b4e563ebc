/** The comparison of row hashes by ranges, against a source in memory that is written to between its two prints. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fingerprint, FingerprintEntry } from '../../../src/domain/receipt.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { compareFingerprints } from '../../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../../src/volume/fingerprint/expectations.ts';
import { atWidth, commonWidth } from '../../../src/volume/fingerprint/ranges.ts';

type Row = { readonly id: bigint; readonly text: string };

/** A hash of 64 bits that differs for other texts; the server takes MD5. */
function hash(text: string): bigint {
  let value = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value;
}

/** What the server answers for a table with these rows, its key cut by so many bits; 64-bit shifts are unsigned. */
function entry(rows: readonly Row[], bits: number, more: Partial<FingerprintEntry> = {}): FingerprintEntry {
  const groups = new Map<string, { rows: number; sum: bigint }>();
  for (const { id, text } of rows) {
    const key = (BigInt.asUintN(64, id) >> BigInt(bits)).toString();
    const group = groups.get(key) ?? { rows: 0, sum: 0n };
    groups.set(key, { rows: group.rows + 1, sum: group.sum + hash(`${id},${text}`) });
  }
  const list = [...groups].map(([key, group]) => [key, String(group.rows), String(group.sum)] as const);
  const ranges = { column: 'id', bits, list };
  const facts = { rows: String(rows.length), values: {}, ranges };
  return { name: 'shop.orders', kind: 'table', engine: 'InnoDB', method: 'rows', ...facts, ...more };
}

function print(one: FingerprintEntry): Fingerprint {
  return { takenAt: '2026-11-20T01:00:00.000Z', seconds: 1, serverVersion: '10.11.1', entries: [one] };
}

function judge(before: FingerprintEntry, after: FingerprintEntry, copy: FingerprintEntry): CheckResult {
  const expected = expectations({ method: 'rows', before: print(before), after: print(after) });
  const [result] = compareFingerprints(expected, print(copy));
  if (result === undefined) throw new Error('no result');
  return result;
}

const table = (count: number): Row[] =>
  Array.from({ length: count }, (_none, index) => ({ id: BigInt(index), text: `row ${index}` }));
const changed = (rows: readonly Row[], ids: (id: bigint) => boolean): Row[] =>
  rows.map((row) => (ids(row.id) ? { ...row, text: 'lost' } : row));

describe('a table that is written to between the prints', () => {
  const before = table(1000);
  const after = table(1001);

  test('is compared where it stood still, and the share is said', () => {
    const result = judge(entry(before, 3), entry(after, 3), entry(after, 3));
    expect(result).toMatchObject({ outcome: 'passed', rows: { compared: '1000', of: '1001' } });
    expect(result.detail).toBe('99.9 % of 1001 rows compared, by ranges of id; the others changed on the source');
  });

  test('fails when every row of the copy is another', () => {
    expect(
      judge(
        entry(before, 3),
        entry(after, 3),
        entry(
          changed(after, () => true),
          3,
        ),
      ).outcome,
    ).toBe('failed');
  });

  test('does not pass when one settled row is another; a change that was taken back looks the same', () => {
    const result = judge(
      entry(before, 3),
      entry(after, 3),
      entry(
        changed(after, (id) => id === 100n),
        3,
      ),
    );
    expect(result.outcome).toBe('unproven');
    expect(result.detail).toContain('id from 96 to 103: 8 rows, of which some differ');
    expect(result.detail).toContain('fingerprint-under-lock');
  });

  test('does not pass when most of what moved is missing', () => {
    const more = table(3000);
    expect(judge(entry(before, 12), entry(more, 12), entry(table(400), 12)).outcome).toBe('unproven');
  });

  test('with few rows and some new ones: each row that stood still is held to its state', () => {
    for (const rows of [1, 2, 5, 10, 20])
      for (const more of [1, 2, 3, 8]) {
        const [first, last] = [table(rows), table(rows + more)];
        const copy = changed(last, (id) => id === 0n);
        expect([rows, more, judge(entry(first, 0), entry(last, 0), entry(copy, 0)).outcome]).toEqual([
          rows,
          more,
          'unproven',
        ]);
      }
  });

  test('most of which moved, is not held to have stood still where it is the same by chance', () => {
    // Each of the 100 rows is switched on or off at random, many times.
    const rows = (on: (id: bigint) => boolean) =>
      table(100).map((row) => ({ ...row, text: on(row.id) ? 'on' : 'off' }));
    const [first, last] = [rows((id) => id % 2n === 0n), rows((id) => id % 3n === 0n)];
    const result = judge(
      entry(first, 0),
      entry(last, 0),
      entry(
        rows((id) => id % 5n === 0n),
        0,
      ),
    );
    expect(result.outcome).toBe('passed');
    expect(result.detail).toContain('ranges differ as after changes that were taken back, and do not count');
    expect(Number(result.rows?.compared)).toBeLessThan(50);
  });

  test('a row that came and went between the prints does no harm in a small table, and is doubt in a large one', () => {
    const brief = { id: 5000n, text: 'brief' };
    const result = judge(entry(before, 3), entry(after, 3), entry([...after, brief], 3));
    expect(result).toMatchObject({ outcome: 'unproven', rows: { compared: '1000', of: '1002' } });
    expect(result.detail).toContain('0 to 1 rows were there before and after, the copy has 2');
    const small = judge(entry(table(900), 3), entry(table(901), 3), entry([...table(901), brief], 3));
    // Row 900 is in a range with four that stood still.
    expect(small).toMatchObject({ outcome: 'passed', rows: { compared: '896', of: '902' } });
  });
});

describe('a table that stood still', () => {
  const source = entry(table(100), 0);

  test.each([
    ['one row is another', changed(table(100), (id) => id === 7n), 'id 7: 1 rows, of which some differ'],
    ['a row is missing', table(99), 'id 99: expected 1 rows, found 0'],
    ['a row is there twice', [...table(100), { id: 99n, text: 'row 99' }], 'id 99: expected 1 rows, found 2'],
    ['a row is new', table(101), 'id 100: expected 0 rows, found 1'],
  ])('fails when %s', (_what, rows, detail) => {
    expect(judge(source, source, entry(rows, 0))).toMatchObject({ outcome: 'failed', detail });
  });

  test('does not fail when the server saw writers meanwhile, though both prints are equal', () => {
    const empty = entry([], 0);
    const written = entry([], 0, { updated: '2026-11-20 01:00:05' });
    expect(judge(empty, written, entry(table(3), 0)).outcome).toBe('passed');
    expect(judge(empty, empty, entry(table(3), 0)).outcome).toBe('failed');
    const late = { ...source, updated: '2026-11-20 01:00:05' };
    expect(judge(source, late, entry(table(99), 0)).outcome).toBe('unproven');
  });

  test.each([
    ['CSV', undefined, '10.11.1-MariaDB', 'unproven'],
    ['InnoDB', undefined, '10.11.1-MariaDB', 'failed'],
    ['InnoDB', undefined, '10.1.48-MariaDB', 'unproven'],
    ['InnoDB', undefined, '8.4.2', 'failed'],
    ['InnoDB', undefined, '5.7.44-log', 'unproven'],
    ['MyISAM', '2026-11-01 01:00:00', '5.1.73', 'failed'],
    ['BRIGHTHOUSE', '2026-11-01 01:00:00', '5.1.40-log', 'failed'],
  ])('and of which the server may not say so: %s, written to at %s, in %s: %s', (engine, updated, version, outcome) => {
    const one = entry(table(100), 0, { engine, ...(updated === undefined ? {} : { updated }) });
    const of = (rows: FingerprintEntry): Fingerprint => ({ ...print(rows), serverVersion: version });
    const expected = expectations({ method: 'rows', before: of(one), after: of({ ...one }) });
    for (const rows of [table(99), table(101)])
      expect(compareFingerprints(expected, of(entry(rows, 0, { engine })))[0]?.outcome).toBe(outcome);
  });

  test('under the lock needs no such word', () => {
    const one = print(entry(table(100), 0, { engine: 'CSV' }));
    const expected = expectations({ method: 'rows', before: one, underLock: one, after: one });
    expect(compareFingerprints(expected, print(entry(table(99), 0, { engine: 'CSV' })))[0]?.outcome).toBe('failed');
  });

  test('of another server series is not called bad for hashes alone', () => {
    const expected = expectations({ method: 'rows', before: print(source), after: print(source) });
    const copy = print(
      entry(
        changed(table(100), () => true),
        0,
      ),
    );
    expect(compareFingerprints(expected, copy, '10.6.1-MariaDB')[0]?.outcome).toBe('unproven');
    const short = print(entry(table(90), 0));
    expect(compareFingerprints(expected, short, '10.6.1-MariaDB')[0]?.outcome).toBe('failed');
  });
});

describe('methods', () => {
  const rows = entry(table(10), 0);
  const total = table(10).reduce((sum, { id, text }) => sum + hash(`${id},${text}`), 0n);
  const columns = (values: FingerprintEntry['values']): FingerprintEntry => ({
    name: 'shop.orders',
    kind: 'table',
    method: 'columns',
    rows: '10',
    values,
  });

  test('a copy read by a simpler method is compared by what both have', () => {
    expect(judge(rows, rows, columns({ hash: String(total), 'id.sum': '4' }))).toMatchObject({
      outcome: 'passed',
      rows: { compared: '10', of: '10' },
    });
    expect(judge(rows, rows, columns({ hash: '1' })).outcome).toBe('failed');
    const plain: FingerprintEntry = { ...columns({ 'id.count': '10' }), method: 'totals', why: 'no functions' };
    const result = judge(rows, rows, plain);
    expect(result).toMatchObject({ outcome: 'passed', rows: { compared: '0', of: '10' } });
    expect(result.detail).toContain('by counts and extremes of columns only (no functions)');
  });

  test('rows that no snapshot holds are not compared, and do not count', () => {
    const memory: FingerprintEntry = { ...columns({}), method: 'none', why: 'a MEMORY table is empty' };
    const { rows: _none, ...withoutRows } = memory;
    const result = judge(withoutRows, withoutRows, withoutRows);
    expect(result).toEqual({ name: 'shop.orders', outcome: 'not-compared', detail: 'a MEMORY table is empty' });
    const expected = expectations({ method: 'rows', before: print(withoutRows), after: print(withoutRows) });
    const none = { ...print(withoutRows), entries: [] };
    expect(compareFingerprints(expected, none)[0]?.outcome).toBe('failed');
  });

  test('facts under the lock count whole and hold exactly', () => {
    const under = entry(table(1001), 3);
    const prints = { method: 'rows', before: print(entry(table(900), 3)), underLock: print(under) } as const;
    expect(compareFingerprints(expectations(prints), print(under))[0]).toMatchObject({
      outcome: 'passed',
      rows: { compared: '1001', of: '1001' },
    });
    const one = print(
      entry(
        changed(table(1001), (id) => id === 100n),
        3,
      ),
    );
    expect(compareFingerprints(expectations(prints), one)[0]?.outcome).toBe('failed');
  });
});

const anId = fc.bigInt({ min: -300n, max: 300n });
const width = fc.integer({ min: 0, max: 12 });

test('ranges of any width can be put together to those of a coarser one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anId), width, width, (ids, one, other) => {
      const rows = ids.map((id) => ({ id, text: 'x' }));
      const [a, b] = [entry(rows, one), entry(rows, other)];
      if (!a.ranges || !b.ranges) throw new Error('no ranges');
      const bits = commonWidth([a.ranges, b.ranges]);
      const sorted = (ranges: ReturnType<typeof atWidth>) => [...ranges].sort(([x], [y]) => x.localeCompare(y));
      expect(sorted(atWidth(a.ranges, bits))).toEqual(sorted(atWidth(b.ranges, bits)));
    }),
  );
});

/** A change of the source: a row is added or changed, or removed. */
const change = fc.record({ id: anId, text: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }) });

function apply(rows: ReadonlyMap<bigint, string>, changes: readonly { id: bigint; text: string | undefined }[]) {
  const result = new Map(rows);
  for (const { id, text } of changes) {
    if (text === undefined) result.delete(id);
    else result.set(id, text);
  }
  return result;
}

const rowsOf = (rows: ReadonlyMap<bigint, string>): Row[] => [...rows].map(([id, text]) => ({ id, text }));
const start = fc.dictionary(anId.map(String), fc.constantFrom('a', 'b', 'c'), { maxKeys: 60 });

test('a faithful copy is never called bad, whatever is written between the prints and whenever it is taken', () => {
  fc.assert(
    fc.property(
      start,
      fc.array(change, { maxLength: 7 }),
      fc.nat(7),
      fc.tuple(width, width, width),
      (given, changes, moment, [first, second, third]) => {
        const before = new Map(Object.entries(given).map(([id, text]) => [BigInt(id), text]));
        const copy = apply(before, changes.slice(0, moment));
        const after = apply(before, changes);
        // The server notes when a table was written to.
        const updated = changes.length > 0 ? { updated: '2026-11-20 01:00:05' } : {};
        const result = judge(
          entry(rowsOf(before), first),
          entry(rowsOf(after), second, updated),
          entry(rowsOf(copy), third),
        );
        expect(result.outcome).not.toBe('failed');
        // Where nothing was taken back it passes: each row changes once.
        if (
          new Set(changes.map(({ id }) => id)).size === changes.length &&
          changes.every(({ text }) => text !== undefined)
        )
          expect(result.outcome).toBe('passed');
      },
    ),
  );
});

test('a change of any row outside the ranges that moved is noticed', () => {
  fc.assert(
    fc.property(
      start.filter((rows) => Object.keys(rows).length > 0),
      fc.array(change, { maxLength: 5 }),
      fc.nat(),
      width,
      fc.constantFrom('changed', 'removed', 'doubled'),
      (given, changes, pick, bits, damage) => {
        const before = new Map(Object.entries(given).map(([id, text]) => [BigInt(id), text]));
        const after = apply(before, changes);
        const ids = [...before.keys()];
        const victim = ids[pick % ids.length] as bigint;
        const range = (id: bigint): bigint => BigInt.asUintN(64, id) >> BigInt(bits);
        const ranges = (all: readonly bigint[]): number => new Set(all.map(range)).size;
        const moved = changes.map(({ id }) => id);
        fc.pre(moved.every((id) => range(id) !== range(victim)));
        // In a table most of which moved, what stood still may have moved and come back.
        fc.pre(ranges(moved) * 10 <= ranges([...ids, ...moved]));
        const sound = rowsOf(after);
        const copy = {
          changed: changed(sound, (id) => id === victim),
          removed: sound.filter(({ id }) => id !== victim),
          doubled: [...sound, ...sound.filter(({ id }) => id === victim)],
        }[damage];
        const result = judge(entry(rowsOf(before), bits), entry(sound, bits), entry(copy, bits));
        expect(['failed', 'unproven']).toContain(result.outcome);
        if (changes.length === 0) expect(result.outcome).toBe('failed');
      },
    ),
  );
});
