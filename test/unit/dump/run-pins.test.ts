/** db-dump with keep-forever, label and application-version, and what it does with the pins of others. */
import { describe, expect, test } from '@jest/globals';
import { isOwnKey } from '../../../src/dump/files.ts';
import { markDump } from '../../../src/dump/pins/mark.ts';
import { withMarking } from '../../../src/dump/pins/marks.ts';
import { changeReceipt, readReceipts } from '../../../src/dump/receipts.ts';
import { bucket, clock, dump, github, keys, objects, receipts } from './dump-runs.ts';

const known = () => readReceipts(objects, bucket, 'shop');
const tagsAt = (key: string | undefined) => objects.versionsOf.get(key ?? '')?.[0]?.tags;

describe.each(['versions', 'dated'])('a pinned dump, keep-as: %s', (keepAs) => {
  const given = {
    'keep-as': keepAs,
    keep: '1',
    'keep-forever': 'true',
    label: 'before-2.0',
    'application-version': '1.9',
  };

  test('has keys of its own, and says so in receipt, tags and plan', async () => {
    const { error, findings } = await dump(1, given);
    expect(error).toBeUndefined();
    const [receipt] = await receipts();
    expect(receipt).toMatchObject({
      keepForever: true,
      label: 'before-2.0',
      applicationVersion: '1.9',
      verdict: 'good',
      retention: { by: keepAs, keep: 1 },
    });
    expect(receipt?.files).toHaveLength(3);
    for (const { key } of receipt?.files ?? []) {
      expect(isOwnKey(key, receipt?.takenAt ?? '')).toBe(true);
      expect(tagsAt(key)).toEqual({
        'holdfast:source': 'shop',
        'holdfast:verdict': 'good',
        KeepForever: 'Yes',
        'holdfast:label': 'before-2.0',
      });
    }
    expect(findings.plan?.map(({ decision }) => decision)).toContain(
      'write the archive file to s3://dumps/db/shop/TIME/shop.dump',
    );
  });

  test('is not among those to keep, and outlives them', async () => {
    await dump(1, given);
    const first = (await receipts())[0]?.takenAt;
    for (const id of [2, 3, 4]) expect((await dump(id, { 'keep-as': keepAs, keep: '1' })).error).toBeUndefined();
    const left = (await receipts()).map(({ takenAt }) => takenAt);
    expect(left).toContain(first);
    // The bucket deletes versions; of dated dumps one is left beside the pinned one.
    if (keepAs === 'dated') expect(left).toHaveLength(2);
    const plan = (await dump(5, { 'keep-as': keepAs, keep: '1', 'dry-run': 'true' })).findings.plan ?? [];
    expect(plan).toContainEqual({
      decision: `keep 1 pinned dump: ${first} (before-2.0)`,
      reason: 'pinned: never deleted, and not counted among those to keep',
    });
    expect(plan.filter(({ decision }) => decision.startsWith(`delete the dump of ${first}`))).toEqual([]);
  });

  test('that died is swept as any other', async () => {
    objects.uploads.clear();
    const stopped = new AbortController();
    const put = objects.put.bind(objects);
    objects.put = async (...parameters) => {
      const written = await put(...parameters);
      // Once the draft is written, nothing works any more.
      stopped.abort(new Error('killed'));
      objects.put = () => Promise.reject(new Error('killed'));
      objects.delete = () => Promise.reject(new Error('killed'));
      objects.unfinished = () => Promise.reject(new Error('killed'));
      return written;
    };
    const own = { delete: objects.delete, unfinished: objects.unfinished };
    await dump(1, given, stopped.signal);
    Object.assign(objects, { put, ...own });
    for (const [id, upload] of [['u90', `db/shop/${'20261121T040512Z'}/shop.dump`]] as const)
      objects.uploads.set(id, { key: upload, uploadId: id, startedAt: clock.now() });
    github.startRun('backup.yml', 1);
    github.endRun(1, 'cancelled');
    expect((await dump(2, { 'keep-as': keepAs })).error).toBeUndefined();
    expect((await receipts()).map(({ state }) => state)).toEqual(['taken']);
    // A copy on its way to a pin is left alone for a day.
    expect([...objects.uploads.keys()]).toEqual(keepAs === 'versions' ? ['u90'] : []);
    clock.advance(25 * 3_600_000);
    await dump(3, { 'keep-as': keepAs });
    expect([...objects.uploads.keys()]).toEqual([]);
  });
});

