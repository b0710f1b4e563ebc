/** What the ports Ec2Region and Ec2Regions promise. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/domain/ec2.ts';
import type { Ec2Region, Ec2Regions, NewCopy, NewSnapshotSet } from '../../../src/ports/ec2-region.ts';
import { eventually, refusal } from './suite.ts';

export const [home, away] = ['us-east-1', 'eu-west-1'] as const;
export const root = { id: 'vol-0aaaaaaaaaaaaaaa1', device: '/dev/xvda', tags: {} };
export const data = { id: 'vol-0bbbbbbbbbbbbbbb1', device: '/dev/sdf', tags: { Description: 'data of web' } };
export const web = { id: 'i-0a5be1d9c3f2e7a01', name: 'web', tags: { Backup: 'Yes' } };
export const shop = { id: 'i-0a5be1d9c3f2e7a02', name: 'shop', tags: { Owner: 'x' }, root: 'vol-0aaaaaaaaaaaaaaa2' };
/** Snapshots of the home region at the start of each test, all of the data volume. */
export const existing = {
  plain: { id: 'snap-0000000000000000a', tags: { Type: 'Automated', DeleteOn: '2026-11-21', Custom: 'x' } },
  ofImage: { id: 'snap-0000000000000000b', tags: { Type: 'Automated', Description: 'web' } },
  locked: { id: 'snap-0000000000000000c', tags: { Type: 'Manual' } },
  failed: { id: 'snap-0000000000000000d', tags: { Type: 'Automated' }, state: 'error' as const },
  pending: { id: 'snap-0000000000000000e', tags: { Type: 'Automated' }, state: 'pending' as const },
};
export const image = 'ami-00000000000000001';
export const lock = 'governance' as const;
/** The key that exists in the other region. */
export const awayKey = 'alias/copies';

const nowhere = {
  instance: 'i-0123456789abcdef0',
  volume: 'vol-0123456789abcdef0',
  snapshot: 'snap-0123456789abcdef0',
};

