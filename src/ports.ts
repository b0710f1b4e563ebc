/**
 * The few interfaces the capabilities need. Adapters carry them out; tests hold fakes against the same suites.
 * Nothing here knows an SDK, the Actions toolkit, or which action is running.
 */
import type { DumpFileKind, DumpFingerprint } from './report/dump.ts';
import type { Receipt } from './report/receipt.ts';

export type { Clock } from './runtime/clock.ts';
export type { Logger } from './runtime/logger.ts';

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

/** The tags of one AWS resource, by key. */
export type Tags = Readonly<Record<string, string>>;

export interface Instance {
  readonly id: string;
  readonly name: string | undefined;
  readonly state: InstanceState;
  readonly zone: string;
  readonly tags: Tags;
  /** Block devices in use, by the device name given at attach (`/dev/sdf`). */
  readonly devices: Readonly<Record<string, string>>;
  readonly rootDevice: string | undefined;
  readonly windows: boolean;
}

export type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';
export type AttachmentState = 'attaching' | 'attached' | 'detaching' | 'busy' | 'detached';

export interface Volume {
  readonly id: string;
  readonly state: VolumeState;
  readonly sizeGiB: number;
  readonly zone: string;
  readonly snapshotId: string | undefined;
  readonly tags: Tags;
  readonly attachment:
    | { readonly instanceId: string; readonly device: string; readonly state: AttachmentState }
    | undefined;
  readonly encrypted: boolean;
}

export type SnapshotState = 'pending' | 'completed' | 'error' | 'recoverable' | 'recovering';

export interface Snapshot {
  readonly id: string;
  readonly volumeId: string;
  readonly state: SnapshotState;
  readonly stateMessage: string | undefined;
  /** Percent, 0 to 100. */
  readonly progress: number;
  readonly startedAt: Date;
  readonly sizeGiB: number;
  readonly tags: Tags;
  /** The field of that name, which is not the tag. */
  readonly description: string;
  readonly tier: 'standard' | 'archive';
  /** Bytes of the blocks that were ever written, where AWS says so; an increment is stored as less. */
  readonly fullBytes: number | undefined;
}

export interface NewVolume {
  readonly snapshotId: string;
  readonly zone: string;
  readonly type: string;
  /** MiB/s, 100 to 300; undefined leaves the volume to be filled lazily. */
  readonly initializationRate: number | undefined;
  /** At most 64 ASCII characters; the same token never makes a second volume. */
  readonly clientToken: string;
  readonly tags: Tags;
}

/** EC2, as far as backups need it. Every list is paged inside; every error is an AwsError. */
export interface Compute {
  /** All instances, not terminated, whose id or Name tag is `idOrName`. */
  findInstances(idOrName: string): Promise<Instance[]>;
  instance(id: string): Promise<Instance>;
  startInstance(id: string): Promise<void>;
  stopInstance(id: string): Promise<void>;

  volume(id: string): Promise<Volume | undefined>;
  volumesByTags(tags: Tags): Promise<Volume[]>;
  createVolume(volume: NewVolume): Promise<Volume>;
  attachVolume(volumeId: string, instanceId: string, device: string): Promise<void>;
  detachVolume(volumeId: string, options: { force: boolean }): Promise<void>;
  deleteVolume(volumeId: string): Promise<void>;

  snapshot(id: string): Promise<Snapshot | undefined>;
  /** Own snapshots that carry all of these tags; never another account's. */
  snapshotsByTags(tags: Tags): Promise<Snapshot[]>;
  /**
   * One CreateSnapshot call, sent once and never repeated by the SDK, since the call has no client token.
   * @throws AwsError whose `outcome` says whether the snapshot may have been made all the same.
   */
  createSnapshot(volumeId: string, description: string, tags: Tags): Promise<Snapshot>;

  setTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, keys: readonly string[]): Promise<void>;
}