test('a rule of the bucket that deletes the pinned dump all the same is a warning', async () => {
  objects.rules = [
    {
      id: '90 days',
      prefix: '',
      enabled: true,
      newerNoncurrentVersions: undefined,
      noncurrentDays: undefined,
      expirationDays: 90,
      abortUploadDays: 2,
    },
  ];
  const words = 'the lifecycle rule "90 days" of dumps deletes all objects after 90 days, so a pin does not hold';
  for (const keepAs of ['dated', 'versions']) {
    const { findings } = await dump(1, { 'keep-as': keepAs, 'keep-forever': 'true' });
    expect(findings.dump?.warnings).toContain(words);
    expect((await dump(2, { 'keep-as': keepAs })).findings.dump?.warnings).not.toContain(words);
  }
});

test('a pin that somebody gave while the dump was proven is in the receipt with the verdict', async () => {
  const { objects: port } = { objects };
  const put = port.put.bind(port);
  let pinned = false;
  port.put = async (object, body, etag) => {
    const written = await put(object, body, etag);
    if (!pinned && body.includes('"state": "taken"')) {
      pinned = true;
      await markDump(port, { bucket, key: object.key }, { keepForever: true, label: 'v2' });
    }
    return written;
  };
  const { error } = await dump(1);
  expect(error).toBeUndefined();
  const [receipt] = await receipts();
  expect(receipt).toMatchObject({ keepForever: true, label: 'v2', verdict: 'good' });
  for (const { key, copyOf } of receipt?.files ?? []) {
    expect(copyOf?.key).toMatch(/^db\/shop\.[a-z.]+$/);
    expect(tagsAt(key)).toMatchObject({ KeepForever: 'Yes', 'holdfast:verdict': 'good' });
  }
});

test('what a dead command began is completed by the next run, and told', async () => {
  await dump(1);
  const [one] = await known();
  const place = { bucket, key: one?.key ?? '' };
  await changeReceipt(objects, place, (now) => withMarking(now, { keepForever: true, label: 'v2' }));
  const { findings } = await dump(2);
  const takenAt = one?.receipt.takenAt ?? '';
  expect(findings.notes).toContain(
    `completed the marks of the dump of ${takenAt}, whose command had died: pinned, label v2`,
  );
  const receipt = (await receipts()).find((other) => other.takenAt === takenAt);
  expect(receipt).toMatchObject({ keepForever: true, label: 'v2' });
  expect(receipt).not.toHaveProperty('marking');
  expect((await keys('db/shop/')).length).toBe(3);
});

test('what cannot be completed is a warning, and the dump of today is good', async () => {
  await dump(1);
  const [one] = await known();
  const place = { bucket, key: one?.key ?? '' };
  await changeReceipt(objects, place, (now) => withMarking(now, { keepForever: true }));
  objects.versionsOf.delete('db/shop.gz');
  const { error, lines } = await dump(2);
  expect(error).toBeUndefined();
  expect(lines).toContainEqual(expect.stringContaining('could not be completed: the plain file of'));
});

test('a pin that comes while expired dumps are deleted is heeded', async () => {
  const dated = { 'keep-as': 'dated', keep: '1' };
  await dump(1, dated);
  const [one] = await known();
  const put = objects.put.bind(objects);
  let done = false;
  objects.put = async (object, body, etag) => {
    const written = await put(object, body, etag);
    if (!done && body.includes('"verdict": "good"') && object.key !== one?.key) {
      done = true;
      await markDump(objects, { bucket, key: one?.key ?? '' }, { keepForever: true });
    }
    return written;
  };
  const { lines } = await dump(2, dated);
  expect(lines).toContainEqual(expect.stringContaining('is kept: it was pinned meanwhile'));
  expect(await receipts()).toHaveLength(2);
});
