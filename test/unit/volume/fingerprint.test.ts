import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fingerprint, FingerprintEntry } from '../../../src/domain/receipt.ts';
import { compareFingerprints } from '../../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../../src/volume/fingerprint/expectations.ts';

function print(entries: FingerprintEntry[]): Fingerprint {
  return { takenAt: '2026-11-20T00:00:00Z', seconds: 1, serverVersion: '10.11', entries };
}

function table(name: string, rows: number, checksum: string | null): FingerprintEntry {
  return { name, kind: 'table', engine: 'InnoDB', method: 'checksum', rows: String(rows), values: { checksum } };
}

function judge(before: FingerprintEntry[], after: FingerprintEntry[], copy: FingerprintEntry[]) {
  return compareFingerprints(expectations({ before: print(before), after: print(after) }), print(copy));
}

test('of a table that moved, a sum that is the same by chance proves nothing', () => {
  const live = (rows: number, xor: string): FingerprintEntry => ({
    ...table('a.live', rows, null),
    method: 'aggregates',
    values: { 'id.sum': String(rows * 7), 'id.xor': xor },
  });
  // Four rows more: the XOR of their CRCs is what it was before.
  const [result] = judge([live(10, '4108050209')], [live(14, '4108050209')], [live(12, '2212294583')]);
  expect(result).toMatchObject({ outcome: 'passed' });
});

test('of a table that moved, as many rows before as after prove nothing: fifty may have gone before fifty others came', () => {
  const [before, after] = [[table('a.t', 100, '1')], [table('a.t', 100, '2')]];
  const [result] = judge(before, after, [table('a.t', 50, '3')]);
  expect(result).toMatchObject({ outcome: 'unproven', output: 'rows: expected 100, found 50' });
  expect(result?.detail).toContain('as many rows may have come as gone');
  expect(judge(before, after, [table('a.t', 100, '3')])[0]).toMatchObject({
    outcome: 'passed',
    rows: { compared: '0', of: '100', hot: true },
  });
  // A large one is not small change.
  const large = (sum: string) => [table('a.t', 5000, sum)];
  expect(judge(large('1'), large('2'), large('3'))[0]?.rows).toEqual({ compared: '0', of: '5000' });
});

describe('what stayed the same around the pause', () => {
  test('must be equal in the copy', () => {
    const [same] = judge([table('a.t', 10, '77')], [table('a.t', 10, '77')], [table('a.t', 10, '77')]);
    expect(same).toMatchObject({ name: 'a.t', outcome: 'passed', detail: '10 rows as on the source' });
  });

  test.each([
    ['a row is missing', table('a.t', 9, '77'), 'rows: expected 10, found 9'],
    ['the checksum differs', table('a.t', 10, '78'), 'checksum: expected 77, found 78'],
    ['the checksum is NULL', table('a.t', 10, null), 'checksum: expected 77, found NULL'],
  ])('fails when %s', (_what, copy, detail) => {
    const [result] = judge([table('a.t', 10, '77')], [table('a.t', 10, '77')], [copy]);
    expect(result).toMatchObject({ outcome: 'failed', detail });
  });

  test('fails when the table is missing', () => {
    expect(judge([table('a.t', 1, '1')], [table('a.t', 1, '1')], [])).toMatchObject([
      { outcome: 'failed', detail: 'the table is missing in the restored copy' },
    ]);
  });
});

describe('what changed on the source', () => {
  const before = [table('a.t', 10, '77')];
  const after = [table('a.t', 14, '99')];

  test.each([10, 12, 14])('a count of %i, between the two, passes', (rows) => {
    const [result] = judge(before, after, [table('a.t', rows, '5')]);
    expect(result?.outcome).toBe('passed');
    expect(result?.detail).toContain('within 10 to 14');
  });

  test.each([9, 15])('a count of %i, outside the two, fails', (rows) => {
    expect(judge(before, after, [table('a.t', rows, '77')])[0]).toMatchObject({
      outcome: 'failed',
      detail: `rows: expected 10 to 14, found ${rows}`,
    });
  });

  test('a checksum that changed is not compared', () => {
    const [result] = judge([table('a.t', 10, '10')], [table('a.t', 10, '20')], [table('a.t', 10, '999')]);
    expect(result).toMatchObject({
      outcome: 'passed',
      detail: '10 rows as on the source; checksum changed on the source, not compared',
    });
  });

  test('tables that came or went in between are not compared', () => {
    const results = judge([table('old', 1, '1')], [table('new', 1, '1')], [table('new', 5, '5')]);
    expect(results.map((one) => [one.name, one.outcome])).toEqual([
      ['old', 'not-compared'],
      ['new', 'not-compared'],
    ]);
  });
});