/** One call for all volumes of an instance. */
export interface NewSnapshotSet {
  readonly instanceId: string;
  readonly description: string;
  readonly excludeRoot: boolean;
  readonly excludeVolumes: readonly string[];
  /** Whether each snapshot also gets the tags of its volume. */
  readonly copyVolumeTags: boolean;
  readonly tags: Tags;
}

export interface NewCopy {
  readonly sourceRegion: string;
  readonly sourceId: string;
  readonly description: string;
  /** Undefined for the region's own default key. A copy is always encrypted. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Tags;
}

/** What became of a deletion: a snapshot that AWS does not give away is no error. */
export type Deletion = { readonly kind: 'deleted' | 'gone' } | { readonly kind: 'kept'; readonly reason: string };

/** EC2 of one region as the rotation needs it. Lists are paged inside and never ask for single items. */
export interface Estate {
  readonly region: string;
  /** Milliseconds that AWS's clock is ahead of this machine's, as its last answer has shown; 0 before the first. */
  clockOffset(): number;
  /** Instances that carry the tag, whatever its value; not those that are terminated. */
  instancesWithTag(key: string): Promise<Instance[]>;
  /** Tags of every volume by id. */
  volumes(): Promise<Map<string, Tags>>;
  /** Which of these volumes exist. */
  existingVolumes(ids: readonly string[]): Promise<Set<string>>;
  /** Own snapshots with these tags; `undefined` for any value. Of their tags only those that decide. */
  snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]>;
  /** Whether there is any own snapshot with these tags; asks for one small page. */
  hasSnapshots(tags: Tags): Promise<boolean>;
  /** The AMI that uses it, by snapshot. */
  imagesBySnapshot(): Promise<Map<string, string>>;
  /** Lock mode by snapshot. */
  locks(): Promise<Map<string, string>>;
  /**
   * One CreateSnapshots call, sent once: it has no client token.
   * @throws AwsError whose `outcome` says whether the snapshots may have been made all the same
   */
  createSnapshots(set: NewSnapshotSet): Promise<Snapshot[]>;
  /** One CopySnapshot call into this region, sent once. */
  copySnapshot(copy: NewCopy): Promise<string>;
  deleteSnapshot(id: string): Promise<Deletion>;
  setTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, keys: readonly string[]): Promise<void>;
}

/** The regions of the account. */
export interface Estates {
  in(region: string): Estate;
  /** Regions that are switched on. */
  regions(): Promise<string[]>;
}

/** The two halves of an SSM document that brings an application to rest (the parameter `command` of DLM's documents). */
export type HookCommand = 'pre-script' | 'post-script';

/** SSM documents of the users' own that run before and after a snapshot, and AWS's for Windows. */
export interface Hooks {
  /** @throws AwsError when it did not end well */
  run(instanceId: string, document: string, command: HookCommand, timeoutSeconds: number): Promise<void>;
  /** Leaves it to AWS to run `post-script` at that time, whatever becomes of this run. @returns the lease's id */
  arm(instanceId: string, document: string, at: Date): Promise<string>;
  disarm(leaseId: string): Promise<void>;
  /** Leases that earlier runs left on the instance. */
  leases(instanceId: string): Promise<string[]>;
  /** Runs AWS's VSS document, which makes the snapshots itself, with these tags. */
  vss(
    instanceId: string,
    options: { description: string; excludeRoot: boolean; tags: Tags; timeoutSeconds: number },
  ): Promise<void>;
}

/** Other workflows of the repository. */
export interface Workflows {
  /** The newest run of a workflow file since then: `waiting` while it has not ended, `none` when there is none. */
  newestRun(file: string, since: Date): Promise<{ state: 'none' | 'waiting' | 'success' | 'failed'; url: string }>;
}

