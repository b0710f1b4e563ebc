import { expect, test } from '@jest/globals';
import { addressesIn, withoutAddresses } from '../../../crosscheck/witnesses/wild-dumps/addresses.ts';
import { gitName, treeName, wildDumps } from '../../../crosscheck/witnesses/wild-dumps/files.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

test('a folder has the name that git gives it', () => {
  // `git hash-object` and `git write-tree` of a folder with these two files.
  const [one, other] = [gitName('blob', Buffer.from('one\n')), gitName('blob', Buffer.from('two\n'))];
  expect(one).toBe('5626abf0f72e58d7a153368ba57db4c673c0e171');
  expect(
    treeName([
      ['b.sql', other],
      ['a.sql', one],
    ]),
  ).toBe('876facb928ecd93ffe1e5ddb4be0ee5e3f4e81ef');
});

test('without a checkout there is a reason that names the variable', () => {
  expect(() => wildDumps({})).toThrow(ToolMissing);
  expect(() => wildDumps({})).toThrow(/HOLDFAST_WILD_DUMPS/);
  expect(() => wildDumps({ HOLDFAST_WILD_DUMPS: '/none' })).toThrow(/\/none.* does not exist/);
});

test('addresses are found whatever stands around them', () => {
  expect(addressesIn("('Jo.Doe+x@Corp.Example','a@b.c') jane@corp 2@2")).toEqual(['a@b.c', 'jo.doe+x@corp.example']);
  expect(withoutAddresses('<jo@corp.example>')).toBe('<<address>>');
});
