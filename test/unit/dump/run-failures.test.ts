/** A dump that fails or is cancelled. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BackupError } from '../../../src/runtime/errors.ts';
import { bucket, dump, engine, folder, github, keys, objects, receipts, sqlOf } from './dump-runs.ts';

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
