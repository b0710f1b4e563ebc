/** What AWS holds now, read and changed through its own API with the administrator's key, past every policy. */
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

export interface SnapshotView {
  readonly id: string;
  readonly volumeId: string;
  readonly state: string;
  readonly startedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
}

export interface VolumeView {
  readonly id: string;
  readonly state: string;
  readonly instanceId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface AwsStateOptions {
  readonly region: string;
  /** The endpoint of the lab's AWS. */
  readonly url: string;
  readonly administrator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly receiptBucket: () => string;
}

export class AwsState {
  readonly #ec2: EC2Client;
  readonly #s3: S3Client;
  readonly #bucket: () => string;

  constructor({ region, url, administrator, receiptBucket }: AwsStateOptions) {
    const common = { region, endpoint: url, credentials: administrator };
    this.#ec2 = new EC2Client(common);
    this.#s3 = new S3Client({ ...common, forcePathStyle: true });
    this.#bucket = receiptBucket;
  }

  /** The account's own snapshots, oldest first. */
  async snapshots(): Promise<SnapshotView[]> {
    const listed = await pages(async (NextToken) => {
      const answer = await this.#ec2.send(
        new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 100, NextToken }),
      );
      return { items: answer.Snapshots ?? [], next: answer.NextToken };
    });
    return listed
      .map((one) => ({
        id: one.SnapshotId ?? '',
        volumeId: one.VolumeId ?? '',
        state: one.State ?? '',
        startedAt: one.StartTime ?? new Date(0),
        tags: tagsOf(one.Tags),
      }))
      .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  }

  async tag(id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.#ec2.send(new CreateTagsCommand({ Resources: [id], Tags: list }));
  }

  async untag(id: string, keys: readonly string[]): Promise<void> {
    await this.#ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) }));
  }

  async volumes(): Promise<VolumeView[]> {
    const listed = await pages(async (NextToken) => {
      const answer = await this.#ec2.send(new DescribeVolumesCommand({ MaxResults: 100, NextToken }));
      return { items: answer.Volumes ?? [], next: answer.NextToken };
    });
    return listed.map((one) => ({
      id: one.VolumeId ?? '',
      state: one.State ?? '',
      instanceId: one.Attachments?.[0]?.InstanceId,
      tags: tagsOf(one.Tags),
    }));
  }

  /** The state of each instance by id. */
  async instances(): Promise<Record<string, string>> {
    const listed = await pages(async (NextToken) => {
      const answer = await this.#ec2.send(new DescribeInstancesCommand({ MaxResults: 100, NextToken }));
      return { items: (answer.Reservations ?? []).flatMap((one) => one.Instances ?? []), next: answer.NextToken };
    });
    return Object.fromEntries(listed.map((one) => [one.InstanceId ?? '', one.State?.Name ?? '']));
  }

  /** The receipts as text, by key. */
  async receipts(): Promise<Record<string, string>> {
    const keys = await pages(async (ContinuationToken) => {
      const answer = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket(), Prefix: 'receipts/', ContinuationToken }),
      );
      return { items: (answer.Contents ?? []).map((one) => one.Key ?? ''), next: answer.NextContinuationToken };
    });
    const receipts: Record<string, string> = {};
    for (const Key of keys) {
      const answer = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket(), Key }));
      receipts[Key] = (await answer.Body?.transformToString()) ?? '';
    }
    return receipts;
  }

  stop(): void {
    this.#ec2.destroy();
    this.#s3.destroy();
  }
}

async function pages<T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...items);
    token = next;
  } while (token);
  return all;
}

function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
