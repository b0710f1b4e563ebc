import { DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import { PutBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import { createTrails } from '../../../src/adapters/aws/trail.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { startServices } from './services.ts';
import { trailSuite } from './trail.ts';

const minute = 60_000;

trailSuite('CloudTrail', async () => {
  const { aws, session, clock, labClock, stop } = await startServices();
  // The lab judges signatures by the computer's time.
  const signing = new AwsSession({
    region: 'us-east-1',
    identity: undefined,
    apiTimeoutSeconds: 10,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock: { ...clock, now: () => new Date() },
    logger: new FakeLogger(),
  });
  return {
    trail: createTrails(() => signing).in('us-east-1'),
    act: async (snapshots) => {
      const from = clock.now();
      for (let at = 0; at < snapshots; at += 1) {
        labClock.advance(minute);
        const SnapshotId = `snap-${String(at).padStart(17, '0')}`;
        await session.ec2.send(new DeleteSnapshotCommand({ SnapshotId })).catch(() => undefined);
      }
      const Bucket = aws.receiptBucket;
      const rule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: 'x/' }, Expiration: { Days: 9 } } as const;
      await session.s3.send(
        new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }),
      );
      return { from, until: clock.now(), bucket: Bucket };
    },
    pass: (days) => labClock.advance(days * 24 * 60 * minute),
    now: () => clock.now(),
    stop,
  };
});
