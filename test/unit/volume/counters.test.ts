/** The next values of tables, as a fingerprint and a copy have them. */
import { describe, expect, test } from '@jest/globals';
import type { QuiesceMode } from '../../../src/domain/receipt.ts';
import { counterProblem } from '../../../src/volume/definitions/counters.ts';

describe('AUTO_INCREMENT', () => {
  const problem = (
    before: number,
    after: number,
    copy: number,
    more: { mode?: QuiesceMode; engine?: string; version?: string } = {},
  ) =>
    counterProblem(
      {
        ...{ name: 'AUTO_INCREMENT', before: BigInt(before), after: BigInt(after) },
        ...{
          engine: more.engine ?? 'InnoDB',
          serverVersion: more.version ?? '10.11.2-MariaDB',
          mode: more.mode ?? 'freeze',
        },
      },
      BigInt(copy),
    );

  test('lies between before and after', () => {
    expect([problem(100, 120, 100), problem(100, 120, 120), problem(100, 120, 110)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(problem(100, 120, 121)).toBe('AUTO_INCREMENT: expected 100 to 120, found 121');
    expect(problem(5000, 5000, 101)).toBe('AUTO_INCREMENT: expected 5000, found 101');
  });

  test('may have lost what InnoDB reserved and did not use, unless the source itself was started since', () => {
    // 100 rows from a SELECT: 1 + 2 + 4 + … + 64 values were reserved.
    expect(problem(5127, 5127, 5101)).toBeUndefined();
    expect(problem(5127, 5127, 5101, { mode: 'stop' })).toBe('AUTO_INCREMENT: expected 5127, found 5101');
    expect(problem(5127, 5101, 5101, { mode: 'stop' })).toBeUndefined();
    expect(problem(5127, 5127, 5101, { engine: 'MyISAM' })).toBe('AUTO_INCREMENT: expected 5127, found 5101');
  });

  test('is not compared where the server forgets it', () => {
    expect(problem(5000, 5000, 101, { version: '5.7.44-log' })).toBeUndefined();
    expect(problem(5000, 5000, 101, { version: '5.5.68-MariaDB' })).toBeUndefined();
    expect(problem(5000, 5000, 101, { version: '10.2.3-MariaDB' })).toBeUndefined();
    expect(problem(5000, 5000, 101, { version: '8.0.36' })).toBe('AUTO_INCREMENT: expected 5000, found 101');
    expect(problem(5000, 5000, 101, { engine: 'MEMORY' })).toBeUndefined();
  });

  test('of a table that was emptied meanwhile may be anything up to what it was', () => {
    expect(problem(5000, 3, 1)).toBeUndefined();
    expect(problem(5000, 3, 5001)).toMatch(/^AUTO_INCREMENT: expected .*, found 5001$/);
  });
});
