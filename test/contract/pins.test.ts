/** Pins and labels of real dumps: the command, the lab's S3 with years of its lifecycle, and lost answers. */
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { applyLifecycle } from '../../lab/services/aws/s3/expiry.ts';
import type { LifecycleRule } from '../../lab/services/aws/s3/store.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { stamp } from '../../src/dump/files.ts';
import { markDump } from '../../src/dump/pins/mark.ts';
import { tagsOf } from '../../src/dump/pins/marks.ts';
import { type KnownReceipt, readReceipts } from '../../src/dump/receipts.ts';
import { bucket, type DumpUnderTest, startDumpUnderTest } from './support-dump.ts';

const day = 86_400_000;
let it: DumpUnderTest;
const known = () => readReceipts(it.objects, bucket, 'shop.prod');
/** Of the run with that number. */
const receiptOf = async (id: number): Promise<KnownReceipt> => {
  const found = (await known()).find(({ receipt }) => receipt.run.key.endsWith(`/${id}`));
  if (!found) throw new Error(`there is no receipt of run ${id}`);
  return found;
};
const placeOf = ({ key }: KnownReceipt) => ({ bucket, key });
const stored = () => it.lab.s3.store.bucket(bucket).objects;

function rules(...lifecycle: readonly Partial<LifecycleRule>[]): void {
  const all = lifecycle.map((rule, at) => ({ id: `rule ${at}`, prefix: 'db/', enabled: true, ...rule }));
  it.lab.s3.store.bucket(bucket).change({ lifecycle: all });
}

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}
const restore = (...parameters: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      HOLDFAST_SOURCE: 'shop.prod',
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_RECEIPT_BUCKET: bucket,
    };
    execFile('scripts/node24', ['scripts/restore.ts', ...parameters], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
const lineOf = (list: string, { takenAt }: DumpReceipt): string =>
  list.split('\n').find((line) => line.startsWith(stamp(takenAt))) ?? '';

let users: string;
/** Two files, one of them proven: quick, and what holds for two holds for three. */
const quick = { files: 'plain', prove: 'archive' };
beforeAll(async () => {
  ensurePrerequisites();
  it = await startDumpUnderTest(2);
  users = await it.postgres.sql('SELECT count(*) FROM infinite.users', 'shop');
  const pinned = { 'keep-forever': 'true', label: 'before-2.0', 'application-version': '1.9.3' };
  for (const [id, given] of [
    [1, {}],
    [2, pinned],
    [3, {}],
  ] as const) {
    expect((await it.dump(id, { ...quick, ...given })).error).toBeUndefined();
    // Keys of their own say the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
}, 120_000);
afterAll(() => it.stop());

test('a dump is pinned and labelled when it is made, or afterwards; the list shows both', async () => {
  const [first, second, third] = [await receiptOf(1), await receiptOf(2), await receiptOf(3)];
  const { out: before } = await restore('--list');
  expect(lineOf(before, second.receipt)).toMatch(/; pinned, label before-2\.0; version 1\.9\.3$/);
  expect(lineOf(before, first.receipt)).toMatch(/; restored in [\d.]+ m?s$/);
  const at = stamp(first.receipt.takenAt);
  const ended = await restore('--pin', '--label', 'first', '--at', at);
  expect(ended).toMatchObject({ status: 0, out: `the dump of ${at}: pinned, label first\n` });
  expect(lineOf((await restore('--list')).out, first.receipt)).toContain('; pinned, label first');
  expect(await restore('--label=', '--at', 'first')).toMatchObject({ status: 0, out: `the dump of ${at}: pinned\n` });
  // A label that a second dump gets, too, is that of the newest proven one.
  expect(await restore('--label', 'before-2.0', '--at', stamp(third.receipt.takenAt))).toMatchObject({ status: 0 });
  expect((await restore('--label=', '--at', 'before-2.0')).out).toContain(stamp(third.receipt.takenAt));
  for (const { receipt } of await known())
    for (const file of receipt.files) {
      const version = stored()
        .get(file.key)
        ?.find(({ versionId }) => versionId === file.versionId);
      expect(version?.tags).toEqual(tagsOf(receipt, file));
    }
}, 60_000);

test('years of the lifecycle take neither, and what they kept is restored by label and by time', async () => {
  rules({ noncurrentDays: 1, newerNoncurrentVersions: 1 }, { noncurrentDays: 30 });
  expect((await it.dump(4, quick)).error).toBeUndefined();
  applyLifecycle(it.lab.s3.store, new Date(Date.now() + 3650 * day));
  // Of the others only the newest is left.
  expect(stored().get('db/shop-prod.dump')).toHaveLength(1);
  const first = await receiptOf(1);
  for (const [name, at] of [
    ['by_label', 'before-2.0'],
    ['by_time', stamp(first.receipt.takenAt)],
  ] as const) {
    await it.postgres.createDatabase(name);
    const ended = await restore('--to', it.postgres.url(name), '--at', at);
    expect(ended).toMatchObject({ status: 0 });
    expect(await it.postgres.sql('SELECT count(*) FROM infinite.users', name)).toBe(users);
  }
  const gone = await restore('--pin', '--at', stamp((await receiptOf(3)).receipt.takenAt));
  expect(gone).toMatchObject({
    status: 1,
    err: expect.stringMatching(/is gone .*so the dump cannot be pinned; nothing was changed/),
  });
  expect((await receiptOf(3)).receipt.marking).toBeUndefined();
}, 60_000);

test('a pin that a rule of the bucket would undo is refused', async () => {
  const before = JSON.stringify(await known());
  rules({ expirationDays: 90 });
  const ended = await restore('--pin', '--at', 'latest');
  expect(ended).toMatchObject({ status: 1, err: expect.stringContaining('deletes objects under db/ after 90 days') });
  expect(JSON.stringify(await known())).toBe(before);
  rules({ noncurrentDays: 1, newerNoncurrentVersions: 1 });
});

test('an unpinned dump is deleted by the next dump when it is due, and not before', async () => {
  const first = await receiptOf(1);
  const ended = await restore('--unpin', '--at', stamp(first.receipt.takenAt));
  expect(ended).toMatchObject({ status: 0, out: expect.stringContaining('neither pinned nor labelled') });
  expect((await it.dump(5, { ...quick, keep: '45' })).error).toBeUndefined();
  expect((await receiptOf(1)).receipt.keepForever).toBe(false);
  expect((await it.dump(6, { ...quick, keep: '2' })).error).toBeUndefined();
  await expect(receiptOf(1)).rejects.toThrow('there is no receipt');
  for (const { key } of first.receipt.files) expect(stored().has(key)).toBe(false);
  // The pinned one, with the same number of newer ones, is there.
  for (const { key } of (await receiptOf(2)).receipt.files) expect(stored().get(key)).toHaveLength(1);
}, 60_000);

describe('whichever answer is lost', () => {
  test.each(['CopyObject', 'PutObject', 'PutObjectTagging', 'GetObject', 'ListObjectVersions', 'HeadObject'])(
    '%s: the pin is there once, and receipt and tags agree',
    async (operation) => {
      const one = await receiptOf(6);
      await markDump(it.objects, placeOf(one), { keepForever: false });
      const { files, takenAt } = (await receiptOf(6)).receipt;
      it.lab.faults.add({ name: operation, endpoint: 's3', operation, from: 1, effect: { kind: 'lose-answer' } });
      await markDump(it.objects, placeOf(one), { keepForever: true, label: `lost-${operation}` });
      it.lab.faults.clear();
      const { receipt } = await receiptOf(6);
      expect(receipt).toMatchObject({ keepForever: true, label: `lost-${operation}` });
      expect(receipt.marking).toBeUndefined();
      expect(files).toHaveLength(2);
      for (const file of receipt.files) {
        const versions = stored().get(file.key) ?? [];
        expect(versions.map(({ versionId }) => versionId)).toEqual([file.versionId]);
        expect(versions[0]?.tags).toEqual(tagsOf(receipt, file));
        expect(file.key).toContain(stamp(takenAt));
      }
    },
    30_000,
  );
});

test('every mistake is told at once, and nothing is asked of S3', async () => {
  const calls = it.lab.log.records.length;
  const wrong = await restore('--pin', '--unpin', '--label', '2.0', '--to', 'postgresql://x/y', '--kind', 'half');
  expect(wrong.status).toBe(2);
  for (const words of [
    '--unpin: --pin is given too; allowed: one of them',
    '--label: "2.0" is not allowed; allowed: letters, digits and ._-, beginning with a letter',
    '--at: which dump is meant',
    '--to: has no meaning with --pin, --unpin and --label',
    '--kind: "half" is not allowed',
  ])
    expect(wrong.err).toContain(words);
  expect(it.lab.log.records).toHaveLength(calls);
  expect((await restore('--pin', '--at', 'no-such-label')).err).toContain('there is no dump of no-such-label');
});
