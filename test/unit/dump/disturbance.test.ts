/** What makes a dump begin again, and for how long. */
import { describe, expect, test } from '@jest/globals';
import {
  type DisturbanceKind,
  disturbanceIn,
  messagesIn,
  Patience,
  sqlStateIn,
} from '../../../src/dump/engines/postgres/snapshot/disturbance.ts';
import { asOptions, valuesOf } from '../../../src/dump/engines/postgres/snapshot/snapshot.ts';

test.each<[string, DisturbanceKind | undefined]>([
  ['ERROR:  55P03: canceling statement due to lock timeout', 'waiting'],
  ['FEHLER:  55P03: breche Anweisung wegen Zeitüberschreitung einer Sperre ab', 'waiting'],
  ['ERROR:  40P01: deadlock detected', 'waiting'],
  ['ERROR:  42P01: relation "public.a" does not exist', 'changed'],
  ['FATAL:  57P01: terminating connection due to administrator command', 'ended'],
  ['FATAL:  08006: gone', 'ended'],
  ['ERROR:  53200: out of shared memory', undefined],
  ['ERROR:  42501: permission denied for table a', undefined],
  ['psql: error: connection to server at "db", port 5432 failed: Connection refused', 'ended'],
  ['psql: error: connection to server at "db", port 5432 failed: FATAL:  the database system is starting up', 'ended'],
  ['psql: error: connection to server at "db", port 5432 failed: FATAL:  database "a" does not exist', undefined],
  ['psql: error: connection to server at "db", port 5432 failed: FATAL:  password authentication failed', undefined],
  ['pg_dump: error: query failed: ERROR:  could not obtain lock on relation "public.a"', 'worker'],
  ['pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout', 'blocked'],
  ['pg_dump: error: query failed: ERROR:  permission denied for table a', undefined],
  ['pg_dump: error: query failed: ERROR:  relation "public.s" does not exist', 'changed'],
])('%s: %s', (line, kind) => {
  expect(disturbanceIn([line])).toBe(kind);
});

test('the first error counts; notices, warnings and rows do not', () => {
  const lines = [
    'WARNING:  01000: careful',
    '{"id" : "ERROR:  42P01: not one"}',
    'ERROR:  55P03: first',
    'ERROR:  25P02: then',
  ];
  expect(sqlStateIn(lines)).toBe('55P03');
  expect(messagesIn([...lines, 'LOCATION:  f, a.c:1', 'holdfast:encoding UTF8'])).toEqual([
    'WARNING:  careful',
    'ERROR:  first',
    'ERROR:  then',
  ]);
});

describe('patience', () => {
  /** Milliseconds that each attempt waits, until there is none. */
  function attempts(patience: Patience, kind: DisturbanceKind, wait: () => number): number[] {
    const waits: number[] = [];
    do waits.push(wait());
    while (patience.after(kind) !== undefined && waits.length < 100);
    return waits;
  }

  test('with a lock that somebody holds grows up to lock-timeout', () => {
    const patience = new Patience(5);
    expect(attempts(patience, 'waiting', () => patience.lockWait)).toEqual([500, 1000, 2000, 4000, 5000]);
    const short = new Patience(0.2);
    expect(attempts(short, 'waiting', () => short.lockWait)).toEqual([200]);
  });

  test('with those who ask for an exclusive lock is short, and long at each fifth attempt', () => {
    const patience = new Patience(60);
    const waits = attempts(patience, 'blocked', () => patience.blockedFor);
    expect(waits).toHaveLength(40);
    expect(waits.slice(0, 6)).toEqual([300, 300, 300, 300, 4000, 300]);
  });

  test('with parallel jobs ends at the first that found a lock waited for', () => {
    const patience = new Patience(60);
    expect(patience.alone).toBe(false);
    expect(patience.after('worker')).toBe(0);
    expect(patience.alone).toBe(true);
  });

  test('leaves a server that restarts some time, and is bounded for every kind', () => {
    const patience = new Patience(60);
    expect([1, 2, 3, 4].map(() => patience.after('ended'))).toEqual([2000, 4000, 8000, undefined]);
    const changed = new Patience(60);
    expect(attempts(changed, 'changed', () => 0)).toHaveLength(20);
  });
});

test('answers are found by their key, whatever else is printed', () => {
  expect(
    valuesOf(['holdfast:option a=b', 'WARNING:  01000: x', 'holdfast:encoding UTF8', '{"a":1}'], 'option'),
  ).toEqual(['a=b']);
});

test('settings are written as libpq reads them', () => {
  expect(asOptions(['a=read committed', 'b=c\\d'])).toBe('-c a=read\\ committed -c b=c\\\\d');
});
