import { describe, expect, test } from '@jest/globals';
import { mysqlDialect } from '../../../src/dump/engines/mysql/dialect.ts';
import { shownName } from '../../../src/dump/engines/mysql/names.ts';

describe('tables of a fingerprint, as rules name them', () => {
  test.each([
    ['crm', 'contacts', 'contacts'],
    ['crm', 'Odd name', '"Odd name"'],
    ['CRM.2', 'contacts', 'contacts'],
  ])('of one database: %s, %s', (database, table, expected) => {
    expect(mysqlDialect(database).nameInRules(shownName(database, table))).toBe(expected);
  });

  test('of several databases', () => {
    expect(mysqlDialect(undefined).nameInRules('crm.contacts')).toBe('crm.contacts');
  });
});
