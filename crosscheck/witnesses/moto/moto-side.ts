/** moto's server on loopback, with the world of the scenes made through its own API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../../lab/hosts/free-port.ts';
import type { Now } from '../../lib/moments.ts';
import { clientOf, makeBucket } from '../../lib/s3.ts';
import { crowdedRegion, type Settings, Side } from './side.ts';

const host = '127.0.0.1';
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' };

export interface MotoServer {
  readonly url: string;
  readonly credentials: typeof credentials;
  stop(): Promise<void>;
}

/**
 * @param programs the folder with moto_server
 * @param clock file with the seconds by which its time is moved; it may be written again
 */
export async function startMoto(programs: string, clock?: string): Promise<MotoServer> {
  const port = await freePort(host);
  const [program, ...words] =
    clock === undefined ? ['moto_server'] : ['python', join(import.meta.dirname, 'moved_server.py')];
  const server = spawn(join(programs, program), [...words, '-H', host, '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false', HOLDFAST_MOVED_CLOCK: clock },
  });
  let said = '';
  server.stderr.on('data', (text: Buffer) => {
    said = (said + text).slice(-4000);
  });
  const url = `http://${host}:${port}`;
  try {
    await answers(server, url, () => said);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  return {
    url,
    credentials,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function answers(server: ChildProcess, url: string, said: () => string): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}: ${said()}`);
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`moto_server does not answer after five minutes: ${said()}`);
}

/** @param now its clock, where that is moved */
export async function motoSide({ url }: Pick<MotoServer, 'url'>, now?: Now): Promise<Side> {
  const settings = { endpoint: url, credentials };
  const ec2 = new EC2Client({ ...settings, region: 'us-east-1' });
  // Without Amazon's own images, which moto would list as ours.
  const registered = await ec2.send(
    new RegisterImageCommand({
      Name: 'golden',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
    }),
  );
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [registered.ImageId ?? ''] }));
  const made = await ec2.send(
    new RunInstancesCommand({
      ImageId: Images[0]?.ImageId,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      Placement: { AvailabilityZone: 'us-east-1a' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, VolumeType: 'gp3', DeleteOnTermination: false } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, VolumeType: 'gp3', DeleteOnTermination: false } },
      ],
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: 'Name', Value: 'db01' },
            { Key: 'Backup', Value: 'Yes' },
          ],
        },
      ],
    }),
  );
  const instanceId = made.Instances?.[0]?.InstanceId ?? '';
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const devices = Reservations[0]?.Instances?.[0]?.BlockDeviceMappings ?? [];
  const volume = (device: string) => devices.find((one) => one.DeviceName === device)?.Ebs?.VolumeId ?? '';
  ec2.destroy();
  return new Side(
    settings,
    {
      instanceId,
      rootVolumeId: volume('/dev/xvda'),
      dataVolumeId: volume('/dev/sdf'),
      imageSnapshotId: Images[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '',
      roleArn: 'arn:aws:iam::123456789012:role/holdfast-rotate',
      // moto looks at no signature.
      token: () => 'x.y.z',
    },
    {
      ...(now ? { now } : {}),
      settle: () => {},
      keepVersions: async (bucket) => void (await keepVersions(settings, bucket)),
      lockedBucket: (bucket, days) => lockedBucket(settings, bucket, days),
      crowd: () => crowd(settings),
    },
  );
}

/** moto makes no versions for a bucket of a stack that asks for them. */
async function keepVersions(settings: Settings, Bucket: string): Promise<void> {
  const s3 = new S3Client({ ...settings, region: 'us-east-1' });
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  s3.destroy();
}

async function lockedBucket(
  { endpoint: url, credentials: keys }: Settings,
  name: string,
  lockDays: number,
): Promise<void> {
  const s3 = clientOf({ url, keys });
  await makeBucket(s3, name, { versioned: true, lockDays });
  s3.destroy();
}

async function crowd(settings: Settings): Promise<void> {
  const ec2 = new EC2Client({ ...settings, region: crowdedRegion });
  const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }];
  for (let number = 0; number < 7; number += 1) {
    const { ImageId } = await ec2.send(new RegisterImageCommand({ Name: `web${number}`, BlockDeviceMappings }));
    await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 'm5.large' }));
  }
  ec2.destroy();
}
