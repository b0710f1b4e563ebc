/** What is kept, read from receipts, objects, snapshots and tags. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import { isOwnKey } from '../../../../src/dump/files.ts';
import { markDump } from '../../../../src/dump/pins/mark.ts';
import { AwsError } from '../../../../src/runtime/errors.ts';
import { enough } from '../../../../src/watch/inventory/enough.ts';
import { verification } from '../../report/samples.ts';
import { FakeAccount, later } from './account.ts';

let account: FakeAccount;
beforeEach(() => {
  account = new FakeAccount();
});

const denied = (resource: string): AwsError =>
  new AwsError({
    what: `you may not read ${resource}`,
    operation: 'x',
    resource,
    code: 'AccessDenied',
    kind: 'denied',
    requestId: '1',
    outcome: 'not-done',
  });

/** Of a snapshot of the rotation. */
const description = 'web (i-0123456789abcdef0) - vol-0123456789abcdef0 (/dev/sda1) - us-east-1';

describe('dumps', () => {
  test('a receipt says all that is known of a dump', async () => {
    const key = account.dump('2026-11-20T02:00:00.000Z');
    expect((await account.read()).backups).toEqual([
      {
        source: 'shop',
        kind: 'database-dump',
        takenAt: '2026-11-20T02:00:00.000Z',
        id: key,
        receiptKey: key,
        region: 'us-east-1',
        bytes: 32,
        runUrl: 'https://github.com/runs/101',
        verdict: 'good',
        pinned: false,
        proofs: [
          {
            at: '2026-11-20T02:01:00.000Z',
            verdict: 'good',
            run: { key: 'acme/shop/actions/runs/101', url: 'https://github.com/runs/101' },
            recoverySeconds: 12,
          },
        ],
      },
    ]);
  });

  test('drafts, documents of other tools and what is no receipt are left out', async () => {
    account.dump('2026-11-20T02:00:00.000Z', { state: 'draft' });
    account.put('receipts/other/inventory.json', '{"tool":"another"}');
    account.put('receipts/other/list.csv', 'a,b');
    account.put('watch/promises.json', '{}');
    expect(await account.read()).toMatchObject({ backups: [], unread: [] });
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, 100), 'it is no JSON: cut off, or damaged'],
    ['empty', () => '', 'it is no JSON: cut off, or damaged'],
    ['of a later version', (text: string) => text.replace('receipt/1', 'receipt/2'), 'another version'],
  ])('a receipt that is %s hides what it describes', async (_, change, reason) => {
    const key = account.dump('2026-11-20T02:00:00.000Z');
    account.put(key, change((await account.objects.text({ bucket: 'acme-receipts', key })) ?? ''));
    expect(await account.read()).toMatchObject({
      backups: [],
      unread: [{ folder: 'receipts/shop/', reason: expect.stringContaining(reason) as unknown }],
    });
  });

  test('the newest proof that says something counts, and receipts with later proofs tell all', async () => {
    const proof = (at: string, verdict: 'good' | 'bad' | 'unproven') => ({ at, verdict, run: { key: 'k', url: 'u' } });
    const proofs = [proof('2026-11-21', 'unproven'), proof('2026-11-22', 'bad'), proof('2026-11-20', 'good')];
    account.dump('2026-11-20T02:00:00.000Z', { proofs } as object);
    const [backup] = (await account.read()).backups;
    expect(backup?.verdict).toBe('bad');
    expect(backup?.proofs.map(({ at }) => at)).toEqual(['2026-11-22', '2026-11-21', '2026-11-20']);
  });

  test('what somebody pinned or labelled is told, also while it is being pinned', async () => {
    account.dump('2026-11-18T02:00:00.000Z', { keepForever: false, label: 'v1' });
    account.dump('2026-11-19T02:00:00.000Z', { marking: { keepForever: true, label: 'v2' } });
    account.dump('2026-11-20T02:00:00.000Z', { keepForever: true });
    expect((await account.read()).backups.map(({ pinned, label }) => [pinned, label])).toEqual([
      [true, undefined],
      [true, 'v2'],
      [false, 'v1'],
    ]);
  });

  test('an object that is gone, or has another size, is a problem of the newest proven dump', async () => {
    account.dump('2026-11-19T02:00:00.000Z');
    account.dump('2026-11-20T02:00:00.000Z');
    const versions = account.objects.versionsOf.get('db/shop.dump') ?? [];
    versions[0] = { ...versions[0], body: Buffer.from('cut') } as (typeof versions)[number];
    expect((await account.read()).backups.map(({ problem }) => problem)).toEqual([
      's3://acme-receipts/db/shop.dump?versionId=v3 has 3 bytes, and the receipt says 32',
      undefined,
    ]);
    versions.shift();
    expect((await account.read()).backups.map(({ problem }) => problem)).toEqual([
      's3://acme-receipts/db/shop.dump?versionId=v3 is gone',
      undefined,
    ]);
  });

  test.each([true, false])(
    'other bytes of the same size are noticed by their ETag, versions: %s',
    async (keepsVersions) => {
      account.objects.keepsVersions = keepsVersions;
      account.dump('2026-11-19T02:00:00.000Z', { source: 'crm' });
      account.dump('2026-11-20T02:00:00.000Z');
      account.alter('db/shop.dump');
      expect((await account.read()).backups.map(({ problem }) => problem)).toEqual([
        expect.stringMatching(/db\/shop\.dump.* has the ETag "\w+", and the receipt says "\w+"$/),
        undefined,
      ]);
    },
  );

  test('a pinned dump that was replaced by one of equal size is noticed, also without versions', async () => {
    account.objects.keepsVersions = false;
    const takenAt = account.clock.now().toISOString();
    const key = account.dump(takenAt);
    const pinned = await markDump(account.objects, { bucket: 'acme-receipts', key }, { keepForever: true });
    const copy = pinned.files[0]?.key ?? '';
    expect(isOwnKey(copy, takenAt)).toBe(true);
    expect((await account.read()).backups.map(({ problem }) => problem)).toEqual([undefined]);
    account.alter(copy);
    expect((await account.read()).backups.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('has the ETag') as unknown,
    ]);
  });

  test('old versions that the lifecycle deletes leave receipts behind, and are not missed', async () => {
    for (const day of [17, 18, 19, 20]) account.dump(`2026-11-${day}T02:00:00.000Z`);
    const versions = account.objects.versionsOf.get('db/shop.dump') ?? [];
    versions.splice(2);
    const { backups } = await account.read();
    expect(backups.map(({ takenAt, problem }) => [takenAt.slice(8, 10), problem])).toEqual([
      ['20', undefined],
      ['19', undefined],
    ]);
  });

  test('a proven dump that is gone from between others is missed', async () => {
    for (const day of [18, 19, 20]) account.dump(`2026-11-${day}T02:00:00.000Z`);
    account.objects.versionsOf.get('db/shop.dump')?.splice(1, 1);
    expect((await account.read()).backups.map(({ problem }) => problem !== undefined)).toEqual([false, true, false]);
  });

  test('in a bucket without versions a dump takes the place of the one before', async () => {
    account.objects.keepsVersions = false;
    for (const day of [18, 19, 20]) account.dump(`2026-11-${day}T02:00:00.000Z`);
    expect((await account.read()).backups.map(({ takenAt, problem }) => [takenAt.slice(8, 10), problem])).toEqual([
      ['20', undefined],
    ]);
  });

  test('objects that cannot be listed are told, and no dump is called gone', async () => {
    account.dump('2026-11-20T02:00:00.000Z');
    const versions = account.objects.versions.bind(account.objects);
    account.objects.versions = async (bucket, prefix) =>
      prefix.startsWith('db/') ? Promise.reject(denied(bucket)) : versions(bucket, prefix);
    const { backups, unread } = await account.read();
    expect(backups.map(({ problem, unseen }) => [problem, unseen])).toEqual([
      [undefined, expect.stringMatching(/^objects of dumps could not be read: .*acme-receipts/)],
    ]);
    expect(unread).toEqual([expect.objectContaining({ what: 'objects of dumps', hides: [] })]);
  });

  test('receipts that cannot be listed hide dumps', async () => {
    account.objects.list = async (bucket) => Promise.reject(denied(bucket));
    expect((await account.read()).unread).toEqual([
      expect.objectContaining({ what: 'receipts of acme-receipts', hides: ['database-dump'] }),
    ]);
  });

  test('a receipt that cannot be read hides backups of its source only', async () => {
    const key = account.dump('2026-11-20T02:00:00.000Z');
    account.dump('2026-11-20T02:00:00.000Z', { source: 'crm' });
    const text = account.objects.text.bind(account.objects);
    account.objects.text = async (place) => (place.key === key ? Promise.reject(denied(key)) : text(place));
    const { backups, unread } = await account.read();
    expect(backups.map(({ source }) => source)).toEqual(['crm']);
    expect(unread).toEqual([expect.objectContaining({ folder: 'receipts/shop/' })]);
  });

  test('the watchdog reads down to a proven one that is there, and sixty at most', async () => {
    const readDumps = async (all: number, good?: number, more: Partial<KeptBackup> = {}) => {
      account = new FakeAccount();
      const verdictOf = (index: number) => (index === good ? 'good' : 'unproven');
      for (let index = all; index > 0; index -= 1)
        account.dump(later('2026-10-01T02:00:00.000Z', -index * 86_400), { verdict: verdictOf(index) });
      const { backups, older } = await account.read((newest) =>
        enough(newest.map((one) => (one.verdict === 'good' ? { ...one, ...more } : one))),
      );
      return { read: backups.length, older };
    };
    expect(await readDumps(75)).toEqual({ read: 60, older: 15 });
    expect(await readDumps(75, 55)).toEqual({ read: 60, older: 15 });
    expect(await readDumps(75, 45)).toEqual({ read: 50, older: 25 });
    expect(await readDumps(75, 45, { problem: 'it is gone' })).toEqual({ read: 60, older: 15 });
    const [one] = (await account.read()).backups;
    const unproven = Array.from({ length: 60 }, () => ({ ...one, verdict: 'unproven' }) as KeptBackup);
    expect([enough(unproven), enough(unproven.slice(1))]).toEqual([true, false]);
  });

  test('only as many receipts as are needed are read, the newest first, at most eight at once', async () => {
    for (let day = 0; day < 40; day += 1)
      account.dump(later('2026-10-01T02:00:00.000Z', day * 86_400), { verdict: day === 25 ? 'good' : 'unproven' });
    const text = account.objects.text.bind(account.objects);
    let [reads, now, most] = [0, 0, 0];
    account.objects.text = async (place) => {
      reads += 1;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return text(place);
    };
    const { backups } = await account.read((newest) => newest.some(({ verdict }) => verdict === 'good'));
    expect(backups.map(({ takenAt }) => takenAt.slice(0, 10)).slice(0, 2)).toEqual(['2026-11-09', '2026-11-08']);
    expect(backups.some(({ verdict }) => verdict === 'good')).toBe(true);
    expect(reads).toBe(20);
    expect(most).toBe(8);
    // Whoever wants more gets whole rounds, and is told what is left.
    reads = 0;
    const { older, backups: more } = await account.read(() => true, 21);
    expect([reads, older]).toEqual([30, 10]);
    expect(more).toHaveLength(30);
  });
});

