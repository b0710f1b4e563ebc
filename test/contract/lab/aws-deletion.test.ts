/** Which snapshots the lab's EC2 deletes, and what it tells of those it does not, through the unmodified SDK. */
import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
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

describe('what is deleted, and what is not', () => {
  test.each([
    [old.plain, 'no error'],
    [old.archived, 'no error'],
    [old.failed, 'no error'],
    [old.ofImage, 'InvalidSnapshot.InUse'],
    [old.locked, 'SnapshotLocked'],
    ['snap-0feedfeedfeedfee1', 'InvalidSnapshot.NotFound'],
  ])('%s: %s', async (SnapshotId, answer) => {
    const before = (await lab.own()).length;
    expect(await errorName(lab.ec2().send(new DeleteSnapshotCommand({ SnapshotId })))).toBe(answer);
    expect(await lab.own()).toHaveLength(before - (answer === 'no error' ? 1 : 0));
  });

  test('images say which snapshots they use, locks which they hold, tiers which are archived', async () => {
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

  test('tags have a limit, and wildcards in filters are wildcards', async () => {
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `t${at}`, Value: 'x' }));
    expect(await errorName(lab.ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags })))).toBe(
      'TagLimitExceeded',
    );
    expect(tagsOf(await lab.snapshot(old.plain))).toEqual({ Type: 'Automated' });
    await lab.ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags: [{ Key: 'Type', Value: 'a*b.c' }] }));
    const found = async (value: string) =>
      (
        await lab.ec2().send(new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:Type', Values: [value] }] }))
      ).Snapshots?.map((one) => one.SnapshotId) ?? [];
    expect(await found('a?b.*')).toEqual([old.plain]);
    expect(await found('a\\*b.c')).toEqual([old.plain]);
    expect(await found('a\\?b.c')).toEqual([]);
    const { Tags: tags } = await lab
      .ec2()
      .send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [old.plain] }] }));
    expect(tags).toMatchObject([{ ResourceId: old.plain, ResourceType: 'snapshot', Key: 'Type', Value: 'a*b.c' }]);
  });
});
