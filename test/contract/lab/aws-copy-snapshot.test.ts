/** CopySnapshot in the lab's EC2, through the unmodified SDK: limits, keys, and copies that fail. */
import {
  CopySnapshotCommand,
  type CopySnapshotCommandInput,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountId, errorName, region } from './support-aws.ts';
import {
  far,
  key,
  logs,
  old,
  type RotationUnderTest,
  specification,
  startRotationUnderTest,
  tagsOf,
} from './support-rotation.ts';

let lab: RotationUnderTest;
beforeEach(async () => {
  lab = await startRotationUnderTest();
});
afterEach(() => lab.stop());

describe('CopySnapshot', () => {
  const copy = (SourceSnapshotId: string = old.plain, more: Partial<CopySnapshotCommandInput> = {}, where = far) =>
    lab.ec2(where).send(new CopySnapshotCommand({ SourceRegion: region, SourceSnapshotId, ...more }));

  test('starts now, without a volume, with the tags of the request and none of the source', async () => {
    const { SnapshotId = '', Tags } = await copy(old.plain, {
      Description: 'far away',
      TagSpecifications: specification({ of: old.plain }),
    });
    expect(tagsOf({ Tags })).toEqual({ of: old.plain });
    const begun = await lab.snapshot(SnapshotId, far);
    expect(begun).toMatchObject({
      State: 'pending',
      VolumeId: 'vol-ffffffff',
      VolumeSize: 10,
      Description: 'far away',
      Encrypted: false,
      FullSnapshotSizeInBytes: 5_000_000_000,
    });
    expect(tagsOf(begun)).toEqual({ of: old.plain });
    expect(begun?.StartTime).toEqual(lab.clock.now());
    lab.clock.advance(3100);
    expect(await lab.snapshot(SnapshotId, far)).toMatchObject({ State: 'completed', Progress: '100%' });
    const untagged = await copy();
    expect(tagsOf(await lab.snapshot(untagged.SnapshotId ?? '', far))).toEqual({});
  });

  test('holds the source’s data', async () => {
    const { SnapshotId = '' } = await lab.ec2().send(new CreateSnapshotCommand({ VolumeId: logs }));
    expect(await errorName(copy(SnapshotId))).toBe('IncorrectState');
    lab.clock.advance(3100);
    const copied = await copy(SnapshotId);
    await lab.ec2().send(new DeleteSnapshotCommand({ SnapshotId }));
    expect([...lab.stored]).toEqual([copied.SnapshotId]);
  });

  test.each<[string, Parameters<typeof copy>, string]>([
    ['a pending source', [old.pending], 'IncorrectState'],
    ['a failed source', [old.failed], 'IncorrectState'],
    ['an archived source', [old.archived], 'IncorrectState'],
    ['an unknown source', ['snap-0123456789abcdef0'], 'InvalidSnapshot.NotFound'],
    ['a snapshot of another account', ['snap-0feedfeedfeedfee1'], 'InvalidSnapshot.NotFound'],
    ['a source in another region than named', [old.plain, { SourceRegion: far }], 'InvalidSnapshot.NotFound'],
    ['a key for a copy that is not encrypted', [old.plain, { KmsKeyId: key }], 'InvalidParameterDependency'],
    ['a dry run', [old.plain, { DryRun: true }], 'DryRunOperation'],
  ])('refuses %s', async (_what, given, error) => {
    expect(await errorName(copy(...given))).toBe(error);
    expect(await lab.own(far)).toEqual([]);
  });

  test('a region has a limit of concurrent copies', async () => {
    const answers = await Promise.all(Array.from({ length: 22 }, () => errorName(copy())));
    expect(answers.filter((one) => one === 'ResourceLimitExceeded')).toHaveLength(2);
    expect(await lab.own(far)).toHaveLength(20);
    // Copies of other regions do not count, nor do completed ones.
    expect(await errorName(copy(old.plain, {}, region))).toBe('no error');
    lab.clock.advance(3100);
    expect(await errorName(copy())).toBe('no error');
    await lab.restart({ copiesAtOnce: 1 });
    expect([await errorName(copy()), await errorName(copy())]).toEqual(['no error', 'ResourceLimitExceeded']);
  });

  test.each([
    ['by its ARN', key, key],
    ['by its id', key.split('/')[1], key],
    ['by an alias', 'alias/copies', `arn:aws:kms:${far}:${accountId}:alias/copies`],
    ['none given', undefined, `arn:aws:kms:${far}:${accountId}:alias/aws/ebs`],
  ])('encrypts with a key of the destination: %s', async (_how, KmsKeyId, expected) => {
    const { SnapshotId = '' } = await copy(old.plain, { Encrypted: true, KmsKeyId });
    lab.clock.advance(3100);
    expect(await lab.snapshot(SnapshotId, far)).toMatchObject({
      State: 'completed',
      Encrypted: true,
      KmsKeyId: expected,
    });
  });

  test('an unknown key fails only later', async () => {
    const { SnapshotId = '' } = await copy(old.plain, { Encrypted: true, KmsKeyId: 'alias/nonsense' });
    expect((await lab.snapshot(SnapshotId, far))?.State).toBe('pending');
    lab.clock.advance(3100);
    expect(await lab.snapshot(SnapshotId, far)).toMatchObject({
      State: 'error',
      StateMessage: 'Given key ID is not accessible',
    });
    expect(await errorName(lab.ec2(far).send(new DeleteSnapshotCommand({ SnapshotId })))).toBe('no error');
  });

  test('an encrypted source stays encrypted; copies can be made to fail', async () => {
    lab.service.switches.copiesFail = true;
    const { SnapshotId = '' } = await copy(old.ofImage);
    lab.service.switches.copiesFail = false;
    const good = await copy(old.ofImage);
    lab.clock.advance(3100);
    expect(await lab.snapshot(SnapshotId, far)).toMatchObject({ State: 'error', Encrypted: true });
    expect(await lab.snapshot(good.SnapshotId ?? '', far)).toMatchObject({ State: 'completed', Encrypted: true });
  });

  test('asks the policies about the source, the copy and its tags', async () => {
    const tags = [{ ResourceType: 'snapshot', Tag: [{ Key: 'of', Value: 'x' }] }];
    const asked = await lab.questions(
      'CopySnapshot',
      { SourceRegion: region, SourceSnapshotId: old.plain, TagSpecification: tags },
      far,
    );
    expect(asked.map((one) => [one.action, one.resources[0]])).toEqual([
      ['ec2:CopySnapshot', `arn:aws:ec2:${region}::snapshot/${old.plain}`],
      ['ec2:CopySnapshot', `arn:aws:ec2:${far}::snapshot/*`],
      ['ec2:CreateTags', `arn:aws:ec2:${far}::snapshot/*`],
    ]);
    expect(asked[0]?.conditions).toMatchObject({ 'aws:ResourceTag/Type': 'Automated', 'aws:RequestedRegion': far });
    expect(asked[1]?.conditions).toMatchObject({ 'aws:RequestTag/of': 'x' });
    expect(asked[2]?.conditions).toMatchObject({ 'ec2:CreateAction': 'CopySnapshot' });
  });
});