describe('volumes', () => {
  test('receipt and snapshot are one backup', async () => {
    const id = account.volume('2026-11-20T00:00:05.000Z', { verdict: 'good', verification }, { KeepForever: 'Yes' });
    expect((await account.read()).backups).toEqual([
      expect.objectContaining({
        source: 'ib01.prod',
        kind: 'volume-snapshot',
        id,
        region: 'us-east-1',
        verdict: verification.verdict,
        pinned: true,
        pauseSeconds: 3.25,
        volumeId: 'vol-0bbb',
        proofs: [expect.objectContaining({ at: verification.endedAt, recoverySeconds: verification.recoverySeconds })],
      }),
    ]);
  });

  test('the newest proven snapshot that is gone is a problem; older ones expired', async () => {
    for (const day of [18, 19, 20]) account.volume(`2026-11-${day}T00:00:05.000Z`);
    const all = account.regions.in('us-east-1').all;
    all.delete('snap-0101');
    expect((await account.read()).backups.map(({ id, problem }) => [id, problem])).toEqual([
      ['snap-0103', undefined],
      ['snap-0102', undefined],
    ]);
    all.delete('snap-0103');
    expect((await account.read()).backups.map(({ id, problem }) => [id, problem])).toEqual([
      ['snap-0103', 'snap-0103 in us-east-1 is gone'],
      ['snap-0102', undefined],
    ]);
  });

  test('a snapshot without a readable receipt is known by its tags; one that cannot be trusted is none', async () => {
    const id = account.volume('2026-11-20T00:00:05.000Z', {}, { Integrity: 'good' });
    account.volume('2026-11-21T00:00:05.000Z', { state: 'abandoned' });
    account.objects.versionsOf.delete('receipts/ib01.prod/101.json');
    expect((await account.read()).backups).toEqual([
      expect.objectContaining({ source: 'ib01.prod', id, verdict: 'good', proofs: [] }),
    ]);
  });

  test('a copy has the source of its primary', async () => {
    const id = account.volume('2026-11-20T00:00:05.000Z');
    account.regions.in('us-west-2').addSnapshot({
      id: 'snap-0copy',
      volumeId: 'vol-ffffffff',
      tags: {
        Type: 'Automated',
        'holdfast:made-by': 'ib-snapshot',
        Source_SnapshotId: id,
        'holdfast:source-region': 'us-east-1',
        'holdfast:taken-at': '2026-11-20T00:00:05.000Z',
      },
    });
    expect((await account.read()).backups.find(({ region }) => region === 'us-west-2')).toMatchObject({
      source: 'ib01.prod',
      id: 'snap-0copy',
      takenAt: '2026-11-20T00:00:05.000Z',
      copyOf: { region: 'us-east-1', id },
    });
  });

  test('in a region that may not be read nothing is gone', async () => {
    account.volume('2026-11-20T00:00:05.000Z');
    const region = account.regions.in('us-east-1');
    region.snapshots = async () => Promise.reject(denied('us-east-1'));
    const { backups, unread } = await account.read();
    expect(backups).toEqual([expect.not.objectContaining({ problem: expect.anything() })]);
    expect(unread).toEqual([
      {
        what: 'snapshots in us-east-1',
        reason: expect.stringContaining('you may not read us-east-1'),
        hides: ['volume-snapshot', 'rotation-snapshot'],
        region: 'us-east-1',
      },
    ]);
  });
});