describe('errors', () => {
  const good = [table('a.t', 1, '1')];
  const broken = (code: number): FingerprintEntry => ({ ...table('a.t', 0, null), error: { code, message: 'no' } });

  test('a table that only the copy cannot read has failed', () => {
    expect(judge(good, good, [broken(1194)])[0]?.outcome).toBe('failed');
  });

  const outcomeOf = (code: number, message: string) =>
    judge(good, good, [{ ...table('a.t', 0, null), error: { code, message } }])[0]?.outcome;

  test.each<[number, string]>([
    [126, "Incorrect key file for table './a/t.MYI'; try to repair it"],
    [145, "Table './a/t' is marked as crashed and should be repaired"],
    [1016, "Can't open file: './a/t.MYI' (errno: 145)"],
    [1017, "Can't find file: './a/t.MYI' (errno: 2 \"No such file or directory\")"],
    [1030, 'Got error 127 "Table file is corrupted" from storage engine MyISAM'],
    [1030, 'Got error 176 "Read page with wrong checksum" from storage engine Aria'],
    [1033, "Incorrect information in file: './a/t.frm'"],
    [1034, "Index for table 't' is corrupt; try to repair it"],
    [1146, "Table 'a.t' doesn't exist"],
    [1712, 'Index k is corrupted'],
    [1932, "Table 'a.t' doesn't exist in engine"],
    [7, 'Data integrity error. 1'],
  ])('damage: %i %s', (code, message) => expect(outcomeOf(code, message)).toBe('failed'));

  test.each<[number, string]>([
    [23, 'Out of resources when opening file \'./a/t#P#p1.MYD\' (Errcode: 24 "Too many open files")'],
    [28, 'Error writing file (Errcode: 28 "No space left on device")'],
    [126, "Incorrect key file for table '/tmp/#sql_6d4_0.MYI'; try to repair it"],
    [1016, "Can't open file: './a/t.MYD' (errno: 24)"],
    [1017, "Can't find file: './a/t.frm' (errno: 13 \"Permission denied\")"],
    [1021, 'Disk full (/tmp/#sql_1.MAI); waiting for someone to free some space'],
    [1030, 'Got error 24 "Too many open files" from storage engine MyISAM'],
    [1030, 'Got error 28 "No space left on device" from storage engine Aria'],
    [1034, "Incorrect key file for table '(temporary)'; try to repair it"],
    [1041, 'Out of memory; check if mysqld or some other process uses all available memory'],
    [1135, "Can't create a new thread (errno 11); if you are not out of available memory"],
    // lower_case_table_names differs.
    [1146, "Table 'a.T' doesn't exist"],
    [1203, 'User root already has more than max_user_connections active connections'],
    [1226, "User 'x' has exceeded the 'max_queries_per_hour' resource"],
    [1286, "Unknown storage engine 'ARCHIVE'"],
    [1296, "Got error 192 'Table encrypted but decryption failed.' from InnoDB"],
    [1290, 'The server is running with the --read-only option'],
    [1449, 'The user specified as a definer does not exist'],
    [1877, 'Table `a`.`t` is corrupted. Please drop the table and recreate.'],
    [1969, 'Query execution was interrupted (max_statement_time exceeded)'],
    [2006, 'Server has gone away'],
    [2013, 'Lost connection to server during query'],
    [3024, 'Query execution was interrupted, maximum statement execution time exceeded'],
    [0, 'it gives no value'],
  ])('no proof of damage: %i %s', (code, message) => expect(outcomeOf(code, message)).toBe('unproven'));

  test('a refused query proves nothing about the data', () => {
    expect(judge(good, good, [broken(1142)])[0]?.outcome).toBe('unproven');
  });

  test('a table that the source itself cannot read is not compared', () => {
    expect(judge([broken(1194)], good, good)[0]?.outcome).toBe('not-compared');
  });
});

test('a checksum that differs between server series proves nothing; a row count that differs does', () => {
  const expected = expectations({ before: print([table('t', 1, '1')]), after: print([table('t', 1, '1')]) });
  expect(compareFingerprints(expected, print([table('t', 1, '2')]), '10.6.3-MariaDB')[0]?.outcome).toBe('unproven');
  expect(compareFingerprints(expected, print([table('t', 1, '2')]), '10.11.2-MariaDB')[0]?.outcome).toBe('failed');
  expect(compareFingerprints(expected, print([table('t', 2, '2')]), '10.6.3-MariaDB')[0]?.outcome).toBe('failed');
});

test('facts taken under the lock hold exactly, whatever moved around it', () => {
  const expected = expectations({
    before: print([table('t', 1, '1')]),
    underLock: print([table('t', 2, '2')]),
    after: print([table('t', 3, '3')]),
  });
  expect(compareFingerprints(expected, print([table('t', 2, '2')]))[0]?.outcome).toBe('passed');
  expect(compareFingerprints(expected, print([table('t', 3, '3')]))[0]?.outcome).toBe('failed');
});