export interface Ec2RegionWorld {
  readonly regions: Ec2Regions;
  /** Lets some time pass. */
  readonly pass: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export function ec2RegionSuite(name: string, start: () => Promise<Ec2RegionWorld>): void {
  describe(`Ec2Region: ${name}`, () => {
    let world: Ec2RegionWorld;
    let ec2: Ec2Region;
    beforeEach(async () => {
      world = await start();
      ec2 = world.regions.in(home);
    });
    afterEach(() => world.stop());

    const set = (more: Partial<NewSnapshotSet> = {}): NewSnapshotSet => ({
      instanceId: web.id,
      description: 'web of today',
      excludeRoot: false,
      excludeVolumes: [],
      copyVolumeTags: false,
      tags: { Type: 'Automated', 'holdfast:slot': 'today' },
      ...more,
    });
    const copyOf = (sourceId: string, more: Partial<NewCopy> = {}): NewCopy => ({
      sourceRegion: home,
      sourceId,
      description: 'a copy',
      kmsKeyId: undefined,
      tags: { Source_SnapshotId: sourceId },
      ...more,
    });
    const ids = (list: readonly Snapshot[]): string[] => list.map((one) => one.id).sort();
    const ended = (region: Ec2Region, tags: Record<string, string>): Promise<Snapshot[]> =>
      eventually(
        world.pass,
        () => region.snapshots(tags),
        (list) => list.length > 0 && list.every((one) => one.state !== 'pending'),
      );

    test('regions are listed by name', async () => {
      const names = await world.regions.enabled();
      expect(names).toEqual([...names].sort());
      expect(names).toEqual(expect.arrayContaining([home, away]));
      expect([ec2.region, world.regions.in(away).region]).toEqual([home, away]);
    });

    test('the difference of the clocks is a number, also before the first call', async () => {
      expect(ec2.clockOffset()).toBe(0);
      await ec2.volumes();
      expect(Number.isFinite(ec2.clockOffset())).toBe(true);
    });

    describe('lists', () => {
      test('instances by a tag, with any value; the key is no pattern', async () => {
        expect(await ec2.instancesWithTag('Backup')).toMatchObject([
          {
            id: web.id,
            name: web.name,
            state: 'running',
            tags: { Name: web.name, ...web.tags },
            devices: { [root.device]: root.id, [data.device]: data.id },
            rootDevice: root.device,
            windows: false,
          },
        ]);
        expect(await ec2.instancesWithTag('Back*')).toEqual([]);
        expect(await world.regions.in(away).instancesWithTag('Backup')).toEqual([]);
      });

      test('volumes with their tags', async () => {
        const volumes = await ec2.volumes();
        expect([...volumes.keys()].sort()).toEqual([root.id, shop.root, data.id]);
        expect(volumes.get(data.id)).toEqual(data.tags);
        expect(await ec2.existingVolumes([nowhere.volume, data.id])).toEqual(new Set([data.id]));
        expect(await ec2.existingVolumes([])).toEqual(new Set());
      });

      test('snapshots by all of the tags given, by value or by key; neither is a pattern', async () => {
        const { plain, ofImage, failed, pending, locked } = existing;
        expect(ids(await ec2.snapshots({ Type: 'Automated' }))).toEqual(
          ids([plain, ofImage, failed, pending] as never),
        );
        expect(ids(await ec2.snapshots({ Type: undefined }))).toEqual(
          ids([plain, ofImage, failed, pending, locked] as never),
        );
        expect(ids(await ec2.snapshots({ Type: 'Automated', Custom: undefined }))).toEqual([plain.id]);
        expect(await ec2.snapshots({ Type: 'Auto*' })).toEqual([]);
        expect(await ec2.snapshots({ 'Cust*': undefined })).toEqual([]);
        expect(await ec2.hasSnapshots({ Type: 'Manual' })).toBe(true);
        expect(await ec2.hasSnapshots({ Type: 'Man*' })).toBe(false);
        expect(await world.regions.in(away).hasSnapshots({ Type: 'Automated' })).toBe(false);
      });

      test('snapshots have only the tags that decisions need, and their state', async () => {
        const all = new Map((await ec2.snapshots({ Type: undefined })).map((one) => [one.id, one]));
        expect(all.get(existing.plain.id)).toMatchObject({
          volumeId: data.id,
          state: 'completed',
          tags: { Type: 'Automated', DeleteOn: '2026-11-21' },
          tier: 'standard',
        });
        expect(all.get(existing.plain.id)?.tags).not.toHaveProperty('Custom');
        expect(all.get(existing.failed.id)?.state).toBe('error');
        expect(all.get(existing.pending.id)?.state).toBe('pending');
      });

      test('what uses and locks snapshots', async () => {
        expect(await ec2.imagesBySnapshot()).toEqual(new Map([[existing.ofImage.id, image]]));
        expect([...(await ec2.locks())].map(([id, { state }]) => [id, state])).toEqual([[existing.locked.id, lock]]);
      });
    });

    describe('createSnapshots', () => {
      test('makes one of each volume, with the tags of the call', async () => {
        const made = await ec2.createSnapshots(set());
        expect(made.map((one) => one.volumeId).sort()).toEqual([root.id, data.id]);
        for (const one of made) expect(one).toMatchObject({ state: 'pending', tags: set().tags });
        const listed = await ended(ec2, { 'holdfast:slot': 'today' });
        expect(ids(listed)).toEqual(ids(made));
        for (const one of listed)
          expect(one).toMatchObject({
            state: 'completed',
            progress: 100,
            description: 'web of today',
            tags: set().tags,
          });
      });

      test('excludes volumes, and copies the tags of the others when asked to', async () => {
        const [one, ...none] = await ec2.createSnapshots(set({ excludeRoot: true, copyVolumeTags: true }));
        expect(none).toEqual([]);
        expect(one).toMatchObject({ volumeId: data.id, tags: { ...set().tags, ...data.tags } });
        const others = await ec2.createSnapshots(
          set({ excludeVolumes: [data.id], tags: { 'holdfast:slot': 'other' } }),
        );
        expect(others).toMatchObject([{ volumeId: root.id }]);
      });

      test('of an instance that does not exist is refused', async () => {
        expect(await refusal(ec2.createSnapshots(set({ instanceId: nowhere.instance })))).toEqual({
          code: 'InvalidInstanceID.NotFound',
          kind: 'not-found',
          outcome: 'not-done',
        });
      });
    });

    describe('copySnapshot', () => {
      test('makes a copy with the tags of the call, and no volume of its own', async () => {
        const there = world.regions.in(away);
        const id = await there.copySnapshot(copyOf(existing.plain.id));
        const [copy, ...none] = await ended(there, { Source_SnapshotId: existing.plain.id });
        expect(none).toEqual([]);
        expect(copy).toMatchObject({ id, state: 'completed', description: 'a copy', volumeId: 'vol-ffffffff' });
        expect(copy?.tags).toEqual({ Source_SnapshotId: existing.plain.id });
      });

      test('fails late when the key is wrong', async () => {
        const there = world.regions.in(away);
        const tags = { Source_SnapshotId: 'good' };
        await there.copySnapshot(copyOf(existing.plain.id, { kmsKeyId: awayKey, tags }));
        expect(await ended(there, tags)).toMatchObject([{ state: 'completed' }]);
        await there.copySnapshot(copyOf(existing.plain.id, { kmsKeyId: 'alias/none' }));
        expect(await ended(there, { Source_SnapshotId: existing.plain.id })).toMatchObject([
          { state: 'error', stateMessage: expect.stringContaining('not accessible') },
        ]);
      });

      test('of a snapshot that is not completed, or does not exist, is refused', async () => {
        const there = world.regions.in(away);
        expect(await refusal(there.copySnapshot(copyOf(existing.pending.id)))).toMatchObject({
          code: 'IncorrectState',
        });
        expect(await refusal(there.copySnapshot(copyOf(nowhere.snapshot)))).toEqual({
          code: 'InvalidSnapshot.NotFound',
          kind: 'not-found',
          outcome: 'not-done',
        });
      });
    });

    test('a locked snapshot is kept until its lock ends, and may be locked again', async () => {
      const { id } = existing.plain;
      const until = await ec2.lockSnapshot(id, { mode: 'compliance', days: 2 });
      expect(until?.getTime()).toBeGreaterThan(0);
      expect((await ec2.locks()).get(id)).toEqual({ state: 'compliance', until });
      const kept = { kind: 'kept', reason: `compliance, locked until ${until?.toISOString().slice(0, 16)}Z` };
      expect(await ec2.deleteSnapshot(id)).toEqual(kept);
      const again = await ec2.lockSnapshot(id, { mode: 'compliance', days: 2 });
      expect(again?.getTime()).toBeGreaterThanOrEqual(until?.getTime() ?? 0);
      await expect(ec2.lockSnapshot('snap-0123456789abcdef0', { mode: 'governance', days: 1 })).rejects.toMatchObject({
        kind: 'not-found',
      });
    });

    test('snapshots are deleted once, unless they are in use or locked', async () => {
      expect(await ec2.deleteSnapshot(existing.plain.id)).toEqual({ kind: 'deleted' });
      expect(await ec2.deleteSnapshot(existing.plain.id)).toEqual({ kind: 'gone' });
      expect(await ec2.deleteSnapshot(existing.ofImage.id)).toEqual({ kind: 'kept', reason: 'in use by an AMI' });
      expect(await ec2.deleteSnapshot(existing.locked.id)).toMatchObject({ kind: 'kept' });
      expect(ids(await ec2.snapshots({ Type: undefined }))).not.toContain(existing.plain.id);
    });

    test('tags of snapshots and volumes are added, changed and removed; the others stay', async () => {
      const { id } = existing.plain;
      await ec2.setTags(id, { DeleteOn: '2027-01-01', KeepForever: 'Yes' });
      await ec2.removeTags(id, ['KeepForever', 'Integrity']);
      const [snapshot] = await ec2.snapshots({ Custom: 'x' });
      expect(snapshot?.tags).toEqual({ Type: 'Automated', DeleteOn: '2027-01-01' });
      await ec2.setTags(root.id, { Description: 'root of web' });
      expect((await ec2.volumes()).get(root.id)).toEqual({ Description: 'root of web' });
      expect((await refusal(ec2.setTags(nowhere.snapshot, { a: 'b' }))).kind).toBe('not-found');
      expect((await refusal(ec2.removeTags(nowhere.snapshot, ['a']))).kind).toBe('not-found');
    });
  });
}
