/**
 * What somebody with a stolen session of a role could want to destroy, and every call by which they could try. What is left
 * is looked up with the administrator's keys: a call that is allowed and changes nothing has destroyed nothing.
 */
import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  LockSnapshotCommand,
  StopInstancesCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { SendCommandCommand } from '@aws-sdk/client-ssm';
import type { RegionSeed, SnapshotSeed } from '../../services/aws/ec2/model/seed.ts';
import { buckets } from '../installation.ts';
import type { Clients, EmptyAccount } from './account.ts';

/** One thing for each role, so that what one has destroyed is still there for the next. */
export interface Target {
  readonly what: string;
  /** Ways to destroy it, tried one after the other. Each call's refusal is ignored. */
  readonly attempts: (thief: Clients, role: number) => readonly (() => Promise<unknown>)[];
  /** What is left of it, in words; undefined when it is as it was. */
  readonly damage: (account: EmptyAccount, role: number) => Promise<string | undefined>;
}

const id = (kind: string, role: number, number: number): string =>
  `${kind}-0${role.toString(16)}${number.toString(16).padStart(6, '0')}`;
const automated = { Type: 'Automated', Integrity: 'good', DBBackupValid: 'Yes' };

interface SnapshotTarget {
  readonly what: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly lock?: 'governance' | 'compliance';
}

const snapshotTargets: readonly SnapshotTarget[] = [
  { what: 'a proven snapshot of `ib-snapshot`', tags: { ...automated, 'holdfast:made-by': 'ib-snapshot' } },
  { what: 'a snapshot of `ebs-rotate`', tags: { ...automated, 'holdfast:made-by': 'ebs-rotate' } },
  {
    what: 'a proven snapshot with a lock (governance)',
    tags: { ...automated, 'holdfast:made-by': 'ib-snapshot', 'holdfast:locked': '2026-12-31T00:00:00.000Z' },
    lock: 'governance',
  },
  {
    what: 'a proven snapshot with a lock (compliance)',
    tags: { ...automated, 'holdfast:made-by': 'ib-snapshot', 'holdfast:locked': '2026-12-31T00:00:00.000Z' },
    lock: 'compliance',
  },
  { what: 'a snapshot that a person keeps for ever', tags: { ...automated, KeepForever: 'Yes' } },
  {
    what: 'a copy that is kept for ever since its primary is',
    tags: { ...automated, KeepForever: 'Yes', 'holdfast:kept-by-primary': 'Yes' },
  },
  { what: 'a snapshot of somebody else', tags: { Name: 'theirs' } },
];

/** Also by making it look like what the role may delete. */
function snapshotTarget({ what, lock }: SnapshotTarget, number: number): Target {
  const idOf = (role: number): string => id('snap', role, number);
  return {
    what,
    attempts: ({ ec2 }, role) => {
      const Resources = [idOf(role)];
      const tag = (Key: string, Value: string) => () =>
        ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value }] }));
      const untag = (Key: string) => () => ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key }] }));
      return [
        tag('Type', 'Automated'),
        tag('holdfast:made-by', 'ib-snapshot'),
        tag('holdfast:kept-by-primary', 'Yes'),
        untag('KeepForever'),
        () => ec2.send(new DeleteTagsCommand({ Resources })),
        tag('Integrity', 'bad'),
        () => ec2.send(new DeleteSnapshotCommand({ SnapshotId: idOf(role) })),
        untag('holdfast:locked'),
        () => ec2.send(new UnlockSnapshotCommand({ SnapshotId: idOf(role) })),
        () => ec2.send(new LockSnapshotCommand({ SnapshotId: idOf(role), LockMode: 'governance', LockDuration: 1 })),
        () => ec2.send(new DeleteSnapshotCommand({ SnapshotId: idOf(role) })),
      ];
    },
    damage: async ({ administrator: { ec2 } }, role) => {
      const there = await ec2
        .send(new DescribeSnapshotsCommand({ SnapshotIds: [idOf(role)] }))
        .catch(gone('InvalidSnapshot.NotFound', { Snapshots: [] }));
      const tags = there.Snapshots?.[0]?.Tags;
      if (!tags) return '**deleted**';
      const value = (key: string): string | undefined => tags.find((one) => one.Key === key)?.Value;
      const before = snapshotTargets[number]?.tags ?? {};
      if (lock && (await daysLocked(ec2, idOf(role))) < 2) return '**lock shortened**';
      if (value('Integrity') !== before.Integrity) return 'verdict changed';
      return Object.entries(before).some(([key, was]) => value(key) !== was) ? 'tags changed' : undefined;
    },
  };
}