/** The Bash scripts under src/host, by file name without `.sh`; in AWS each is an SSM document. */
export type HostScript =
  | 'inspect'
  | 'fingerprint'
  | 'quiesce'
  | 'resume'
  | 'freeze'
  | 'thaw'
  | 'mount-copy'
  | 'read-data'
  | 'start-copy'
  | 'check-icm'
  | 'release-copy'
  | 'progress'
  | 'dump-inspect'
  | 'dump-start'
  | 'dump-state'
  | 'dump-upload'
  | 'dump-finish'
  | 'read-result';

export interface HostCommand {
  readonly script: HostScript;
  readonly parameters: Readonly<Record<string, string>>;
  /** Seconds the script may run on the host once delivered. */
  readonly timeoutSeconds: number;
  /** Seconds the command may wait for the agent; 30 at least, as AWS demands. */
  readonly deliverySeconds?: number;
  /** How eagerly the result is asked for: `pause` while the source is at rest, `long` for work of minutes. */
  readonly pace?: 'pause' | 'normal' | 'long';
}

/** Runs the scripts on hosts and gives back the JSON of their last line. */
export interface Hosts {
  /** Whether the host's agent answers now. */
  reachable(instanceId: string): Promise<{ online: boolean; detail: string }>;
  /**
   * @throws HostError when the script itself answered with an error (its code, message and detail)
   * @throws AwsError when the machinery between here and the script failed
   */
  run<T>(instanceId: string, command: HostCommand, signal?: AbortSignal): Promise<T>;
}

/** Where receipts are kept. */
export interface Receipts {
  read(key: string): Promise<{ receipt: Receipt; etag: string } | undefined>;
  /** Writes the whole receipt; with `etag`, only over exactly that version. */
  write(key: string, receipt: Receipt, etag?: string): Promise<{ etag: string; location: string }>;
}

/** Whether a workflow run that left something behind is over. `unknown` when nobody can say. */
export interface Runs {
  state(run: string): Promise<'over' | 'alive' | 'unknown'>;
}

/** Where an object is; without a version the current one. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export interface StoredObject {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly latest: boolean;
  /** A version that says the object was deleted. */
  readonly deleteMarker: boolean;
}

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly tags: Tags;
  readonly metadata: Readonly<Record<string, string>>;
  /** How S3 checks each part of an upload; a host reckons with SHA256. CRC32 without it. */
  readonly checksum?: 'CRC32' | 'SHA256';
}

