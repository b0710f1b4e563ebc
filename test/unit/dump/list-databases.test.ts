/** The databases of a server as sources of their own: which are dumped, and under which names. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';
import type { Findings, Ports } from '../../../src/actions/db-dump/ports.ts';
import { run } from '../../../src/actions/db-dump/run.ts';
import { idlePatterns, isExcluded } from '../../../src/dump/databases/patterns.ts';
import { listed } from '../../../src/dump/databases/sources.ts';
import type { ServerDatabases } from '../../../src/ports/dump-engine.ts';
import { dumpHeadline } from '../../../src/report/render/dump-text.ts';
import { provesBackup, type Report } from '../../../src/report/report.ts';
import { explain } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';

async function list(found: ServerDatabases, exclude = '') {
  const settings = settingsFrom(inputs, {
    source: 'prod/main',
    'aws-region': 'us-east-1',
    bucket: 'dumps',
    'receipt-bucket': 'receipts',
    'database-url': 'postgresql://u:p@db/postgres',
    'list-databases': 'true',
    'exclude-databases': exclude,
  });
  const findings: Partial<Findings> = {};
  const context = fakeContext<Findings>(new FakeClock(), fakeRun(1), (more) => void Object.assign(findings, more));
  // Whatever else it asked for would fail: nothing is dumped, and the bucket is not looked at.
  const ports = { databases: async () => found } as unknown as Ports;
  const error = await run(settings, ports, context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { findings, error };
}

test('every database that is not excluded, with names of its own; what is left out is told', async () => {
  const leftOut = [{ database: 'postgres', why: 'it holds nothing' }];
  const { findings, error } = await list({ found: ['crm', 'shop', 'test_1'], leftOut }, 'test_* gone');
  expect(error).toBeUndefined();
  expect(findings.outcome).toBe('done');
  expect(findings.databases).toEqual([
    { database: 'crm', source: 'prod/main/crm', name: 'crm', prefix: 'db/prod-main/' },
    { database: 'shop', source: 'prod/main/shop', name: 'shop', prefix: 'db/prod-main/' },
  ]);
  expect(findings.plan?.map(({ decision }) => decision)).toEqual([
    'dump the database crm as prod/main/crm',
    'dump the database shop as prod/main/shop',
  ]);
  expect(findings.notes).toEqual([
    'the database test_1 is excluded (exclude-databases)',
    'the database postgres is left out: it holds nothing',
    'exclude-databases: gone fits no database of the server',
  ]);
});

test('a server of which nothing is left is an error: a backup of nothing would look like one', async () => {
  const { error, findings } = await list({ found: ['crm'], leftOut: [] }, '*');
  expect(explain(error)).toMatchObject({
    what: 'the server has no database to dump',
    likelyCause: 'exclude-databases leaves none of them',
  });
  expect(findings.outcome).toBeUndefined();
});

test('a list ends the issue of its source, and is called a list', () => {
  const databases = [{ database: 'crm', source: 'prod/crm', name: 'crm', prefix: 'db/prod/' }];
  const report = { action: 'db-dump', source: 'prod', outcome: 'done', databases } as unknown as Report;
  expect(provesBackup(report)).toBe(true);
  expect(provesBackup({ ...report, outcome: 'failed' })).toBe(false);
  expect(dumpHeadline(report)).toBe('The databases of prod are listed: 1 to dump');
});

describe('patterns', () => {
  test.each([
    ['test_*', 'test_1', true],
    ['test_*', 'a_test_1', false],
    ['shop?', 'shop1', true],
    ['shop?', 'shop', false],
    ['a.b', 'axb', false],
    ['[ab]', 'a', false],
    ['*', 'Zoë\n', true],
    ['??', '🐘x', true],
  ])('%s and %j: %s', (pattern, name, fits) => {
    expect(isExcluded(name, [pattern])).toBe(fits);
  });

  test('of which one fits nothing is told', () => {
    expect(idlePatterns(['a', 'b1'], ['a', 'c', 'b*'])).toEqual(['c']);
  });
});

test('no two databases share a source or the files, whatever they are called', () => {
  const server = { source: 'prod', name: 'prod', prefix: 'db/' };
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 8 }), (databases) => {
      const all = listed(databases, server);
      expect(new Set(all.map(({ source }) => source)).size).toBe(databases.length);
      expect(new Set(all.map(({ prefix, name }) => `${prefix}${name}`)).size).toBe(databases.length);
      for (const { source, name, prefix } of all)
        expect(() =>
          settingsFrom(inputs, {
            source,
            name,
            prefix,
            'aws-region': 'us-east-1',
            bucket: 'dumps',
            'receipt-bucket': 'receipts',
            'database-url': 'postgresql://u:p@db/postgres',
          }),
        ).not.toThrow();
    }),
  );
  expect(listed(['a b', 'a-b', '_x'], server).map(({ source, name }) => [source, name])).toEqual([
    ['prod/a b', expect.stringMatching(/^a-b-[0-9a-f]{8}$/)],
    ['prod/a-b', 'a-b'],
    [expect.stringMatching(/^prod\/x-[0-9a-f]{8}$/), expect.stringMatching(/^x-[0-9a-f]{8}$/)],
  ]);
});
