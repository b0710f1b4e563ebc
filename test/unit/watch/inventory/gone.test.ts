/** Bytes that are gone while their receipt is left: what retention deleted, and what somebody else did. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DumpReceipt, DumpRetention } from '../../../../src/domain/dump.ts';
import { stamp } from '../../../../src/dump/files.ts';
import { FakeAccount } from './account.ts';

let account: FakeAccount;
beforeEach(() => {
  account = new FakeAccount();
});

const at = (day: number): string => new Date(Date.UTC(2026, 9, day, 2)).toISOString();
const daysTold = async (): Promise<readonly number[]> =>
  (await account.read()).backups
    .flatMap(({ problem, takenAt }) => (problem === undefined ? [] : [takenAt]))
    .map((time) => (Date.parse(time) - Date.UTC(2026, 8, 30, 2)) / 86_400_000)
    .toSorted((a, b) => a - b);

describe('dumps with keys of their own, which Holdfast deletes with their receipts', () => {
  const dated = (keep: number): { readonly retention: DumpRetention } => ({ retention: { by: 'dated', keep } });
  const lose = (day: number): boolean => account.objects.versionsOf.delete(`db/shop/${stamp(at(day))}/shop.dump`);
  const dumps = (days: number, more: (day: number) => Partial<DumpReceipt>): readonly string[] =>
    Array.from({ length: days }, (_, index) => account.dump(at(index + 1), more(index + 1)));

  test('each is told, however many of the oldest are gone', async () => {
    dumps(28, () => dated(28));
    for (let day = 1; day < 28; day += 1) lose(day);
    expect(await daysTold()).toHaveLength(27);
  });

  test('also by receipts that do not say how many are kept', async () => {
    for (let day = 1; day <= 28; day += 1) {
      const key = `db/shop-${day}.dump`;
      const { versionId } = account.put(key, 'bytes');
      account.dump(at(day), {
        files: [{ kind: 'archive', bucket: 'acme-receipts', key, versionId, size: 5, sha256: '' }],
      });
      if (day < 28) account.objects.versionsOf.delete(key);
    }
    expect(await daysTold()).toHaveLength(27);
  });

  test('one that is not proven, from between others', async () => {
    dumps(4, (day) => ({ ...dated(28), verdict: day === 2 ? 'unproven' : 'good' }));
    lose(2);
    expect(await daysTold()).toEqual([2]);
  });

  test('not the one that the newest run was about to delete when it died; but after the next run', async () => {
    dumps(8, () => dated(7));
    lose(1);
    expect(await daysTold()).toEqual([]);
    account.dump(at(9), { ...dated(7), verdict: 'unproven', proof: [] });
    expect(await daysTold()).toEqual([]);
    account.dump(at(10), dated(7));
    expect(await daysTold()).toEqual([1]);
  });

  test('those that a smaller keep has just made too many', async () => {
    dumps(8, (day) => dated(day === 8 ? 3 : 28));
    for (const day of [1, 2, 5, 6]) lose(day);
    expect(await daysTold()).toEqual([6]);
  });

  test('not one whose receipt retention has deleted since it was read', async () => {
    const [oldest = ''] = dumps(3, () => dated(28));
    const versions = account.objects.versions.bind(account.objects);
    account.objects.versions = async (bucket, prefix) => {
      lose(1);
      account.objects.versionsOf.delete(oldest);
      return versions(bucket, prefix);
    };
    expect(await daysTold()).toEqual([]);
  });
});

describe('versions of one key, which the lifecycle deletes', () => {
  const rule = (versions?: number, days?: number): { readonly retention: DumpRetention } => ({
    retention: { by: 'versions', keep: 5, rules: [{ versions, days }] },
  });
  /** Versions of the key, the newest first. */
  const lose = (from: number, count: number): void =>
    void account.objects.versionsOf.get('db/shop.dump')?.splice(from, count);
  const dumps = (days: number, more: (day: number) => Partial<DumpReceipt>): void => {
    for (let day = 1; day <= days; day += 1) account.dump(at(day), more(day));
  };

  test('beyond what the rule keeps none is missed; the next one is', async () => {
    dumps(10, () => rule(5, 1));
    lose(6, 4);
    expect(await daysTold()).toEqual([]);
    lose(5, 1);
    expect(await daysTold()).toEqual([5]);
  });

  test('a rule that counts days only', async () => {
    // That of the fourth day has not been the current one since the fifth.
    const days = Math.floor((account.clock.now().getTime() - Date.parse(at(5))) / 86_400_000);
    dumps(10, () => rule(undefined, days));
    lose(5, 5);
    expect(await daysTold()).toEqual([5]);
  });

  test('a rule that kept less at the time', async () => {
    dumps(10, (day) => rule(day < 8 ? 2 : 100, 1));
    lose(4, 6);
    expect(await daysTold()).toEqual([5, 6]);
  });

  test('without any rule, and by the input where the rules could not be read', async () => {
    dumps(10, () => ({ retention: { by: 'versions', keep: 5, rules: [] } }));
    lose(9, 1);
    expect(await daysTold()).toEqual([1]);
    account = new FakeAccount();
    dumps(10, () => ({ retention: { by: 'versions', keep: 5 } }));
    lose(5, 5);
    expect(await daysTold()).toEqual([5]);
  });

  test('versions that no receipt names are counted, as S3 does', async () => {
    dumps(7, () => rule(5, 1));
    account.put('db/shop.dump', 'of a run that died');
    const versions = account.objects.versionsOf.get('db/shop.dump') ?? [];
    versions.splice(6, 2);
    expect(await daysTold()).toEqual([]);
  });

  test('one that is not proven is missed unless it made room for the last good one', async () => {
    const bad = (day: number): Partial<DumpReceipt> => ({ ...rule(3, 1), verdict: day === 1 ? 'good' : 'bad' });
    dumps(3, bad);
    lose(1, 1);
    expect(await daysTold()).toEqual([2]);
    account.dump(at(4), bad(4));
    account.dump(at(5), bad(5));
    expect(await daysTold()).toEqual([]);
  });

  test('receipts of earlier versions forgive the oldest', async () => {
    dumps(4, () => ({}));
    lose(2, 2);
    expect(await daysTold()).toEqual([]);
    lose(0, 1);
    expect(await daysTold()).toEqual([4]);
  });
});

describe('snapshots of volumes, which the rotation deletes', () => {
  test('each that is gone before its day is told', async () => {
    const ids = Array.from({ length: 14 }, (_, index) => account.volume(at(index + 1), { deleteOn: '2099-01-01' }));
    for (const id of ids.slice(0, 13)) account.regions.in('us-east-1').all.delete(id);
    expect(await daysTold()).toHaveLength(13);
  });

  test('one that was due is not; the newest proven one is all the same', async () => {
    const ids = [1, 2, 3].map((day) => account.volume(at(day), { deleteOn: at(day + 1).slice(0, 10) }));
    account.regions.in('us-east-1').all.delete(ids[0] ?? '');
    expect(await daysTold()).toEqual([]);
    account.regions.in('us-east-1').all.delete(ids[2] ?? '');
    expect(await daysTold()).toEqual([3]);
  });
});