/** One part of an object that a host puts itself. */
export interface ForeignPart {
  /** From 1. */
  readonly number: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** An object on its way up, in parts; nothing of it can be seen before it is completed. */
export interface Upload {
  /** S3's id of the upload, by which another run can give it up. */
  readonly id: string;
  readonly key: string;
  /** Takes bytes; resolves when there is room for more. The bytes may be used again afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Signs requests by which somebody without credentials puts these parts, and nothing else in their place, for an hour at
   * most. @returns what the URLs have in common, and the signature that each part's adds
   */
  sign(parts: readonly ForeignPart[]): Promise<{ readonly url: string; readonly signatures: readonly string[] }>;
  /** Takes over what was put so: all parts, and size and hexadecimal SHA-256 of the whole. */
  adopt(parts: readonly (ForeignPart & { readonly etag: string })[], size: number, sha256: string): void;
  /** Waits until everything has arrived. Nothing can be written afterwards. @returns size and hexadecimal SHA-256 */
  finish(): Promise<{ readonly size: number; readonly sha256: string }>;
  /** Makes the object visible, once however often it is asked to. Only after `finish`. */
  complete(): Promise<{ readonly versionId: string | undefined }>;
  /** Gives it up, with everything that has arrived; what is complete already is left to `completed`. */
  abort(): Promise<void>;
  /** The version that was made visible; undefined before. */
  readonly completed: { readonly versionId: string | undefined } | undefined;
}

/** One rule of a bucket's lifecycle, as far as it concerns backups. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly newerNoncurrentVersions: number | undefined;
  readonly noncurrentDays: number | undefined;
  readonly expirationDays: number | undefined;
  readonly abortUploadDays: number | undefined;
}

/** S3, as far as dumps need it. */
export interface Objects {
  upload(object: NewObject): Promise<Upload>;
  /** The bytes, in order; a connection that breaks is taken up again where it broke. */
  read(place: ObjectPlace): AsyncIterable<Buffer>;
  /** @returns undefined when there is none, or it may not be known */
  text(place: ObjectPlace): Promise<string | undefined>;
  /** Writes a small object whole. With `unlessExists` a 412 is an error of the code PreconditionFailed. */
  put(object: NewObject, body: string): Promise<{ readonly versionId: string | undefined }>;
  /** All versions of all keys that begin so, newest first within a key. */
  versions(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  /** Current objects. */
  list(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  setTags(place: ObjectPlace, tags: Tags): Promise<void>;
  metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>>;
  delete(place: ObjectPlace): Promise<void>;
  /** Uploads that were begun and neither completed nor given up. */
  unfinished(
    bucket: string,
    prefix: string,
  ): Promise<readonly { readonly key: string; readonly uploadId: string; readonly startedAt: Date }[]>;
  abortUpload(bucket: string, key: string, uploadId: string): Promise<void>;
  versioned(bucket: string): Promise<boolean>;
  lifecycle(bucket: string): Promise<readonly LifecycleRule[]>;
}

/** A database server as it answers before anything is dumped. */
export interface DatabaseFacts {
  /** `15.20`. */
  readonly serverVersion: string;
  readonly toolsVersion: string;
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  readonly database: string;
  readonly bytes: number;
  /** Where the dump runs: `runner`, or the host. */
  readonly place: string;
  readonly notes: readonly string[];
}

/** A dump at work: one snapshot, from which fingerprint and archive come. */
export interface DumpInProgress {
  /** ISO 8601, the server's clock: the point in time of the backup. */
  readonly takenAt: string;
  /** @param written is waited for before what moves on under a snapshot is read once more */
  readonly fingerprint: (written: Promise<unknown>) => Promise<DumpFingerprint>;
  /**
   * Brings the archive into a folder of the runner and into the bucket.
   * @param tell is told bytes now and then
   * @returns where it is, for `sql`. @throws BackupError when pg_dump failed
   */
  readonly archive: (
    folder: string,
    upload: Upload,
    tell: (bytes: number) => void,
  ) => Promise<{ readonly path: string; readonly bytes: number }>;
  /** Once the snapshot is no longer needed. */
  readonly end: () => Promise<void>;
}

/** A database that exists for one restore. */
export interface Scratch {
  /** Restores what it reads, up to the first error. @throws BackupError */
  readonly restore: (kind: DumpFileKind, source: AsyncIterable<Buffer>) => Promise<void>;
  readonly fingerprint: () => Promise<DumpFingerprint>;
  readonly drop: () => Promise<void>;
}

/** The engine of a dump: the database's own tools. */
export interface DumpEngine {
  /** @throws BackupError when the tools cannot read the server */
  readonly inspect: () => Promise<DatabaseFacts>;
  readonly begin: () => Promise<DumpInProgress>;
  /**
   * Once its fate is known: what is kept of the archive where it was made, in words; undefined for nothing. Also at the end
   * of a cancelled run.
   */
  readonly putAway: (outcome: 'proven' | 'unproven' | 'discard') => Promise<string | undefined>;
  /** SQL of an archive in a file; of its definitions alone when asked. @throws BackupError at its end */
  readonly sql: (archive: string, definitionsOnly: boolean) => AsyncIterable<Buffer>;
  /** Reads an archive to its end. @throws BackupError when something is missing */
  readonly readThrough: (archive: string) => Promise<void>;
  /** Removes scratch databases whose owner is over. @returns what was removed */
  readonly sweep: (isOver: (owner: string) => Promise<boolean>) => Promise<readonly string[]>;
  /** @param owner key of the run that makes it, and name of the source: KEY:NAME */
  readonly scratch: (owner: string, fingerprint: DumpFingerprint) => Promise<Scratch>;
}
