/** A dump that succeeds: its files, its receipt, its verdict. */
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { BackupError } from '../../../src/runtime/errors.ts';
import { bucket, dump, engine, keys, objects, receipts, sqlOf } from './dump-runs.ts';

describe('a dump', () => {
  test('is three files and a receipt, proven and tagged', async () => {
    const { findings, error } = await dump(1);
    expect(error).toBeUndefined();
    expect(await keys('db/')).toEqual(['db/shop.anon.gz', 'db/shop.dump', 'db/shop.gz']);
    expect(sqlOf('db/shop.gz')).toContain('ada@company.com');
    expect(sqlOf('db/shop.anon.gz')).not.toContain('company.com');
    const [receipt] = await receipts();
    expect(receipt).toMatchObject({ state: 'taken', verdict: 'good', engine: 'postgres', place: 'runner' });
    expect(receipt).not.toHaveProperty('uploads');
    expect(receipt?.files.map(({ kind, sqlBytes }) => [kind, sqlBytes])).toEqual([
      ['archive', undefined],
      ['plain', engine.content.length],
      ['anonymised', sqlOf('db/shop.anon.gz').length],
    ]);
    expect(objects.versionsOf.get('db/shop.dump')?.[0]).toMatchObject({
      tags: { 'holdfast:source': 'shop', 'holdfast:verdict': 'good' },
      metadata: { 'holdfast-run': 'o/r/actions/runs/1#1' },
    });
    expect(engine.outcomes).toEqual(['proven']);
    expect(findings.notes).toEqual(['a note on the server', 'the host keeps a proven archive']);
    expect([objects.uploads.size, engine.scratchOwners.size]).toEqual([0, 0]);
  });

  test('with Zstandard is as good, and leaves the files of gzip as they are', async () => {
    await dump(1);
    const before = objects.versionsOf.get('db/shop.gz');
    const { findings, error } = await dump(2, { compression: 'zstd' });
    expect(error).toBeUndefined();
    expect(await keys('db/')).toEqual([
      'db/shop.anon.gz',
      'db/shop.anon.zst',
      'db/shop.dump',
      'db/shop.gz',
      'db/shop.zst',
    ]);
    expect(objects.versionsOf.get('db/shop.gz')).toEqual(before);
    const text = (key: string): string =>
      zstdDecompressSync(objects.versionsOf.get(key)?.[0]?.body ?? Buffer.alloc(0)).toString('utf8');
    expect(text('db/shop.zst')).toBe(sqlOf('db/shop.gz'));
    expect(text('db/shop.anon.zst')).toBe(sqlOf('db/shop.anon.gz'));
    expect(findings.verdict).toBe('good');
    const second = (await receipts()).find(({ run: { key } }) => key.endsWith('/2'));
    expect(second?.proof.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['archive', 'good'],
      ['plain', 'good'],
      ['anonymised', 'good'],
    ]);
    expect(findings.plan?.map(({ decision }) => decision)).toContain('write the plain file to s3://dumps/db/shop.zst');
  });

  test('names the databases that nobody chose and nobody excluded, in summary and receipt', async () => {
    engine.uncovered = ['crm', 'wiki'];
    const { findings } = await dump(1);
    const note = 'not in this dump, and not excluded: 2 databases (crm, wiki)';
    expect(findings.notes).toContain(note);
    expect((await receipts())[0]?.notes).toContain(note);
  });

  test('tells what the tool warned of, and is good all the same', async () => {
    engine.warnings = ['subscriptions are left out'];
    const { findings, error, lines } = await dump(1);
    expect(error).toBeUndefined();
    expect(findings.verdict).toBe('good');
    expect(findings.dump?.warnings.at(-1)).toBe('subscriptions are left out');
    expect(lines.filter((line) => line.includes('subscriptions'))).toEqual(['warning subscriptions are left out']);
  });

  test('must have the values of sequences that its archive has; where these cannot be read, it is a dump all the same', async () => {
    const set = "SELECT pg_catalog.setval('app.s', 7, true);\n";
    engine.content = engine.content.replace('COPY public.users', `${set}\nCOPY public.users`);
    engine.sourceSequences = { 'app.s': '5' };
    engine.copy = { sequences: { 'app.s': '7' } };
    await dump(1);
    const [receipt] = await receipts();
    expect(receipt?.fingerprint).toMatchObject({ sequences: { 'app.s': '5' }, sequencesInArchive: { 'app.s': '7' } });
    expect(receipt?.proof).toHaveLength(3);
    for (const row of receipt?.proof ?? []) {
      expect(row).toMatchObject({ verdict: 'good', findings: [] });
      expect(row.notes).toContainEqual(expect.stringContaining('sequence app.s was set during the dump'));
    }

    engine.sequences = () => Promise.reject(new BackupError({ what: 'no list' }));
    engine.copy = { sequences: { 'app.s': '5' } };
    const { error } = await dump(2);
    expect(error).toBeUndefined();
    expect(engine.failures).toEqual(['no list']);
    const second = (await receipts()).find(({ run: { key } }) => key.endsWith('/2'));
    expect(second?.verdict).toBe('good');
    expect(second?.fingerprint).not.toHaveProperty('sequencesInArchive');
  });

  test('names the key of each file in its plan', async () => {
    const writes = async (given: Readonly<Record<string, string>>) =>
      (await dump(1, { ...given, 'dry-run': 'true' })).findings.plan?.flatMap(({ decision }) =>
        decision.startsWith('write') ? [decision.replace(/^write the \S+ file to s3:\/\/dumps\//, '')] : [],
      );
    expect(await writes({})).toEqual(['db/shop.dump', 'db/shop.gz', 'db/shop.anon.gz']);
    expect(await writes({ 'keep-as': 'dated', 'archive-format': 'directory' })).toEqual([
      'db/shop/TIME/shop.dump.tar',
      'db/shop/TIME/shop.gz',
      'db/shop/TIME/shop.anon.gz',
    ]);
  });

  test('that is not proven is unproven, and no failure', async () => {
    const { findings, error } = await dump(1, { prove: 'none' });
    expect(error).toBeUndefined();
    expect(findings).toMatchObject({ outcome: 'done', verdict: 'unproven' });
    expect(engine.outcomes).toEqual(['unproven']);
  });

  test('whose copy differs is bad: its files stay, and are not deleted as the oldest', async () => {
    engine.copy = { tables: [{ name: 'public.users', rows: '1', checksum: '7' }] };
    const { findings, error } = await dump(1, { 'keep-as': 'dated', keep: '1' });
    expect(error).toMatchObject({
      code: 'dump-bad',
      what: 'the archive file is bad: rows of public.users: expected 2, found 1',
    });
    expect(findings.verdict).toBe('bad');
    expect(await keys('db/')).toHaveLength(3);
    expect(engine.outcomes).toEqual(['discard']);
  });
});

test('an archive that cannot be put away is a warning with its fix, and the dump stays good', async () => {
  engine.putAway = () => Promise.reject(new BackupError({ what: 'the host is gone', fix: 'start it' }));
  const { error, lines } = await dump(1);
  expect(error).toBeUndefined();
  expect(lines).toContain('warning could not put away the archive on the host: the host is gone; start it');
});

test('dumps of another engine between those of this one are told: two databases have one source', async () => {
  await dump(1);
  const place = { bucket, key: 'receipts/shop/dump-20990101T000000Z-9-1.json' };
  const other = { ...(await receipts())[0], engine: 'mysql', takenAt: '2099-01-01T00:00:00.000Z', files: [] };
  const put = (document: object) =>
    objects.put({ ...place, contentType: '', tags: {}, metadata: {} }, JSON.stringify(document));
  await put(other);
  const warned = async (id: number) =>
    (await dump(id)).findings.dump?.warnings.filter((text) => /same source/.test(text));
  expect(await warned(2)).toEqual([expect.stringContaining('dumps of MySQL have the same source')]);
  // A database that moved from one engine to the other.
  await put({ ...other, takenAt: '2001-01-01T00:00:00.000Z' });
  expect(await warned(3)).toEqual([]);
});
