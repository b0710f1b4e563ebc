/** What a run leaves that was killed, and what the next one does with it. */
import { describe, expect, test } from '@jest/globals';
import { dumpReceiptKey } from '../../../src/dump/files.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { fakeRun } from '../../fakes/context.ts';
import { bucket, clock, dump, engine, github, keys, objects, receipts } from './dump-runs.ts';

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

  test('is not what another job of the run restores, though its files have the same name', async () => {
    const owners: string[] = [];
    const scratch = engine.scratch.bind(engine);
    engine.scratch = (owner: string) => {
      owners.push(owner);
      return scratch(owner);
    };
    await dump(2, { source: 'db 1: x/shop', name: 'shop', prefix: 'db1/' });
    const [other = ''] = owners;
    expect(other).toMatch(/^o\/r\/actions\/runs\/2:\S+$/);
    engine.scratchOwners.add(other);
    await dump(2, { source: 'db2/shop', name: 'shop', prefix: 'db2/' });
    expect([...engine.scratchOwners]).toEqual([other]);
    await dump(2, { source: 'db 1: x/shop', name: 'shop', prefix: 'db1/' });
    expect([...engine.scratchOwners]).toEqual([]);
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
