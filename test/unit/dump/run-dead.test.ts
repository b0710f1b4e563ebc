/** What a run leaves that was killed, and what the next one does with it. */
import { describe, expect, test } from '@jest/globals';
import { dumpReceiptKey } from '../../../src/dump/files.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { fakeRun } from '../../fakes/context.ts';
import { bucket, clock, dump, engine, github, keys, objects, receipts } from './dump-runs.ts';

describe('what a dead run left', () => {
  /** Seeds what a run leaves that is killed when its archive has become visible, and the other files have not. */
  async function die(id: number, attempt = 1): Promise<void> {
    github.startRun('postgres-backup.yml', id);
    const run = fakeRun(id, attempt);
    const { key, url } = run;
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
    const receipt = dumpReceiptKey('shop', takenAt, run);
    await objects.put({ ...object, key: receipt }, JSON.stringify(draft));
  }

  test.each([
    ['of the same compression', {}],
    ['of another compression', { compression: 'zstd' }],
  ])('is removed by the next run %s: files, uploads, the draft, scratch databases', async (_, given) => {
    await die(1);
    // Owners of earlier versions have no attempt.
    for (const owner of ['1:shop:1', '1:shop', '2:other:1', '2:shop'])
      engine.scratchOwners.add(`o/r/actions/runs/${owner}`);
    expect(await keys('db/')).toEqual(['db/shop.dump']);
    expect(objects.uploads.size).toBeGreaterThan(0);
    github.endRun(1, 'cancelled');
    const { findings, error } = await dump(2, given);
    expect(error).toBeUndefined();
    expect(findings.notes).toEqual(
      expect.arrayContaining([
        'removed a file that https://github.com/o/r/actions/runs/1 published before it died: s3://dumps/db/shop.dump',
        'aborted an unfinished upload of a dead run: s3://dumps/db/shop.gz',
        'dropped scratch databases of dead runs: o/r/actions/runs/1:shop:1, o/r/actions/runs/1:shop',
      ]),
    );
    expect((await receipts()).map(({ run: { key } }) => key)).toEqual(['o/r/actions/runs/2']);
    expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(1);
    expect(objects.uploads.size).toBe(0);
    expect([...engine.scratchOwners]).toEqual(['o/r/actions/runs/2:other:1', 'o/r/actions/runs/2:shop']);
  });

  test('is what an earlier attempt of the run left', async () => {
    await die(2, 1);
    engine.scratchOwners.add('o/r/actions/runs/2:shop:1');
    expect((await dump(2, {}, undefined, 2)).error).toBeUndefined();
    expect((await receipts()).map(({ run: { attempt } }) => attempt)).toEqual([2]);
    expect([objects.versionsOf.get('db/shop.dump')?.length, objects.uploads.size]).toEqual([1, 0]);
    expect(engine.scratchOwners.size).toBe(0);
  });

  test('is not what another job of this attempt makes, of the same source, too', async () => {
    await die(2);
    const left = objects.uploads.size;
    engine.scratchOwners.add('o/r/actions/runs/2:shop:1').add('o/r/actions/runs/2:other:1');
    const { error, findings } = await dump(2);
    expect(error).toBeUndefined();
    expect(findings.notes?.filter((note) => /dead|died/.test(note))).toEqual([]);
    expect((await receipts()).map(({ state }) => state)).toEqual(['draft', 'taken']);
    expect([objects.versionsOf.get('db/shop.dump')?.length, objects.uploads.size]).toEqual([2, left]);
    expect([...engine.scratchOwners]).toContain('o/r/actions/runs/2:other:1');
  });

  test('is no upload that began after the receipts were read: its draft may be written by now', async () => {
    const list = objects.list.bind(objects);
    objects.list = async (...given) => {
      const listed = await list(...given);
      // Another job reads what this one reads, and begins.
      if (given[1].startsWith('receipts/') && objects.uploads.size === 0) {
        clock.advance(1);
        await objects.upload({ bucket, key: 'db/shop.dump', contentType: '', tags: {}, metadata: {} });
      }
      return listed;
    };
    const { error } = await dump(2);
    expect([error, objects.uploads.size]).toEqual([undefined, 1]);
  });

  test('is not what was completed between the reading of the receipts and the question whether the run is over', async () => {
    await die(1);
    const [draft] = await keys('receipts/');
    const state = github.state.bind(github);
    github.state = async (key) => {
      const place = { bucket, key: draft ?? '' };
      const completed = { ...JSON.parse((await objects.text(place)) ?? ''), state: 'taken', verdict: 'good' };
      await objects.put({ ...place, contentType: '', tags: {}, metadata: {} }, JSON.stringify(completed));
      github.endRun(1, 'success');
      return state(key);
    };
    expect((await dump(2)).error).toBeUndefined();
    expect((await receipts()).map(({ state, verdict }) => [state, verdict])).toEqual([
      ['taken', 'good'],
      ['taken', 'good'],
    ]);
    expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(2);
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

  test.each([
    ['GitHub says that its run is alive: as long as a job may last', 5 * 24, 'alive'],
    ['nobody knows its run: for a day', 24, 'unknown'],
  ] as const)('stays while %s', async (_which, hours, state) => {
    await die(1);
    github.state = async () => state;
    const left = objects.uploads.size;
    clock.advance(hours * 3_600_000 - 120_000);
    await dump(2);
    expect((await receipts()).map(({ state }) => state)).toEqual(['draft', 'taken']);
    expect(objects.uploads.size).toBe(left);
    clock.advance(120_000);
    await dump(3);
    expect((await receipts()).map(({ state }) => state)).toEqual(['taken', 'taken']);
    expect(objects.uploads.size).toBe(0);
  });
});
