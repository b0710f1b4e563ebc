import { expect, test } from '@jest/globals';
import type { Dumped } from '../../../../scripts/lib/engines/mongodb/dump-file.ts';
import {
  anewParameters,
  besideParameters,
  directParameters,
  isSwapped,
} from '../../../../scripts/lib/engines/mongodb/parameters.ts';

const contents: readonly Dumped[] = [
  { database: 'shop', collection: 'people', type: 'collection' },
  { database: 'shop', collection: 'adults*', type: 'view' },
  { database: 'shop', collection: 'weather', type: 'timeseries' },
  { database: 'shop', collection: 'system.js', type: 'collection' },
  { database: 'other', collection: 'views', type: 'view' },
];
const targets = new Map([['shop', 'copy']]);

test('a database is restored under the name of its target, and no other is', () => {
  expect(directParameters(targets)).toEqual([
    '--stopOnError',
    '--bypassDocumentValidation',
    '--nsInclude=shop.*',
    '--nsFrom=shop.*',
    '--nsTo=copy.*',
  ]);
  expect(directParameters(new Map([['a*b', 'a*b']])).slice(2)).toEqual(['--nsInclude=a\\*b.*']);
});

test('only collections that can be renamed are loaded beside', () => {
  expect(contents.map(isSwapped)).toEqual([true, false, false, false, false]);
  expect(besideParameters(targets, contents, 'new_').slice(2)).toEqual([
    '--nsInclude=shop.*',
    '--nsExclude=shop.adults\\*',
    '--nsExclude=shop.system.buckets.adults\\*',
    '--nsExclude=shop.weather',
    '--nsExclude=shop.system.buckets.weather',
    '--nsExclude=shop.system.js',
    '--nsExclude=shop.system.buckets.system.js',
    '--nsFrom=shop.*',
    '--nsTo=copy.new_*',
  ]);
});

test('views and time series are loaded anew, in the place of those that are there', () => {
  expect(anewParameters(targets, contents)?.slice(2)).toEqual([
    '--drop',
    '--nsInclude=shop.adults\\*',
    '--nsInclude=shop.weather',
    '--nsInclude=shop.system.js',
    '--nsFrom=shop.*',
    '--nsTo=copy.*',
  ]);
  expect(anewParameters(targets, contents.slice(0, 1))).toBeUndefined();
});