/** Only what does not exist is gone: an answer that did not come says nothing. */
function gone<T>(code: string, nothing: T): (error: unknown) => T {
  return (error) => {
    if ((error as Error).name === code) return nothing;
    throw error;
  };
}

/** Days for which the snapshot is locked from now on. */
async function daysLocked(ec2: Clients['ec2'], snapshotId: string): Promise<number> {
  const { Snapshots = [] } = await ec2.send(new DescribeLockedSnapshotsCommand({ SnapshotIds: [snapshotId] }));
  return ((Snapshots[0]?.LockExpiresOn?.getTime() ?? 0) - Date.now()) / 86_400_000;
}

const volumes = [
  { what: 'a data volume, attached', tags: { Name: 'data' }, attached: true },
  { what: 'a data volume, detached', tags: { Name: 'old data' }, attached: false },
  { what: 'a volume of `verify-volume`', tags: { 'holdfast:made-by': 'verify-volume' }, attached: false },
] as const;

function volumeTarget({ what, attached }: (typeof volumes)[number], number: number): Target {
  const VolumeId = (role: number): string => id('vol', role, number);
  return {
    what,
    attempts: ({ ec2 }, role) => [
      () =>
        ec2.send(
          new CreateTagsCommand({
            Resources: [VolumeId(role)],
            Tags: [{ Key: 'holdfast:made-by', Value: 'verify-volume' }],
          }),
        ),
      () => ec2.send(new DetachVolumeCommand({ VolumeId: VolumeId(role), Force: true })),
      () => ec2.send(new DeleteVolumeCommand({ VolumeId: VolumeId(role) })),
    ],
    damage: async ({ administrator: { ec2 } }, role) => {
      const there = await ec2
        .send(new DescribeVolumesCommand({ VolumeIds: [VolumeId(role)] }))
        .catch(gone('InvalidVolume.NotFound', { Volumes: [] }));
      const volume = there.Volumes?.[0];
      if (!volume) return '**deleted**';
      return attached && volume.State !== 'in-use' ? '**detached**' : undefined;
    },
  };
}

const hosts = [
  { what: 'a source, running', tags: { 'holdfast:host': 'source', Backup: 'Yes' } },
  { what: 'a verification host, running', tags: { 'holdfast:host': 'verification' } },
  { what: 'an untagged instance, running', tags: {} },
] as const;
const ofHost = (role: number, number: number): string => id('i', role, number);

function hostTarget({ what }: (typeof hosts)[number], number: number): Target {
  const ids = (role: number): string[] => [ofHost(role, number)];
  return {
    what: `${what}: stopped`,
    attempts: ({ ec2 }, role) => [
      () =>
        ec2.send(
          new CreateTagsCommand({ Resources: ids(role), Tags: [{ Key: 'holdfast:host', Value: 'verification' }] }),
        ),
      () => ec2.send(new DeleteTagsCommand({ Resources: ids(role) })),
      () => ec2.send(new StopInstancesCommand({ InstanceIds: ids(role), Force: true })),
    ],
    damage: async ({ administrator: { ec2 } }, role) => {
      const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ids(role) }));
      const instance = answer.Reservations?.[0]?.Instances?.[0];
      if (instance?.State?.Name !== 'running') return 'stopped';
      return (instance.Tags ?? []).length < Object.keys(hosts[number]?.tags ?? {}).length ? 'tags deleted' : undefined;
    },
  };
}

/** A command runs when it passes the policies: there are no hosts here that could run it. */
function commandTarget(what: string, DocumentName: string, hostNumber: number, words: string): Target {
  const started = new Set<number>();
  return {
    what,
    attempts: ({ ssm }, role) => [
      async () => {
        const InstanceIds = [ofHost(role, hostNumber)];
        await ssm.send(new SendCommandCommand({ DocumentName, InstanceIds })).then(
          () => started.add(role),
          (error: Error) => error.name !== 'AccessDeniedException' && started.add(role),
        );
      },
    ],
    damage: async (_account, role) => (started.has(role) ? words : undefined),
  };
}

