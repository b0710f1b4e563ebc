/** What the port Compute promises. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Snapshot, Volume } from '../../../src/domain/ec2.ts';
import type { Compute, NewVolume } from '../../../src/ports/compute.ts';
import { eventually, refusal } from './suite.ts';

/** The region at the start of each test: two instances that run, the first with a data volume. */
export const region = {
  zone: 'us-east-1a',
  source: { id: 'i-0a5be1d9c3f2e7a01', name: 'ib01.prod', tags: { 'holdfast:host': 'source' } },
  other: { id: 'i-0f84c6b27d1e93a02', name: 'ib02.dev', tags: { 'holdfast:host': 'verification' } },
  rootVolumes: ['vol-0aaaaaaaaaaaaaaa1', 'vol-0aaaaaaaaaaaaaaa2'],
  rootDevice: '/dev/xvda',
  data: 'vol-0bbbbbbbbbbbbbbb1',
  dataDevice: '/dev/sdf',
} as const;
const nowhere = {
  instance: 'i-0123456789abcdef0',
  volume: 'vol-0123456789abcdef0',
  snapshot: 'snap-0123456789abcdef0',
};

export interface ComputeWorld {
  readonly compute: Compute;
  /** Lets some time pass. */
  readonly pass: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export function computeSuite(name: string, start: () => Promise<ComputeWorld>): void {
  describe(`Compute: ${name}`, () => {
    let world: ComputeWorld;
    let compute: Compute;
    beforeEach(async () => {
      world = await start();
      compute = world.compute;
    });
    afterEach(() => world.stop());

    const snapshotOf = async (tags: Record<string, string> = {}): Promise<Snapshot> => {
      const { id } = await compute.createSnapshot(region.data, 'nightly', tags);
      const done = (one: Snapshot | undefined): boolean => one?.state === 'completed';
      return (await eventually(world.pass, () => compute.snapshot(id), done)) as Snapshot;
    };
    const request = (snapshotId: string, more: Partial<NewVolume> = {}): NewVolume => ({
      snapshotId,
      zone: region.zone,
      type: 'gp3',
      initializationRate: undefined,
      clientToken: 'one',
      tags: { role: 'copy' },
      ...more,
    });
    const volumeIn = (id: string, state: Volume['state']): Promise<Volume | undefined> =>
      eventually(
        world.pass,
        () => compute.volume(id),
        (one) => one?.state === state && one.attachment?.state !== 'attaching',
      );
    const copyOf = async (snapshotId: string): Promise<Volume> => {
      const { id } = await compute.createVolume(request(snapshotId));
      return (await volumeIn(id, 'available')) as Volume;
    };

    describe('instances', () => {
      test('are found by id and by name', async () => {
        const { id, name, tags } = region.source;
        const expected = {
          id,
          name,
          state: 'running',
          zone: region.zone,
          tags: { Name: name, ...tags },
          devices: { [region.rootDevice]: region.rootVolumes[0], [region.dataDevice]: region.data },
          rootDevice: region.rootDevice,
          launchedAt: expect.any(Date),
          type: 'm5.large',
          windows: false,
        };
        expect(await compute.findInstances(id)).toEqual([expected]);
        expect(await compute.findInstances(name)).toEqual([expected]);
        expect(await compute.instance(id)).toEqual(expected);
      });

      test('that do not exist are not found; a name is no pattern', async () => {
        for (const unknown of [nowhere.instance, 'ib03.prod', 'ib*', 'ib0?.prod'])
          expect(await compute.findInstances(unknown)).toEqual([]);
        expect(await refusal(compute.instance(nowhere.instance))).toEqual({
          code: 'InvalidInstanceID.NotFound',
          kind: 'not-found',
          outcome: 'not-done',
        });
      });

      test('stop and start, also when they have already', async () => {
        const { id } = region.other;
        const state = (wanted: string) =>
          eventually(
            world.pass,
            async () => (await compute.instance(id)).state,
            (now) => now === wanted,
          );
        await compute.stopInstance(id);
        expect(await state('stopped')).toBe('stopped');
        await compute.stopInstance(id);
        expect(await state('stopped')).toBe('stopped');
        await compute.startInstance(id);
        expect(await state('running')).toBe('running');
        await compute.startInstance(id);
        expect(await state('running')).toBe('running');
        for (const call of [compute.startInstance(nowhere.instance), compute.stopInstance(nowhere.instance)])
          expect((await refusal(call)).code).toBe('InvalidInstanceID.NotFound');
      });
    });

    describe('snapshots', () => {
      test('are pending at first, then completed, and found by all of their tags', async () => {
        const tags = { 'holdfast:run': '7', source: 'ib01.prod' };
        const made = await compute.createSnapshot(region.data, 'nightly', tags);
        expect(made).toMatchObject({ volumeId: region.data, state: 'pending', description: 'nightly', tags });
        const done = await eventually(
          world.pass,
          () => compute.snapshot(made.id),
          (one) => one?.state === 'completed',
        );
        expect(done).toMatchObject({ id: made.id, state: 'completed', progress: 100, description: 'nightly', tags });
        const found = async (wanted: Record<string, string>) =>
          (await compute.snapshotsByTags(wanted)).map((one) => one.id);
        expect(await found({ source: 'ib01.prod' })).toEqual([made.id]);
        expect(await found(tags)).toEqual([made.id]);
        expect(await found({ ...tags, 'holdfast:run': '8' })).toEqual([]);
        expect(await found({ source: 'ib*' })).toEqual([]);
      });

      test('of nothing are refused; one that does not exist is undefined', async () => {
        expect(await refusal(compute.createSnapshot(nowhere.volume, 'nightly', {}))).toEqual({
          code: 'InvalidVolume.NotFound',
          kind: 'not-found',
          outcome: 'not-done',
        });
        expect(await compute.snapshot(nowhere.snapshot)).toBeUndefined();
      });
    });

    describe('volumes', () => {
      test('are made of a completed snapshot, once for a client token', async () => {
        const snapshot = await snapshotOf();
        const made = await compute.createVolume(request(snapshot.id));
        expect(made).toMatchObject({ snapshotId: snapshot.id, zone: region.zone, tags: { role: 'copy' } });
        expect((await compute.createVolume(request(snapshot.id))).id).toBe(made.id);
        expect(await volumeIn(made.id, 'available')).toMatchObject({
          id: made.id,
          state: 'available',
          sizeGiB: snapshot.sizeGiB,
          attachment: undefined,
        });
        expect((await compute.volumesByTags({ role: 'copy' })).map((one) => one.id)).toEqual([made.id]);
        expect(await compute.volumesByTags({ role: 'original' })).toEqual([]);
        const other = compute.createVolume(request(snapshot.id, { zone: 'us-east-1b' }));
        expect((await refusal(other)).code).toBe('IdempotentParameterMismatch');
      });

      test('are not made of a snapshot that is not completed, or does not exist', async () => {
        const { id } = await compute.createSnapshot(region.data, 'nightly', {});
        expect((await refusal(compute.createVolume(request(id)))).code).toBe('IncorrectState');
        expect(await refusal(compute.createVolume(request(nowhere.snapshot)))).toMatchObject({
          code: 'InvalidSnapshot.NotFound',
          kind: 'not-found',
        });
      });

      test('are attached to one instance, however often that is asked for', async () => {
        const volume = await copyOf((await snapshotOf()).id);
        await compute.attachVolume(volume.id, region.other.id, region.dataDevice);
        expect((await volumeIn(volume.id, 'in-use'))?.attachment).toEqual({
          instanceId: region.other.id,
          device: region.dataDevice,
          state: 'attached',
        });
        expect((await compute.instance(region.other.id)).devices[region.dataDevice]).toBe(volume.id);
        await compute.attachVolume(volume.id, region.other.id, region.dataDevice);
        const elsewhere = compute.attachVolume(volume.id, region.source.id, '/dev/sdg');
        expect((await refusal(elsewhere)).code).toBe('VolumeInUse');
      });

      test('are not attached where a device is taken, or what does not exist', async () => {
        const volume = await copyOf((await snapshotOf()).id);
        const refused = async (...[id, instance, device]: Parameters<Compute['attachVolume']>) =>
          (await refusal(compute.attachVolume(id, instance, device))).code;
        expect(await refused(volume.id, region.source.id, region.dataDevice)).toBe('InvalidParameterValue');
        expect(await refused(nowhere.volume, region.other.id, region.dataDevice)).toBe('InvalidVolume.NotFound');
        expect(await refused(volume.id, nowhere.instance, region.dataDevice)).toBe('InvalidInstanceID.NotFound');
      });

      test('are detached and deleted, also when they are already', async () => {
        const volume = await copyOf((await snapshotOf()).id);
        await compute.attachVolume(volume.id, region.other.id, region.dataDevice);
        await volumeIn(volume.id, 'in-use');
        expect((await refusal(compute.deleteVolume(volume.id))).code).toBe('VolumeInUse');
        await compute.detachVolume(volume.id, { force: false });
        expect((await volumeIn(volume.id, 'available'))?.attachment).toBeUndefined();
        expect((await compute.instance(region.other.id)).devices[region.dataDevice]).toBeUndefined();
        await compute.detachVolume(volume.id, { force: false });
        await compute.deleteVolume(volume.id);
        const left = await eventually(
          world.pass,
          () => compute.volume(volume.id),
          (one) => one === undefined,
        );
        expect(left).toBeUndefined();
        await compute.deleteVolume(volume.id);
        await compute.detachVolume(nowhere.volume, { force: true });
      });
    });

    test('tags are added, changed and removed, the others stay', async () => {
      const snapshot = await snapshotOf({ kept: 'yes', changed: 'old' });
      await compute.setTags(snapshot.id, { changed: 'new', added: 'x' });
      await compute.removeTags(snapshot.id, ['added', 'never-there']);
      expect((await compute.snapshot(snapshot.id))?.tags).toEqual({ kept: 'yes', changed: 'new' });
      await compute.setTags(region.data, { added: 'x' });
      expect((await compute.volume(region.data))?.tags).toMatchObject({ added: 'x' });
      await compute.setTags(region.other.id, { added: 'x' });
      await compute.removeTags(region.other.id, ['holdfast:host']);
      expect((await compute.instance(region.other.id)).tags).toEqual({ Name: region.other.name, added: 'x' });
      expect((await refusal(compute.setTags(nowhere.snapshot, { a: 'b' }))).kind).toBe('not-found');
    });
  });
}
