/** Older dumps that a new one deletes. */
import { describe, expect, test } from '@jest/globals';
import { BackupError } from '../../../src/runtime/errors.ts';
import { dump, engine, keys, objects, receipts } from './dump-runs.ts';

describe('a dump', () => {
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
});
