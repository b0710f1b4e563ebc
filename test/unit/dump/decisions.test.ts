/** The decisions of db-dump: what is kept, which tools are used, which changes are striking. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partSizes } from '../../../src/adapters/aws/multipart.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { changesSince } from '../../../src/dump/changes.ts';
import { compareDatabases } from '../../../src/dump/engines/postgres/compare/compare.ts';
import { databaseParameter, parseConnection } from '../../../src/dump/engines/postgres/connection.ts';
import { chooseTools, hasKnownHoles, parseVersion } from '../../../src/dump/engines/postgres/tools.ts';
import { contentTypeOf, objectKey, stamp } from '../../../src/dump/files.ts';
import type { KnownReceipt } from '../../../src/dump/receipts.ts';
import { bucketWarnings, expiredDumps } from '../../../src/dump/retention/retention.ts';

const receipt = (day: number, more: Partial<DumpReceipt> = {}): DumpReceipt => ({
  format: 'holdfast-receipt/1',
  kind: 'database-dump',
  source: 's',
  engine: 'postgres',
  state: 'taken',
  takenAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
  run: { key: 'r', url: 'u', attempt: 1 },
  database: 'd',
  place: 'runner',
  bucket: 'b',
  versions: { holdfast: '', server: '', tools: '' },
  fingerprint: { takenAt: '', seconds: 0, serverVersion: '', tables: [], sequences: {}, extensions: {}, objects: {} },
  files: [],
  timeline: [],
  verdict: 'good',
  proof: [],
  notes: [],
  ...more,
});

describe('dated dumps', () => {
  test('never lose the last proven one, a draft, or one of the newest', () => {
    const some = fc.uniqueArray(
      fc.record({
        day: fc.integer({ min: 1, max: 3000 }),
        verdict: fc.constantFrom<Verdict>('good', 'bad', 'unproven'),
        state: fc.constantFrom<DumpReceipt['state']>('draft', 'taken'),
      }),
      { selector: (one) => one.day, maxLength: 30 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 10 }), (all, keep) => {
        const known: KnownReceipt[] = all.map(({ day, ...more }) => ({
          key: String(day),
          receipt: receipt(day, more),
        }));
        const gone = new Set(expiredDumps(known, keep).map((one) => one.key));
        const days = (of: readonly { day: number }[]): number[] => of.map((one) => one.day).sort((a, b) => b - a);
        const lastGood = days(all.filter((one) => one.verdict === 'good'))[0];
        // The same, calculated naively.
        const expected = days(all.filter((one) => one.state === 'taken'))
          .slice(keep)
          .filter((day) => day !== lastGood);
        expect([...gone].sort()).toEqual(expected.map(String).sort());
      }),
      { numRuns: 2000 },
    );
  });
});

test('a bucket that does not keep what was asked for is a warning', () => {
  const rule = {
    id: 'r',
    prefix: 'db/',
    enabled: true,
    newerNoncurrentVersions: 45,
    noncurrentDays: 1,
    expirationDays: undefined,
    abortUploadDays: 2,
  };
  expect(bucketWarnings('b', 'db/x', 45, true, [rule])).toEqual([]);
  expect(bucketWarnings('b', 'db/x', 45, false, [rule])[0]).toContain('keeps no versions');
  expect(bucketWarnings('b', 'db/x', 10, true, [rule])[0]).toContain(
    'keeps 45 newer non-current versions, the input keep says 10',
  );
  expect(bucketWarnings('b', 'db/x', 45, true, [{ ...rule, prefix: 'other/' }])).toHaveLength(2);
  expect(bucketWarnings('b', 'db/x', 45, true, [{ ...rule, expirationDays: 30 }])[0]).toContain(
    'deletes current objects after 30 days',
  );
});

describe('tools', () => {
  const tools = (...versions: string[]) =>
    versions.map((text) => ({ folder: `/v${text}`, version: parseVersion(text) ?? { major: 0, minor: 0 } }));
  test('of the server are chosen, or else the next newer', () => {
    const server = { major: 16, minor: 2 };
    expect(chooseTools(tools('18.7', '16.16', '15.20'), server).folder).toBe('/v16.16');
    expect(chooseTools(tools('18.7', '17.12', '15.20'), server).folder).toBe('/v17.12');
    expect(chooseTools(tools('18.7', '17.12', '16.15'), server).folder).toBe('/v17.12');
    expect(chooseTools(tools('16.15', '17.11'), server).folder).toBe('/v16.15');
    // A host proves nothing, and the runner may lack what reads an archive of a newer series.
    expect(chooseTools(tools('17.12', '16.15'), server, 'on i-1').folder).toBe('/v16.15');
    expect(() => chooseTools(tools('15.20'), { major: 11, minor: 22 })).toThrow('dumps need PostgreSQL 12 or newer');
    expect(() => chooseTools(tools('15.20'), server)).toThrow(
      'the pg_dump installed here is 15.20, which cannot read it',
    );
  });
  test('with known holes are recognised', () => {
    expect(tools('15.20', '16.16', '17.12', '18.7', '19.0').map((one) => hasKnownHoles(one.version))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(tools('15.19', '16.15', '17.11', '18.6', '14.99').every((one) => hasKnownHoles(one.version))).toBe(true);
    expect(parseVersion('pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)')).toEqual({ major: 15, minor: 20 });
  });
});

test('a URL becomes an environment, and is never shown', () => {
  const { environment, shown } = parseConnection(
    'postgresql://u%40x:p%2Fw@[::1]:6432/a%20b?sslmode=require',
    'database-url',
  );
  expect(environment).toEqual({
    PGHOST: '::1',
    PGPORT: '6432',
    PGDATABASE: 'a b',
    PGUSER: 'u@x',
    PGPASSWORD: 'p/w',
    PGSSLMODE: 'require',
  });
  expect(shown).not.toContain('p/w');
  for (const wrong of [
    'mysql://a:secret@b/c',
    'postgresql://a:secret@b/',
    'postgresql://a:secret@b/c?what=1',
    'postgresql://a:secret%@b/c',
  ]) {
    expect(() => parseConnection(wrong, 'database-url')).toThrow('database-url: ');
    expect(() => parseConnection(wrong, 'database-url')).not.toThrow('secret');
  }
});

test('the name of a database is never read as a connection string', () => {
  expect(databaseParameter('shop_1.prod-a')).toBe('shop_1.prod-a');
  expect(databaseParameter("it's=b\\c")).toBe("dbname='it\\'s=b\\\\c'");
  expect(databaseParameter('postgresql://h/d')).toBe("dbname='postgresql://h/d'");
});

test('ten thousand parts hold the largest object', () => {
  let sum = 0;
  for (let part = 1; part <= 10_000; part += 1) sum += partSizes(part);
  expect(sum).toBeGreaterThan(5 * 2 ** 40);
  expect(partSizes(1)).toBeGreaterThanOrEqual(5 * 2 ** 20);
  expect(partSizes(10_000)).toBeLessThanOrEqual(5 * 2 ** 30);
});

test('a sequence that advanced during the dump may have any value in between', () => {
  const at = (value: string) => ({
    takenAt: '',
    seconds: 0,
    serverVersion: '',
    tables: [],
    sequences: { s: value },
    extensions: {},
    objects: {},
  });
  const source = { ...at('1138'), sequencesBefore: { s: '1100' } };
  for (const value of ['1100', '1136', '1138']) expect(compareDatabases(source, at(value)).differences).toEqual([]);
  for (const value of ['1100', '1136', '1138']) expect(compareDatabases(source, at(value)).notes).toEqual([]);
  // It may have been set back meanwhile, and have overtaken itself since.
  for (const value of ['1099', '1139'])
    expect(compareDatabases(source, at(value))).toMatchObject({
      differences: [],
      notes: [
        expect.stringContaining(
          `sequence s was set during the dump: it was at 1100, then at 1138; the copy's is at ${value}`,
        ),
      ],
    });
  expect(compareDatabases(at('5'), at('6')).differences).toHaveLength(1);
  const down = { ...at('-9'), sequencesBefore: { s: '-1 not called' } };
  expect(compareDatabases(down, at('-4')).differences).toEqual([]);
});

describe('a sequence whose value in the archive is known', () => {
  const at = (value: string) => ({ ...receipt(1).fingerprint, sequences: { 'app."user"': value } });
  const source = (before: string, archived: string, after: string) => ({
    ...at(after),
    ...(before !== after && { sequencesBefore: { 'app."user"': before } }),
    // PostgreSQL quotes names that are keywords.
    sequencesInArchive: { 'app.user': archived },
  });
  test('must have it, and nothing else in between', () => {
    const { differences, notes } = compareDatabases(source('1100', '1120', '1138'), at('1120'));
    expect({ differences, notes }).toEqual({ differences: [], notes: [] });
    for (const value of ['1100', '1121', '1138', '1120 not called'])
      expect(compareDatabases(source('1100', '1120', '1138'), at(value))).toMatchObject({
        differences: [{ what: 'sequence app."user"', expected: '1120', found: value }],
        notes: [],
      });
  });
  test.each([
    ['came back', '10', '99', '10'],
    ['came back, and had not been used', '1 not called', '3', '1 not called'],
    ['overtook itself', '10', '9', '20'],
    ['counts down', '-5', '-20', '-9'],
  ])(
    'and was set back and %s is noted; a copy with another value is a difference',
    (_what, before, archived, after) => {
      const { differences, notes } = compareDatabases(source(before, archived, after), at(archived));
      expect({ differences, notes }).toEqual({
        differences: [],
        notes: [
          `sequence app."user" was set during the dump: it was at ${before}, then at ${after}; the dump's is at ${archived}`,
        ],
      });
      for (const value of [before, after])
        expect(compareDatabases(source(before, archived, after), at(value)).differences).toEqual([
          { what: 'sequence app."user"', expected: archived, found: value },
        ]);
      const { sequences: _, ...none } = at('');
      expect(compareDatabases(source(before, archived, after), { ...none, sequences: {} }).differences).toHaveLength(1);
    },
  );
  test('does not hide that another one is not in the archive', () => {
    const lost = { ...source('1', '1', '1'), sequencesInArchive: {} };
    expect(compareDatabases(lost, at('2')).differences).toEqual([
      { what: 'sequence app."user"', expected: '1', found: '2' },
    ]);
  });
});

test('names of files sort by time', () => {
  expect(stamp('2026-11-21T04:05:12.345Z')).toBe('20261121T040512Z');
  const takenAt = '2026-11-21T04:05:12.345Z';
  const versions = { prefix: 'db/', name: 'x', format: 'custom', keepAs: 'versions' } as const;
  expect(objectKey(versions, 'anonymised', takenAt)).toBe('db/x.anon.gz');
  expect(objectKey({ ...versions, keepAs: 'dated' }, 'anonymised', takenAt)).toBe('db/x/20261121T040512Z/x.anon.gz');
  expect(objectKey({ ...versions, format: 'directory' }, 'archive', takenAt)).toBe('db/x.dump.tar');
  expect(objectKey({ ...versions, format: 'sql' }, 'archive', takenAt)).toBe('db/x.sql.gz');
  expect(objectKey({ ...versions, format: 'sql' }, 'anonymised', takenAt)).toBe('db/x.anon.sql.gz');
  expect(objectKey({ ...versions, format: 'tarball' }, 'anonymised', takenAt)).toBe('db/x.anon.tar.gz');
  expect(objectKey({ ...versions, format: 'archive' }, 'archive', takenAt)).toBe('db/x.archive.gz');
});

test('with Zstandard, files of SQL end in .zst', () => {
  const takenAt = '2026-11-21T04:05:12.345Z';
  const zstd = { prefix: 'db/', name: 'x', format: 'custom', keepAs: 'versions', compression: 'zstd' } as const;
  const keys = (format: 'custom' | 'sql') =>
    (['archive', 'plain', 'anonymised'] as const).map((kind) => objectKey({ ...zstd, format }, kind, takenAt));
  expect(keys('custom')).toEqual(['db/x.dump', 'db/x.zst', 'db/x.anon.zst']);
  expect(keys('sql')).toEqual(['db/x.sql.zst', 'db/x.zst', 'db/x.anon.sql.zst']);
  expect(objectKey({ ...zstd, keepAs: 'dated' }, 'plain', takenAt)).toBe('db/x/20261121T040512Z/x.zst');
  expect(contentTypeOf('plain', zstd)).toBe('application/zstd');
  expect(contentTypeOf('plain', { ...zstd, compression: 'gzip' })).toBe('application/gzip');
  expect(contentTypeOf('archive', zstd)).toBe('application/octet-stream');
});

test('dated dumps of MongoDB are named by their minute alone, as users of its old backups know them', () => {
  const dated = { prefix: 'mongo/', name: 'x', format: 'tarball', keepAs: 'dated' } as const;
  const takenAt = '2018-04-04T11:37:09.345Z';
  expect(objectKey(dated, 'archive', takenAt)).toBe('mongo/2018-04-04T11_37.tar.gz');
  expect(objectKey(dated, 'anonymised', takenAt)).toBe('mongo/2018-04-04T11_37.anon.tar.gz');
  expect(objectKey({ ...dated, seconds: true }, 'archive', takenAt)).toBe('mongo/2018-04-04T11_37_09.tar.gz');
});

describe('figures', () => {
  const table = (name: string, rows: string, checksum = '1', root?: string) => ({
    name,
    rows,
    checksum,
    ...(root ? { root } : {}),
  });
  const of = (...tables: ReturnType<typeof table>[]) => ({ ...receipt(1).fingerprint, tables });
  test('of a copy are compared, and every difference is reported', () => {
    const source = of(table('a', '3'), table('b', '5', '9'));
    expect(compareDatabases(source, source).differences).toEqual([]);
    expect(
      compareDatabases(source, of(table('a', '2'), table('b', '5', '8'), table('c', '1'))).differences.map(
        (one) => one.what,
      ),
    ).toEqual(['rows of a', 'checksum of b', 'table c']);
    expect(compareDatabases(source, of(table('a', '3'))).differences).toEqual([
      { what: 'rows of b', expected: '5', found: 'nothing' },
    ]);
  });
  test('of an anonymised copy are compared for all partitions together', () => {
    const source = of(table('p0', '3', '1', 'p'), table('p1', '4', '1', 'p'), table('dropped', '9'));
    const copy = of(table('p0', '5', '2', 'p'), table('p1', '2', '3', 'p'), table('dropped', '0'));
    expect(compareDatabases(source, copy, { rowsLeftOut: new Set(['dropped']) }).differences).toEqual([]);
    expect(
      compareDatabases(source, of(table('p0', '5', '2', 'p')), { rowsLeftOut: new Set(['dropped']) }).differences,
    ).toHaveLength(1);
  });
  test('that changed much since the last good dump are striking', () => {
    const before = receipt(1, {
      fingerprint: of(table('a', '1000'), table('b', '1000'), table('c', '3'), table('d', '50')),
    });
    const now = receipt(2, {
      fingerprint: of(table('a', '1400'), table('b', '1200'), table('c', '1'), table('d', '0')),
    });
    const striking = changesSince(before, now, 0.3)
      .filter((one) => one.striking)
      .map((one) => one.what);
    expect(striking.sort()).toEqual(['rows of a', 'rows of d']);
  });
});
