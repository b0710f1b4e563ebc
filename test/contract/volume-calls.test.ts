/** How many tables the host reads in one call, and by how many ranges: awk decides it by the sizes of the tables. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../../scripts/lib/actions.ts';

const library = join(root, 'src', 'host', 'scripts', 'lib', 'facts.sh');

/** @param before fields of a line before the number of rows */
function ask(script: string, before: number, rows: readonly (number | '')[]): string {
  const input = rows.map((one) => `${'x\t'.repeat(before)}${one}\n`).join('');
  // Node's pipes are sockets, from which bash takes it that it is called over the network, and reads its files of an interactive shell.
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-euc', `source "$0"; ${script}`, library], {
    input,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const times = (count: number, rows: number): number[] => Array.from({ length: count }, () => rows);

test.each([
  ['fifty small tables', times(120, 10), '1 50\n51 50\n101 20\n'],
  ['a large one alone', [10, 10, 5000, 10, 5000, 5000], '1 2\n3 1\n4 1\n5 1\n6 1\n'],
  ['one of unknown size alone', [10, '' as const, 10], '1 1\n2 1\n3 1\n'],
  ['as many as hold so many rows', times(5, 400), '1 2\n3 2\n5 1\n'],
  ['none', [], ''],
])('in a transaction one call reads %s', (_what, rows, calls) => {
  expect(ask('rows_in_a_call=1000; calls_of /dev/stdin', 15, rows)).toBe(calls);
});

test('otherwise one call reads fifty tables of any size', () => {
  expect(ask('calls_of /dev/stdin', 15, times(60, 10 ** 9))).toBe('1 50\n51 10\n');
});

test.each([
  [times(30, 10 ** 6), 512],
  [times(3000, 3), 512],
  [times(100, 10 ** 6), 128],
  [[...times(3000, 3), ...times(40, 10 ** 7)], 256],
  [times(5000, 10 ** 6), 32],
  [[''] as const, 512],
])('tables have as many ranges as the answer has room for (case %#)', (rows, ranges) => {
  expect(ask('ranges_of', 5, rows)).toBe(`${ranges}\n`);
});
