/** A dump that holds nothing is told as such. */
import { expect, test } from '@jest/globals';
import type { DumpFingerprint } from '../../../src/domain/dump.ts';
import { emptiness, emptinessNote } from '../../../src/dump/proof/emptiness.ts';

const none: DumpFingerprint = {
  takenAt: '',
  seconds: 0,
  serverVersion: '17',
  tables: [],
  sequences: {},
  extensions: {},
  objects: {},
};
const table = (rows: string) => ({ name: 'a', rows, checksum: '0' });

test.each([
  ['no tables', {}, 'no tables'],
  ['tables without rows', { tables: [table('0'), table('0')] }, '2 tables, and not one row'],
  ['a row', { tables: [table('0'), table('1')] }, undefined],
  ['a row in the table of an extension', { configuration: [table('1')] }, undefined],
  ['a large object', { largeObjects: { count: '1', checksum: '5' } }, undefined],
  ['something that could not be read', { unread: [{ what: 'rows of a', why: 'no' }] }, undefined],
])('%s', (_what, held, told) => {
  expect(emptiness({ ...none, ...held }, 'postgres')).toBe(told);
  expect(emptinessNote('shop', { ...none, ...held }, 'postgres')?.includes('the database shop is empty') ?? false).toBe(
    told !== undefined,
  );
});

test('of MongoDB in its own words', () => {
  expect(emptiness(none, 'mongodb')).toBe('no collections');
  expect(emptiness({ ...none, tables: [table('0')] }, 'mongodb')).toBe('1 collection, and not one document');
});
