/** The lab's EC2 with two regions to rotate: an instance with three volumes, and snapshots in every state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CopySnapshotCommandInput,
  DescribeSnapshotsCommand,
  EC2Client,
  type Snapshot,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { StoredImage } from '../../../lab/hosts/host.ts';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { createEc2, type Ec2Service } from '../../../lab/services/aws/ec2/ec2.ts';
import type { Seed, SnapshotSeed } from '../../../lab/services/aws/ec2/model/seed.ts';
import type { Ec2Options } from '../../../lab/services/aws/ec2/options.ts';
import { type AwsLab, startAws } from '../../../lab/services/aws/endpoint/server.ts';
import type { Authorization } from '../../../lab/services/aws/protocol/service.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import { Sts } from '../../../lab/services/aws/sts/sts.ts';
import type { LabClock } from '../../../lab/services/clock/clock.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';
import { openCallLog } from '../../../lab/services/http/call-log.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { accountId, region, subject, template } from './support-aws.ts';

export const far = 'eu-west-1';
export const key = `arn:aws:kms:${far}:${accountId}:key/11111111-2222-3333-4444-555555555555`;
export const web = 'i-0a5be1d9c3f2e7a01';
export const [root, data, logs] = ['vol-0aaaaaaaaaaaaaaa1', 'vol-0bbbbbbbbbbbbbbb1', 'vol-0bbbbbbbbbbbbbbb2'];
export const old = {
  plain: 'snap-0000000000000000a',
  pending: 'snap-0000000000000000b',
  archived: 'snap-0000000000000000c',
  failed: 'snap-0000000000000000d',
  ofImage: 'snap-0000000000000000e',
  locked: 'snap-0000000000000000f',
};

export const startedAt = new Date('2026-01-02T03:04:05Z');
export const past = (id: string, more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
  id,
  volumeId: data,
  startedAt,
  sizeGiB: 10,
  tags: { Type: 'Automated' },
  ...more,
});

export const seed: Seed = {
  region,
  accountId,
  instances: [
    {
      id: web,
      name: 'web01',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: {},
      rootVolumeId: root,
      rootVolumeTags: { disk: 'root' },
      volumes: [
        { id: data, device: '/dev/sdf', image: { path: 'data', sizeGiB: 10 }, tags: { disk: 'data', 'aws:x': 'y' } },
        { id: logs, device: '/dev/sdg', image: { path: 'logs', sizeGiB: 2 }, tags: { disk: 'logs' } },
      ],
    },
  ],
  snapshots: [
    past(old.plain, { fullSizeBytes: 5_000_000_000 }),
    past(old.pending, { state: 'pending' }),
    past(old.archived, { tier: 'archive' }),
    past(old.failed, { state: 'error' }),
    past(old.ofImage, { encrypted: true, kmsKeyId: 'alias/home' }),
    past(old.locked, { lock: 'governance' }),
  ],
  images: [{ id: 'ami-00000000000000001', name: 'golden', snapshotIds: [old.ofImage] }],
  regions: [
    {
      region: far,
      instances: [
        {
          id: 'i-0f84c6b27d1e93a02',
          name: 'win01',
          state: 'stopped',
          zone: 'eu-west-1a',
          type: 'm5.large',
          platform: 'windows',
          tags: {},
          rootVolumeId: 'vol-0aaaaaaaaaaaaaaa2',
          volumes: [{ id: 'vol-0ccccccccccccccc1', device: 'xvdf', sizeGiB: 30, tags: {} }],
        },
      ],
      kmsKeys: [key, 'alias/copies'],
    },
  ],
};

export interface RotationUnderTest {
  readonly clock: LabClock;
  /** The service that answers now: `restart` makes another. */
  readonly service: Ec2Service;
  /** Images of which the storage holds copies. */
  readonly stored: ReadonlySet<string>;
  /** Path of the image whose copying fails. */
  unreadable: string | undefined;
  /** Starts again from the seed, with other options; the clock goes on. */
  restart(options: Partial<Ec2Options>): Promise<void>;
  /** A client with the administrator's keys; it tries once. */
  ec2(where?: string): EC2Client;
  snapshot(id: string, where?: string): Promise<Snapshot | undefined>;
  /** The snapshots of the account. */
  own(where?: string): Promise<Snapshot[]>;
  /** The questions that an operation asks the policies. */
  questions(operation: string, parameters: Record<string, unknown>, where?: string): Promise<Authorization[]>;
  stop(): Promise<void>;
}

export async function startRotationUnderTest(): Promise<RotationUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-rotation-'));
  const clock = manualClock();
  const stored = new Set<string>();
  const clients: EC2Client[] = [];
  const storage = {
    copy: async (image: StoredImage, name: string) => {
      if (image.path === lab.unreadable) throw new Error(`${image.path} cannot be read`);
      stored.add(name);
      return { path: name, sizeGiB: image.sizeGiB };
    },
    remove: async (image: StoredImage) => void stored.delete(image.path),
  };
  const hosts = { storage, host: () => undefined };
  const start = async (options: Partial<Ec2Options>): Promise<{ service: Ec2Service; aws: AwsLab; sts: Sts }> => {
    const stack = loadStack(template, { region, accountId, parameters: { Subjects: subject } });
    const sts = new Sts({ clock, accountId, stack, issuer: 'http://127.0.0.1:9' });
    const service = createEc2({ clock, hosts, seed, ...options });
    const aws = await startAws({
      log: openCallLog(join(directory, 'calls.jsonl')),
      faults: faultRules(),
      stack,
      sts,
      s3: new S3(join(directory, 's3'), stack.buckets),
      services: [service],
    });
    return { service, aws, sts };
  };
  let now = await start({});
  const lab: RotationUnderTest = {
    clock,
    get service() {
      return now.service;
    },
    stored,
    unreadable: undefined,
    restart: async (options) => {
      await now.aws.stop();
      now = await start(options);
    },
    ec2: (where = region) => {
      const { accessKeyId, secretAccessKey } = now.sts.administrator;
      const credentials = { accessKeyId, secretAccessKey };
      const client = new EC2Client({ region: where, endpoint: now.aws.url, maxAttempts: 1, credentials });
      clients.push(client);
      return client;
    },
    snapshot: async (id, where) =>
      (await lab.ec2(where).send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))).Snapshots?.[0],
    own: async (where) =>
      (await lab.ec2(where).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [],
    questions: async (operation, parameters, where = region) => {
      const asked: Authorization[] = [];
      const identity = { arn: 'arn', account: accountId, role: 'keeper' };
      await now.service.handle(
        { service: 'ec2', region: where, operation, parameters, identity, requestId: 'r' },
        { authorize: (question) => void asked.push(question) },
      );
      return asked;
    },
    stop: async () => {
      for (const one of clients) one.destroy();
      await now.aws.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return lab;
}

export function tagsOf(one: { Tags?: Tag[] | undefined } | undefined): Record<string, string> {
  return Object.fromEntries((one?.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

export const specification = (tags: Record<string, string>): CopySnapshotCommandInput['TagSpecifications'] => [
  { ResourceType: 'snapshot', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
];
