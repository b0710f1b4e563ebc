import { expect, test } from '@jest/globals';
import type { ReadDefinitions } from '../../../../src/adapters/databases/mysql/definitions.ts';
import { laterHashes } from '../../../../src/adapters/databases/mysql/dump/fingerprint.ts';

/** A reading of one table, which has the same definition each time. */
const made = (at: string | undefined): ReadDefinitions => ({
  definitions: new Map([['TABLE shop.orders', 'CREATE TABLE `orders` (`id` int)']]),
  made: new Map(at === undefined ? [] : [['TABLE shop.orders', at]]),
  counters: {},
  hidden: [],
  definers: [],
  unread: [],
});
const later = (before: string | undefined, after: string | undefined): string | undefined =>
  laterHashes(made(before), made(after))['TABLE shop.orders'];

test('a table that was made at another time was made anew, one of which the server gives no time was not', () => {
  const [noon, one] = ['2026-11-26 12:00:00', '2026-11-26 13:00:00'];
  const still = later(noon, noon);
  expect(still).toMatch(/^[0-9a-f]+$/);
  expect(later(noon, one)).toBe(`${still}, made anew`);
  expect(later(noon, undefined)).toBe(still);
  expect(later(undefined, one)).toBe(still);
});