const objects = [
  { what: 'a receipt', bucket: buckets.receipts, key: (role: number) => `receipts/stolen/${role}.json` },
  { what: 'a dump', bucket: buckets.dumps, key: (role: number) => `db/stolen/${role}.gz` },
  {
    what: 'a receipt under Object Lock',
    bucket: buckets.receipts,
    key: (role: number) => `receipts/stolen/locked-${role}.json`,
  },
  { what: 'a dump under Object Lock', bucket: buckets.dumps, key: (role: number) => `db/stolen/locked-${role}.gz` },
] as const;
export type StolenObject = (typeof objects)[number];

/** The current version and an older one. */
function objectTarget({ what, bucket: Bucket, key }: StolenObject): Target {
  return {
    what: `${what}, with an older version`,
    attempts: ({ s3 }, role) => {
      const Key = key(role);
      const versions = async () => {
        const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
        return Versions.map(({ VersionId }) => ({ Key, VersionId }));
      };
      return [
        () => s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [] } })),
        () => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'forged' })),
        () => s3.send(new DeleteObjectCommand({ Bucket, Key })),
        async () => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: await versions() } })),
        async () => {
          for (const { VersionId } of await versions())
            await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
        },
      ];
    },
    damage: async ({ administrator: { s3 } }, role) => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: key(role) }),
      );
      const original = Versions.filter(({ Size }) => Size === 'version 1'.length).length;
      if (original === 0) return '**deleted**';
      if (original < 2) return '**one version deleted**';
      if (DeleteMarkers.length > 0) return 'hidden; both versions stay';
      return Versions.length > 2 ? 'replaced; both versions stay' : undefined;
    },
  };
}

export const targets: readonly Target[] = [
  ...snapshotTargets.map(snapshotTarget),
  ...volumes.map(volumeTarget),
  ...hosts.map(hostTarget),
  commandTarget('any script as root on a source', 'AWS-RunShellScript', 0, '**runs**'),
  commandTarget('the database of a source stopped (`Quiesce`)', 'Holdfast-Quiesce', 0, 'until the lease ends'),
  commandTarget('filesystems of a source frozen (`Freeze`)', 'Holdfast-Freeze', 0, 'until the lease ends'),
  commandTarget('filesystems of an untagged instance frozen', 'Holdfast-Freeze', 2, '**frozen**'),
  ...objects.map(objectTarget),
];

/** Everything in EC2 that is to be destroyed, once for each role. */
export function seedOf(roles: number, region: string): RegionSeed {
  const all = Array.from({ length: roles }, (_one, role) => role);
  const snapshots = all.flatMap((role) =>
    snapshotTargets.map(
      ({ tags, lock }, number): SnapshotSeed => ({
        id: id('snap', role, number),
        volumeId: id('vol', role, 0),
        startedAt: new Date('2026-11-01T00:00:00Z'),
        sizeGiB: 8,
        tags,
        ...(lock ? { lock } : {}),
      }),
    ),
  );
  const instances = all.flatMap((role) =>
    hosts.map(({ tags }, number) => ({
      id: ofHost(role, number),
      name: `host-${role}-${number}`,
      state: 'running' as const,
      zone: `${region}a`,
      type: 'm5.large',
      tags,
      rootVolumeId: id('vol', role, 100 + number),
      volumes:
        number === 0
          ? volumes.map((one, index) => ({
              id: id('vol', role, index),
              device: `/dev/sd${'fgh'[index]}`,
              sizeGiB: 8,
              tags: one.tags,
            }))
          : [],
    })),
  );
  return { region, instances, snapshots };
}

/** Detaches the volumes that are to be detached, and stores the objects, each in two versions. */
export async function prepare({ administrator, clock, aws }: EmptyAccount, roles: number): Promise<void> {
  const { ec2, s3 } = administrator;
  for (let role = 0; role < roles; role += 1) {
    for (const [number, { attached }] of volumes.entries())
      if (!attached) await ec2.send(new DetachVolumeCommand({ VolumeId: id('vol', role, number) }));
    for (const { what, bucket: Bucket, key } of objects) {
      // Only what is written under the lock has one.
      const retention = { mode: 'GOVERNANCE', days: 14 } as const;
      aws.s3.bucket(Bucket).change({ objectLock: what.endsWith('Object Lock') ? { retention } : undefined });
      for (const Body of ['version 1', 'version 2'])
        await s3.send(new PutObjectCommand({ Bucket, Key: key(role), Body }));
    }
  } // EC2 takes some seconds to detach a volume.
  clock.advance(60_000);
}