test('what was not read of the moment of the lock is judged by before and after', () => {
  const check = (result: string): FingerprintEntry => ({
    name: 'c',
    kind: 'check',
    method: 'statement',
    values: { result },
  });
  const expected = expectations({
    before: print([table('t', 1, '1'), table('altered', 1, '1'), check('5')]),
    underLock: print([
      table('t', 2, '2'),
      { ...table('altered', 0, '0'), values: {}, error: { code: 1412, message: 'retry' } },
    ]),
    after: print([table('t', 3, '3'), table('altered', 3, '3'), check('9')]),
  });
  const judged = (copy: FingerprintEntry[]) => compareFingerprints(expected, print(copy)).map((one) => one.outcome);
  expect(judged([table('t', 2, '2'), table('altered', 2, '2'), check('7')])).toEqual(['passed', 'passed', 'passed']);
  expect(judged([table('t', 2, '0'), table('altered', 4, '2'), check('4')])).toEqual(['failed', 'failed', 'failed']);
});

test('a table that has another engine since has no snapshot to be compared with exactly', () => {
  const other = { ...table('t', 2, '2'), engine: 'MyISAM' };
  const expected = expectations({
    before: print([table('t', 1, '1')]),
    underLock: print([table('t', 2, '2')]),
    after: print([other]),
  });
  const outcomes = ['1', '2', '3'].map(
    (rows) => compareFingerprints(expected, print([table('t', Number(rows), rows)]))[0]?.outcome,
  );
  expect(outcomes).toEqual(['passed', 'passed', 'failed']);
});

test('a table that is empty in the transaction of the lock, but was not before it or is not after it, is not compared', () => {
  const [full, empty] = [print([table('t', 5, '5')]), print([table('t', 0, '0')])];
  const outcome = (before: Fingerprint, after: Fingerprint, mode?: 'stop') =>
    compareFingerprints(expectations({ before, underLock: empty, after }, mode), full)[0]?.outcome;
  expect([outcome(full, empty), outcome(empty, full), outcome(empty, empty)]).toEqual([
    'not-compared',
    'not-compared',
    'failed',
  ]);
  expect(outcome(full, empty, 'stop')).toBe('failed');
});

test('with stop, a difference from what was read under the lock is damage only where it is also one from what is sure', () => {
  const outcome = (after: number, copy: number, checksum = String(copy)) => {
    const prints = {
      before: print([table('t', 1, '1')]),
      underLock: print([table('t', 2, '2')]),
      after: print([table('t', after, String(after))]),
    };
    return compareFingerprints(expectations(prints, 'stop'), print([table('t', copy, checksum)]))[0]?.outcome;
  };
  expect([outcome(2, 2), outcome(2, 1), outcome(2, 2, '9')]).toEqual(['passed', 'failed', 'failed']);
  expect([outcome(3, 2), outcome(3, 1), outcome(3, 2, '9')]).toEqual(['passed', 'failed', 'unproven']);
});

test('statements: a number that moved lies between, a text that moved is not compared', () => {
  const check = (result: string): FingerprintEntry => ({
    name: 'c',
    kind: 'check',
    method: 'statement',
    values: { result },
  });
  expect(judge([check('5')], [check('9')], [check('7')])[0]?.outcome).toBe('passed');
  expect(judge([check('5')], [check('9')], [check('10')])[0]?.outcome).toBe('failed');
  expect(judge([check('x')], [check('y')], [check('z')])[0]?.outcome).toBe('not-compared');
  expect(judge([check('x')], [check('x')], [check('z')])[0]?.outcome).toBe('failed');
});

// The model: a source is a list of row counts over time; a backup is the source at some moment between the two looks.
test('a faithful copy of a growing source is never called bad, and a copy that lost settled rows never passes', () => {
  const growth = fc.array(fc.tuple(fc.nat(1000), fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(growth, fc.nat(1), (tables, lost) => {
      const at = (pick: (start: number, first: number, second: number) => number) =>
        tables.map(([start, first, second], index) =>
          table(`t${index}`, pick(start, first, second), String(pick(start, first, second))),
        );
      const before = at((start) => start);
      const after = at((start, first, second) => start + first + second);
      const copy = at((start, first) => start + first - lost);
      const results = judge(before, after, copy);
      results.forEach((result, index) => {
        const [, first, second] = tables[index] as [number, number, number];
        const missing = lost === 1 && first === 0;
        expect(result.outcome).toBe(missing ? 'failed' : 'passed');
        if (lost === 0 && first + second === 0) expect(result.detail).toContain('as on the source');
      });
    }),
  );
});
