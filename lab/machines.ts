/** What the lab needs from its AWS and its machine room, whichever kind the machines are. */

import type { StoredImage } from './hosts/host.ts';
import type { Databases } from './hosts/postgres/databases.ts';
import type { Ec2Service } from './services/aws/ec2/ec2.ts';
import type { Store } from './services/aws/s3/store.ts';

/** What the command and the named faults may do to AWS and the machines. */
export interface Machines {
  /** `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** EC2's own books, past every policy. */
  readonly ec2: Ec2Service;
  /** A key pair that may do anything; for people and tests, never given to the runner. */
  readonly administrator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Role ARNs by the logical id of the template. */
  readonly roles: Readonly<Record<string, string>>;
  readonly receiptBucket: string;
  readonly dumpBucket: string;
  /** S3's own books, past every policy. */
  readonly s3: Store;
  /** The database that is dumped, and the server where dumps are restored; only for a lab that was asked for them. */
  readonly databases: Databases | undefined;
  /** `policy/Sid` of every statement of the stack, and of those without which a call would have been refused. */
  readonly statements: readonly string[];
  readonly neededStatements: ReadonlySet<string>;
  /** Called with every volume filled from a snapshot, before anybody can see it. */
  onVolumeFilled: ((volumeId: string, snapshotId: string, image: StoredImage) => Promise<void>) | undefined;
  /** Snapshots made from now on end in `error`. */
  snapshotsFail: boolean;
  /** A detach that is not forced stays `busy`. */
  detachStuck: boolean;
  /** Windows' writers do not answer in time. */
  vssFails: boolean;
  /** Seconds a role session lasts whatever was asked for; undefined for what was asked for. */
  sessionSeconds: number | undefined;
  /** Whether the SSM agent of this instance is lost. */
  agentOffline(instanceId: string, offline: boolean): void;
  /** Damage to an image nobody has mounted: bytes flipped, a table gone, rows changed. */
  damage(image: StoredImage, how: 'bytes' | 'table' | 'rows'): Promise<void>;
  /** Runs a script on the source, past SSM: for tests and benchmarks. */
  runOnSource(script: string): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  /** Whether the database of the source answers a query now. */
  sourceAnswers(): Promise<boolean>;
  stop(): Promise<void>;
}

/** The two instances of the rehearsal. */
export const source = { id: 'i-0a5be1d9c3f2e7a01', name: 'ib01.prod' } as const;
export const verification = { id: 'i-0f84c6b27d1e93a02', name: 'ib02.dev' } as const;
export const region = 'us-east-1';
export const zone = 'us-east-1a';
export const accountId = '123456789012';
