/** db-dump from start to end, in memory. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SqlFiles } from '../../../src/actions/db-dump/files/sql-files.ts';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';
import type { Findings } from '../../../src/actions/db-dump/ports.ts';
import { run } from '../../../src/actions/db-dump/run.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { postgresDialect } from '../../../src/dump/engines/postgres/dialect.ts';
import { dumpReceiptKey } from '../../../src/dump/files.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeEngine } from '../../fakes/dump-engine.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeObjects } from '../../fakes/objects.ts';

const bucket = 'dumps';

let folder: string;
let clock: FakeClock;
let objects: FakeObjects;
let engine: FakeEngine;
let github: FakeGitHub;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-run-'));
  clock = new FakeClock();
  objects = new FakeObjects(clock);
  engine = new FakeEngine(clock);
  github = new FakeGitHub();
});
afterEach(() => {
  // Whatever happened, the work directory and the server are left as they were.
  expect(readdirSync(folder).filter((name) => name.startsWith('holdfast-'))).toEqual([]);
  expect(engine.openSnapshots).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

async function dump(id: number, given: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
  const findings: Partial<Findings> = {};
  const settings = settingsFrom(inputs, {
    source: 'shop',
    'aws-region': 'us-east-1',
    'database-url': 'postgresql://u:p@db/shop',
    'scratch-url': 'postgresql://u:p@localhost/postgres',
    bucket,
    'receipt-bucket': bucket,
    'work-directory': folder,
    ...given,
  });
  const context = fakeContext<Findings>(clock, fakeRun(id), (more) => void Object.assign(findings, more));
  const files = new SqlFiles(engine, postgresDialect);
  const ports = { engine, files, objects, cleanupObjects: objects, runs: github };
  clock.advance(60_000);
  const error = await run(settings, ports, signal ? { ...context, signal } : context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { findings, error, lines: context.logger.lines };
}

const keys = async (prefix: string): Promise<string[]> => (await objects.list(bucket, prefix)).map(({ key }) => key);
async function receipts(): Promise<DumpReceipt[]> {
  const texts = await Promise.all((await keys('receipts/')).map((key) => objects.text({ bucket, key })));
  return texts.map((text) => JSON.parse(text ?? '') as DumpReceipt);
}
const sqlOf = (key: string): string =>
  gunzipSync(objects.versionsOf.get(key)?.[0]?.body ?? Buffer.alloc(0)).toString('utf8');

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

  test('of dated keys deletes the oldest, with their receipts', async () => {
    for (const id of [1, 2, 3]) await dump(id, { 'keep-as': 'dated', keep: '2', files: 'archive', prove: 'archive' });
    expect((await receipts()).map(({ run: { key } }) => key)).toEqual(['o/r/actions/runs/2', 'o/r/actions/runs/3']);
    expect(await keys('db/')).toHaveLength(2);
  });

  test('whose old ones cannot be deleted is good all the same, and the next run deletes them', async () => {
    const given = { 'keep-as': 'dated', keep: '1', files: 'archive', prove: 'archive' };
    await dump(1, given);
    const remove = objects.delete.bind(objects);
    objects.delete = (place) =>
      place.key.startsWith('db/') ? Promise.reject(new BackupError({ what: 'locked' })) : remove(place);
    const { error, lines } = await dump(2, given);
    expect(error).toBeUndefined();
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning the expired dump of \S+ could not be deleted, the next run tries again: locked$/),
    );
    expect(await receipts()).toHaveLength(2);
    objects.delete = remove;
    await dump(3, given);
    expect(await receipts()).toHaveLength(1);
    expect([...objects.versionsOf.keys()].filter((key) => key.startsWith('db/'))).toHaveLength(1);
  });

  test('makes room for the last good one before it is published, as the plan says; a dry run only says so', async () => {
    objects.rules = [
      {
        id: 'older',
        prefix: 'db/',
        enabled: true,
        newerNoncurrentVersions: 2,
        noncurrentDays: 1,
        expirationDays: undefined,
        abortUploadDays: 2,
      },
    ];
    const given = { keep: '2', files: 'archive', prove: 'archive' };
    await dump(1, given);
    engine.copy = { tables: [{ name: 'public.users', rows: '1', checksum: '7' }] };
    for (const id of [2, 3]) await dump(id, given);
    const versions = () => (objects.versionsOf.get('db/shop.dump') ?? []).map(({ id }) => id);
    const before = versions();
    const dry = await dump(4, { ...given, 'dry-run': 'true' });
    const decisions = dry.findings.plan?.map(({ decision }) => decision) ?? [];
    const room = decisions.findIndex((text) =>
      /^delete the bad version of \S+ of s3:\/\/dumps\/db\/shop\.dump$/.test(text),
    );
    expect(decisions[room + 1]).toBe('write the archive file to s3://dumps/db/shop.dump');
    expect(versions()).toEqual(before);
    const { lines } = await dump(5, given);
    expect(lines).toContain(`info done: ${decisions[room]} (${dry.findings.plan?.[room]?.reason})`);
    expect(versions()).toEqual([expect.any(String), before[0], before[2]]);
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

describe('a dump that fails', () => {
  const nothing = async (): Promise<void> => {
    expect(await objects.list(bucket, '')).toEqual([]);
    expect(objects.uploads.size).toBe(0);
    expect(engine.outcomes).toEqual(['discard']);
  };

  test('while the archive is made leaves nothing', async () => {
    engine.whileDumping = () => {
      throw new BackupError({ what: 'pg_dump ended with status 1', code: 'locked' });
    };
    expect((await dump(1)).error).toMatchObject({ code: 'locked' });
    await nothing();
  });

  test('while the files are published removes those that are visible already', async () => {
    const complete = objects.add.bind(objects);
    objects.add = (object, body) => {
      if (object.key.endsWith('.gz')) throw new Error('S3 is gone');
      return complete(object, body);
    };
    expect((await dump(1)).error).toMatchObject({ message: 'S3 is gone' });
    await nothing();
    // The version itself is gone, not only hidden.
    expect(await objects.versions(bucket, 'db/')).toEqual([]);
  });

  test('although its file became visible, and nobody heard of it, leaves nothing', async () => {
    const complete = objects.add.bind(objects);
    objects.add = (object, body) => {
      complete(object, body);
      if (object.key.endsWith('.gz')) throw new Error('the answer was lost');
      return { versionId: objects.versionsOf.get(object.key)?.[0]?.id };
    };
    expect((await dump(1)).error).toMatchObject({ message: 'the answer was lost' });
    await nothing();
    expect(await objects.versions(bucket, 'db/')).toEqual([]);
  });

  test('and whose visible files cannot be removed keeps its draft, by which the next run removes them', async () => {
    const [complete, remove] = [objects.add.bind(objects), objects.delete.bind(objects)];
    objects.add = (object, body) => {
      if (object.key.endsWith('.gz')) throw new Error('S3 is gone');
      return complete(object, body);
    };
    objects.delete = (place) => (place.key.startsWith('db/') ? Promise.reject(new Error('still gone')) : remove(place));
    const { lines } = await dump(1);
    expect(lines).toContainEqual(expect.stringMatching(/db\/shop\.dump could not be deleted \(still gone\); the next/));
    expect((await receipts()).map(({ state }) => state)).toEqual(['draft']);
    Object.assign(objects, { add: complete, delete: remove });
    github.startRun('postgres-backup.yml', 1);
    github.endRun(1, 'failure');
    expect((await dump(2)).error).toBeUndefined();
    expect((await receipts()).map(({ state }) => state)).toEqual(['taken']);
    expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(1);
  });

  test('when it is cancelled leaves nothing, and throws the reason', async () => {
    const controller = new AbortController();
    engine.whileDumping = () => controller.abort(new Error('cancelled'));
    expect((await dump(1, {}, controller.signal)).error).toMatchObject({ message: 'cancelled' });
    await nothing();
  });

  test('for its rules alone has the other files, proven, and the error says why', async () => {
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, 'version: 1\nunknown-columns: fail\n');
    const { error, findings } = await dump(1, { rules });
    expect(error).toMatchObject({ problems: expect.arrayContaining([expect.stringContaining('email')]) });
    expect(findings.verdict).toBe('good');
    expect(await keys('db/')).toEqual(['db/shop.dump', 'db/shop.gz']);
    expect(sqlOf('db/shop.gz')).toBe(engine.content);
    expect(objects.uploads.size).toBe(0);
  });
});

describe('what a dead run left', () => {
  /** Seeds what a run leaves that is killed when its archive has become visible, and the other files have not. */
  async function die(id: number): Promise<void> {
    github.startRun('postgres-backup.yml', id);
    const { key, url, attempt } = fakeRun(id);
    const takenAt = clock.now().toISOString();
    const object = { bucket, contentType: '', tags: {}, metadata: { 'holdfast-run': `${key}#${attempt}` } };
    const uploads = await Promise.all(
      ['db/shop.dump', 'db/shop.gz', 'db/shop.anon.gz'].map((file) => objects.upload({ ...object, key: file })),
    );
    await uploads[0]?.write(Buffer.from('the archive'));
    await uploads[0]?.complete();
    const draft = {
      format: 'holdfast-receipt/1',
      kind: 'database-dump',
      source: 'shop',
      state: 'draft',
      takenAt,
      run: { key, url, attempt },
      bucket,
      uploads: uploads.map((upload) => ({ key: upload.key, uploadId: upload.id })),
      verdict: 'unproven',
    };
    const receipt = dumpReceiptKey('shop', takenAt, fakeRun(id));
    await objects.put({ ...object, key: receipt }, JSON.stringify(draft));
  }

  test.each([
    ['of the same compression', {}],
    ['of another compression', { compression: 'zstd' }],
  ])('is removed by the next run %s: files, uploads, the draft, scratch databases', async (_, given) => {
    await die(1);
    engine.scratchOwners.add('o/r/actions/runs/1:shop').add('o/r/actions/runs/2:other');
    expect(await keys('db/')).toEqual(['db/shop.dump']);
    expect(objects.uploads.size).toBeGreaterThan(0);
    github.endRun(1, 'cancelled');
    const { findings, error } = await dump(2, given);
    expect(error).toBeUndefined();
    expect(findings.notes).toEqual(
      expect.arrayContaining([
        'removed a file that https://github.com/o/r/actions/runs/1 published before it died: s3://dumps/db/shop.dump',
        'aborted an unfinished upload of a dead run: s3://dumps/db/shop.gz',
        'dropped scratch databases of dead runs: o/r/actions/runs/1:shop',
      ]),
    );
    expect((await receipts()).map(({ run: { key } }) => key)).toEqual(['o/r/actions/runs/2']);
    expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(1);
    expect(objects.uploads.size).toBe(0);
    expect([...engine.scratchOwners]).toEqual(['o/r/actions/runs/2:other']);
  });

  test('costs no backup when it cannot be removed', async () => {
    await die(1);
    github.endRun(1, 'cancelled');
    const remove = objects.delete.bind(objects);
    objects.delete = () => Promise.reject(new BackupError({ what: 'denied', fix: 'allow it' }));
    engine.sweep = () => Promise.reject(new BackupError({ what: 'the scratch server is gone' }));
    const { error, lines } = await dump(2);
    expect(error).toBeUndefined();
    expect(lines).toContain('warning files and uploads of dead runs could not be removed: denied; allow it');
    expect(lines).toContain('warning scratch databases of dead runs could not be removed: the scratch server is gone');
    objects.delete = remove;
    await dump(3);
    expect((await receipts()).map(({ state }) => state)).toEqual(['taken', 'taken']);
    expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(2);
  });

  test('stays while its run may be alive, for a day', async () => {
    await die(1);
    const left = objects.uploads.size;
    await dump(2);
    expect((await receipts()).map(({ state }) => state)).toEqual(['draft', 'taken']);
    expect(objects.uploads.size).toBe(left);
    clock.advance(25 * 3_600_000);
    await dump(3);
    expect((await receipts()).map(({ state }) => state)).toEqual(['taken', 'taken']);
    expect(objects.uploads.size).toBe(0);
  });
});
