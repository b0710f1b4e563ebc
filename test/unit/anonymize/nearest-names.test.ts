/** Which names an error about a wrong one lists. */
import { expect, test } from '@jest/globals';
import { nearestNames } from '../../../src/anonymize/rules/check/nearest-names.ts';

const tables = [
  'hr.department',
  'person.person',
  'person.personphone',
  'sales.salesperson',
  'public."Users"',
  'crm.users',
  'production.product',
  'a.b',
  'c.d',
];

test.each([
  ['person.persons', /^person\.person, /],
  ['crm.person', /^person\.person, …$/],
  ['public.users', /^public\."Users", crm\.users, …$/],
  ['sales.sales_person', /^sales\.salesperson, /],
  ['users', /^crm\.users, public\."Users", …$/],
  ['hr.departmnet', /^hr\.department, /],
])('%s', (written, expected) => {
  expect(nearestNames(written, tables)).toMatch(expected);
});

test('all names are listed where there are few, and none where there are none', () => {
  expect(nearestNames('x', ['one', 'two'])).toBe('one, two');
  expect(nearestNames('x', [])).toBe('');
});