describe('rotations', () => {
  test('snapshots of ebs-rotate and of the system that it replaced', async () => {
    const home = account.regions.in('us-east-1');
    const own = { Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate' };
    home.addSnapshot({
      id: 'snap-1',
      volumeId: 'vol-0123456789abcdef0',
      startedAt: new Date('2026-11-20T01:23:00Z'),
      fullBytes: 7,
      tags: { ...own, 'holdfast:instance': 'i-0123456789abcdef0', KeepForever: 'Yes' },
    });
    home.addSnapshot({
      id: 'snap-2',
      volumeId: 'vol-0123456789abcdef0',
      startedAt: new Date('2026-11-19T01:23:00Z'),
      tags: { Type: 'Automated', Description: description },
    });
    expect((await account.read()).backups).toEqual([
      {
        source: 'web',
        kind: 'rotation-snapshot',
        takenAt: '2026-11-20T01:23:00.000Z',
        id: 'snap-1',
        region: 'us-east-1',
        instanceId: 'i-0123456789abcdef0',
        volumeId: 'vol-0123456789abcdef0',
        bytes: 7,
        verdict: 'unproven',
        proofs: [],
        pinned: true,
      },
      expect.objectContaining({ source: 'web', id: 'snap-2', instanceId: 'i-0123456789abcdef0', pinned: false }),
    ]);
  });

  test('snapshots of other tools are left out, and so is what somebody made by hand', async () => {
    const home = account.regions.in('us-east-1');
    home.addSnapshot({ id: 'snap-1', volumeId: 'vol-1', tags: { Type: 'Automated' }, description: 'by dlm' });
    home.addSnapshot({ id: 'snap-2', volumeId: 'vol-1', tags: { Description: description } });
    home.addSnapshot({ id: 'snap-3', volumeId: 'vol-1', tags: { 'holdfast:made-by': 'verify-volume' } });
    expect((await account.read()).backups).toEqual([]);
  });

  test('a snapshot that failed is a problem; one that was proven says when, and how long that took', async () => {
    const home = account.regions.in('us-east-1');
    const tags = { Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate' };
    home.addSnapshot({ id: 'snap-1', volumeId: 'vol-1', state: 'error', stateMessage: 'no key', tags });
    const proven = { ...tags, Integrity: 'good', 'holdfast:proven': '2026-11-20T05:00:00Z' };
    home.addSnapshot({ id: 'snap-2', volumeId: 'vol-1', tags: proven });
    const measured = { ...proven, 'holdfast:proven': '2026-11-20T05:00:00Z 312' };
    home.addSnapshot({ id: 'snap-3', volumeId: 'vol-1', tags: measured });
    home.addSnapshot({
      id: 'snap-4',
      volumeId: 'vol-1',
      tags: { ...measured, 'holdfast:proven': `${proven['holdfast:proven']} by hand` },
    });
    const { backups } = await account.read();
    const proof = { at: '2026-11-20T05:00:00.000Z', verdict: 'good', run: { key: '', url: '' } };
    const proofsOf = (id: string) => backups.find((one) => one.id === id)?.proofs;
    expect([proofsOf('snap-2'), proofsOf('snap-3'), proofsOf('snap-4')]).toEqual([
      [proof],
      [{ ...proof, seconds: 312 }],
      [proof],
    ]);
    expect(backups.find(({ id }) => id === 'snap-1')?.problem).toBe('its snapshot failed: no key');
    expect(backups.find(({ id }) => id === 'snap-2')?.verdict).toBe('good');
  });

  test('what was tried in vain is told with its time, and what nothing can look into by its name', async () => {
    const home = account.regions.in('us-east-1');
    const tags = { Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate' };
    const good = { Integrity: 'good', 'holdfast:proven': '2026-11-20T05:00:00Z' };
    const add = (id: string, more: Readonly<Record<string, string>>, tier: 'standard' | 'archive' = 'standard') =>
      home.addSnapshot({ id, volumeId: 'vol-1', tags: { ...tags, ...more }, tier });
    add('snap-1', { ...good, 'holdfast:tried': '2026-11-21T05:00:00Z' });
    add('snap-2', { ...good, 'holdfast:tried': '2026-11-19T05:00:00Z' });
    add('snap-3', { 'holdfast:tried': '2026-11-19T05:00:00Z ntfs LVM2_member' });
    add('snap-4', { 'holdfast:tried': 'yesterday' });
    add('snap-5', {}, 'archive');
    home.addSnapshot({ id: 'snap-6', volumeId: 'vol-1', tags: { Type: 'Automated', Description: description } });
    const { backups } = await account.read();
    const of = (id: string) => backups.find((one) => one.id === id);
    const [tried, proven] = ['2026-11-21T05:00:00.000Z', '2026-11-20T05:00:00.000Z'];
    expect(of('snap-1')?.proofs).toMatchObject([
      { at: tried, verdict: 'unproven' },
      { at: proven, verdict: 'good' },
    ]);
    expect(of('snap-2')?.proofs).toMatchObject([{ at: proven, verdict: 'good' }]);
    expect(of('snap-3')?.unprovable).toBe('nothing here can look into ntfs and LVM2_member');
    expect([of('snap-4')?.proofs, of('snap-4')?.unprovable]).toEqual([[], undefined]);
    expect(of('snap-5')?.unprovable).toContain('archive tier');
    expect(of('snap-6')?.unprovable).toContain('by another system');
  });
});

describe('snapshots and copies that are gone, of which no receipt tells', () => {
  const old = new Date('2026-11-01T03:00:00Z');
  const primary = {
    ...{ Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate' },
    ...{ Copy_Dest: 'us-west-2', DeleteOn: '2099-01-01' },
  };
  const copy = (of: string) => ({
    ...{ Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate', DeleteOn: '2099-01-01' },
    ...{ Source_SnapshotId: of, 'holdfast:source-region': 'us-east-1', 'holdfast:taken-at': old.toISOString() },
  });
  const problems = async (): Promise<readonly (string | undefined)[]> =>
    (await account.read()).backups.flatMap(({ problem }) => problem ?? []);
  const [home, there] = [() => account.regions.in('us-east-1'), () => account.regions.in('us-west-2')];

  test('none while each has what its tags say', async () => {
    home().addSnapshot({ id: 'snap-1', volumeId: 'vol-1', startedAt: old, tags: primary });
    there().addSnapshot({ id: 'snap-2', volumeId: 'vol-ffffffff', startedAt: old, tags: copy('snap-1') });
    expect(await problems()).toEqual([]);
  });

  test('a copy', async () => {
    home().addSnapshot({ id: 'snap-1', volumeId: 'vol-1', startedAt: old, tags: primary });
    expect(await problems()).toEqual(['the copy of snap-1 of us-east-1 in us-west-2 is gone, or was never made']);
    const gone = (await account.read()).backups.find(({ problem }) => problem);
    expect(gone).toMatchObject({ region: 'us-west-2', copyOf: { region: 'us-east-1', id: 'snap-1' }, source: 'web' });
  });

  test('a primary', async () => {
    there().addSnapshot({ id: 'snap-2', volumeId: 'vol-ffffffff', startedAt: old, tags: copy('snap-1') });
    expect(await problems()).toEqual([
      'snap-1 in us-east-1 is gone before its time; its copy snap-2 in us-west-2 is left',
    ]);
  });

  test.each([
    ['young', { startedAt: new Date('2026-11-19T03:00:00Z'), tags: primary }],
    ['due', { startedAt: old, tags: { ...primary, DeleteOn: '2020-01-01' } }],
    ['pending', { startedAt: old, tags: primary, state: 'pending' as const }],
    ['archived', { startedAt: old, tags: primary, tier: 'archive' as const }],
    ['copied to no region that there is', { startedAt: old, tags: { ...primary, Copy_Dest: 'mars-north-1' } }],
  ])('no copy of a primary that is %s', async (_, more) => {
    home().addSnapshot({ id: 'snap-1', volumeId: 'vol-1', ...more });
    expect(await problems()).toEqual([]);
  });

  test('nothing in a region that could not be read, and no primary that only its copy outlives', async () => {
    home().addSnapshot({ id: 'snap-1', volumeId: 'vol-1', startedAt: old, tags: primary });
    there().addSnapshot({
      id: 'snap-2',
      volumeId: 'vol-ffffffff',
      startedAt: old,
      tags: { ...copy('snap-9'), KeepForever: 'Yes' },
    });
    expect(await problems()).toEqual(['the copy of snap-1 of us-east-1 in us-west-2 is gone, or was never made']);
    there().snapshots = async () => Promise.reject(denied('us-west-2'));
    expect(await problems()).toEqual([]);
  });
});
