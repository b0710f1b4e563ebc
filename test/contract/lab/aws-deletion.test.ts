/** Which snapshots the lab's EC2 deletes, and why it refuses to delete others, through the unmodified SDK. */
import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountId, errorName } from './support-aws.ts';
import { old, type RotationUnderTest, startedAt, startRotationUnderTest, tagsOf } from './support-rotation.ts';

let lab: RotationUnderTest;
beforeEach(async () => {
  lab = await startRotationUnderTest();
});
afterEach(() => lab.stop());

describe('deletion of snapshots', () => {
  test.each([
    [old.plain, 'no error'],
    [old.archived, 'no error'],
    [old.failed, 'no error'],
    [old.ofImage, 'InvalidSnapshot.InUse'],
    [old.locked, 'OperationNotPermitted'],
    ['snap-0feedfeedfeedfee1', 'InvalidSnapshot.NotFound'],
  ])('%s: %s', async (SnapshotId, answer) => {
    const before = (await lab.own()).length;
    expect(await errorName(lab.ec2().send(new DeleteSnapshotCommand({ SnapshotId })))).toBe(answer);
    expect(await lab.own()).toHaveLength(before - (answer === 'no error' ? 1 : 0));
  });

  test('images list the snapshots they use, locks the ones they hold, tiers the archived ones', async () => {
    const { Images } = await lab.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(Images).toMatchObject([
      {
        ImageId: 'ami-00000000000000001',
        Name: 'golden',
        OwnerId: accountId,
        State: 'available',
        BlockDeviceMappings: [{ Ebs: { SnapshotId: old.ofImage } }],
      },
    ]);
    expect((await lab.ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images ?? []).toEqual([]);
    const locked = async (state: string) =>
      (
        await lab.ec2().send(new DescribeLockedSnapshotsCommand({ Filters: [{ Name: 'lock-state', Values: [state] }] }))
      ).Snapshots?.map((one) => [one.SnapshotId, one.LockState, one.LockCreatedOn]);
    expect(await locked('governance')).toEqual([[old.locked, 'governance', startedAt]]);
    expect((await locked('compliance')) ?? []).toEqual([]);
    const { Snapshots } = await lab
      .ec2()
      .send(new DescribeSnapshotsCommand({ Filters: [{ Name: 'storage-tier', Values: ['archive'] }] }));
    expect(Snapshots?.map((one) => [one.SnapshotId, one.StorageTier])).toEqual([[old.archived, 'archive']]);
  });

  test('a tag that is named with a value is deleted only if it has that value', async () => {
    const remove = (tag: { Key: string; Value?: string }) =>
      lab.ec2().send(new DeleteTagsCommand({ Resources: [old.plain], Tags: [tag] }));
    await remove({ Key: 'Type', Value: 'Manual' });
    expect(tagsOf(await lab.snapshot(old.plain))).toEqual({ Type: 'Automated' });
    await remove({ Key: 'Type', Value: 'Automated' });
    expect(tagsOf(await lab.snapshot(old.plain))).toEqual({});
  });

  test('tags have a limit; filters know wildcards and escapes', async () => {
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `t${at}`, Value: 'x' }));
    expect(await errorName(lab.ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags })))).toBe(
      'TagLimitExceeded',
    );
    expect(tagsOf(await lab.snapshot(old.plain))).toEqual({ Type: 'Automated' });
    await lab.ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags: [{ Key: 'Type', Value: 'a*b.c' }] }));
    const matching = async (value: string) =>
      (
        await lab.ec2().send(new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:Type', Values: [value] }] }))
      ).Snapshots?.map((one) => one.SnapshotId) ?? [];
    expect(await matching('a?b.*')).toEqual([old.plain]);
    expect(await matching('a\\*b.c')).toEqual([old.plain]);
    expect(await matching('a\\?b.c')).toEqual([]);
    const { Tags: tags } = await lab
      .ec2()
      .send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [old.plain] }] }));
    expect(tags).toMatchObject([{ ResourceId: old.plain, ResourceType: 'snapshot', Key: 'Type', Value: 'a*b.c' }]);
  });
});
