/** One of the two that are compared, as a scene sees it: clients, what it holds from the start, and a record of its answers. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { computer, Moments, type Now } from '../../lib/moments.ts';
import { Names } from './normalise.ts';

/** What both hold before the first scene. */
export interface World {
  readonly instanceId: string;
  readonly rootVolumeId: string;
  readonly dataVolumeId: string;
  /** Of a registered AMI. */
  readonly imageSnapshotId: string;
  readonly roleArn: string;
  /** A new identity token that the role trusts. */
  readonly token: () => string;
}

export interface Settings {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What each side does in its own way. */
export interface Means {
  /** Its clock; default: the computer's. */
  readonly now?: Now;
  readonly settle: () => void;
  readonly keepVersions: (bucket: string) => Promise<void>;
  /** Makes a bucket whose versions are locked, in compliance mode. */
  readonly lockedBucket: (bucket: string, days: number) => Promise<void>;
  /** Sees to it that another region has seven instances and seven images. */
  readonly crowd: () => Promise<void>;
}

/** The region that is crowded. */
export const crowdedRegion = 'ap-southeast-2';

/** What a call ended with: the answer, or AWS's code and the HTTP status. */
export interface Answer {
  readonly step: string;
  readonly value: unknown;
}

export class Side {
  readonly answers: Answer[] = [];
  names: Names;
  readonly world: World;
  readonly settings: Settings;
  readonly #means: Means;
  readonly #moments: Moments;
  readonly #clients: { destroy(): void }[] = [];

  constructor(settings: Settings, world: World, means: Means) {
    this.settings = settings;
    this.world = world;
    this.#means = means;
    this.#moments = new Moments(means.now);
    this.names = this.#named();
    const common = { ...settings, region: 'us-east-1', maxAttempts: 1 };
    this.ec2 = this.#kept(new EC2Client(common));
    this.far = this.#kept(new EC2Client({ ...common, region: 'eu-west-1' }));
    this.crowded = this.#kept(new EC2Client({ ...common, region: crowdedRegion }));
    this.s3 = this.#kept(new S3Client(common));
    this.sts = this.#kept(new STSClient(common));
    this.ssm = this.#kept(new SSMClient(common));
    this.cloudformation = this.#kept(new CloudFormationClient(common));
  }

  readonly ec2: EC2Client;
  /** EC2 of the region to which snapshots are copied. */
  readonly far: EC2Client;
  /** EC2 of a region with more than fits on a page. */
  readonly crowded: EC2Client;
  readonly s3: S3Client;
  readonly sts: STSClient;
  readonly ssm: SSMClient;
  readonly cloudformation: CloudFormationClient;

  #kept<C extends { destroy(): void }>(client: C): C {
    this.#clients.push(client);
    return client;
  }

  /**
   * Makes a call and notes how it ended.
   * @param view what of the answer is compared; default: all
   * @returns the answer; empty when the call was refused
   */
  async call<T extends object>(
    step: string,
    send: () => Promise<T>,
    view: (answer: T) => unknown = (all) => all,
  ): Promise<Partial<T>> {
    try {
      const answer = await send();
      this.note(step, view(answer));
      return answer;
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      if ($metadata === undefined) this.note(step, { refused: (error as Error).message });
      else this.note(step, { refused: name, status: $metadata.httpStatusCode });
      return {};
    }
  }

  /** Forgets what the last scene has called things. */
  begin({ byComputer }: Pick<Scene, 'byComputer'>): void {
    this.answers.length = 0;
    this.names = this.#named(byComputer ? computer : undefined);
    this.names.give('the instance', this.world.instanceId);
    this.names.give('the root volume', this.world.rootVolumeId);
    this.names.give('the data volume', this.world.dataVolumeId);
    this.names.give('the snapshot of the AMI', this.world.imageSnapshotId);
  }

  #named(now?: Now): Names {
    return new Names((time) => this.#moments.of(time, now));
  }

  /** Lets everything that is under way come to its end. */
  settle(): void {
    this.#means.settle();
  }

  /** Turns the versions of a bucket on, which the product leaves to its stack. */
  keepVersions(bucket: string): Promise<void> {
    return this.#means.keepVersions(bucket);
  }

  lockedBucket(bucket: string, days: number): Promise<void> {
    return this.#means.lockedBucket(bucket, days);
  }

  crowd(): Promise<void> {
    return this.#means.crowd();
  }

  note(step: string, value: unknown): void {
    this.answers.push({ step, value: this.names.normalise(value) });
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }
}

export interface Scene {
  readonly name: string;
  /** Its times are the computer's: S3 knows no other, wherever the clock of the side stands. */
  readonly byComputer?: true;
  /** The same calls for both; waits for nothing that a clock decides, but `settle`. */
  play(side: Side): Promise<void>;
}
