import { describe, expect, test } from '@jest/globals';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatTime,
  plural,
  secondsBetween,
} from '../../../src/runtime/format.ts';

describe('durations', () => {
  test.each([
    [0, '0.00 s'],
    [0.845, '0.84 s'],
    [9.994, '9.99 s'],
    [9.996, '10.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min 00 s'],
    [65.4, '1 min 05 s'],
    [3599.4, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [7380, '2 h 03 min'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('%d seconds', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('two clocks that disagree never give a negative time', () => {
    expect(secondsBetween('2026-11-20T00:00:05Z', '2026-11-20T00:00:00Z')).toBe(0);
    expect(secondsBetween('2026-11-20T00:00:05Z', '2026-11-20T00:00:07.500Z')).toBe(2.5);
    expect(secondsBetween('soon', 'later')).toBeNaN();
  });
});

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1023.96, '1.0 KiB'],
  [1024, '1.0 KiB'],
  [1024 ** 2 - 1, '1.0 MiB'],
  [60 * 1024 ** 3, '60.0 GiB'],
  [1024 ** 6, '1024.0 PiB'],
  [-3, 'unknown'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('rates, counts, plurals and times', () => {
  expect(formatRate(1024 ** 3, 8)).toBe('128.0 MiB/s');
  expect(formatRate(5, 0)).toBe('unknown');
  expect(formatCount(1234567)).toBe('1,234,567');
  expect(plural(1, 'table')).toBe('1 table');
  expect(plural(2000, 'query', 'queries')).toBe('2,000 queries');
  expect(formatTime('2026-11-20T00:00:07.900Z')).toBe('2026-11-20 00:00:07 UTC');
  expect(formatTime('midnight')).toBe('midnight');
});
