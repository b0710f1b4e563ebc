/** The interfaces between the lab's parts: who may ask whom for what. */

/** The lab's time. AWS states progress by it; tests drive it with `advance`. */
export interface LabClock {
  now(): Date;
  /** Calls back once after `milliseconds` of lab time; returns a cancel function. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Moves lab time forward at once and fires what became due, in order. */
  advance(milliseconds: number): void;
}

/** One line of the API log: every call that reached a lab endpoint, with what became of it. */
export interface CallRecord {
  readonly at: string;
  readonly endpoint: 'ec2' | 'ssm' | 'sts' | 's3' | 'github' | 'oidc' | 'datadog' | 'slack';
  readonly operation: string;
  /** The role session, `runner`, or `anonymous`. */
  readonly caller: string;
  readonly parameters: unknown;
  readonly status: number;
  /** AWS's error name, or HTTP reason, when refused. */
  readonly error?: string;
  /** The fault rule that interfered, when one did. */
  readonly fault?: string;
  /** Policy statements (`policy/Sid`) that allowed the call. */
  readonly allowedBy?: readonly string[];
  readonly milliseconds: number;
}

export interface CallLog {
  readonly path: string;
  readonly records: readonly CallRecord[];
  add(record: CallRecord): void;
}

/**
 * What a fault rule does with a call it matches.
 * `throttle` and `refuse` answer without effect; `hang-before` never answers and has no effect; `lose-answer` has the
 * effect, then drops the connection; `kill-before` / `kill-after` call the killer (SIGKILL of the runner's process
 * tree) before or after the effect.
 */
export type FaultEffect =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'hang-before' }
  | { readonly kind: 'lose-answer' }
  /** The connection breaks in the middle: of a request with nothing done, of a long answer with half of it sent. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'kill-before' }
  | { readonly kind: 'kill-after' };

export interface FaultRule {
  readonly name: string;
  /** Endpoint and operation, e.g. `ec2:CreateSnapshot`; `*` matches any. */
  readonly endpoint: CallRecord['endpoint'] | '*';
  readonly operation: string | '*';
  /** Matches only calls whose parameters satisfy this. */
  readonly when?: (parameters: unknown) => boolean;
  /** The how-manieth matching call, from 1, the rule begins with; default 1. */
  readonly from?: number;
  /** How many calls it hits; default 1. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** Called once by an endpoint for each authenticated call, before its effect. */
  next(
    endpoint: CallRecord['endpoint'],
    operation: string,
    parameters: unknown,
  ): { rule: string; effect: FaultEffect } | undefined;
  /** What `kill-before` and `kill-after` do; set by whoever runs the runner. */
  kill: () => void;
}

/** A block of storage behind an EBS volume or snapshot, in the lab's pool. */
export interface StoredImage {
  readonly path: string;
  readonly sizeGiB: number;
}

/** Volumes and snapshots as images; copies are instant (reflinks) on the real pool. */
export interface Storage {
  /** A copy of the image as it is at this moment: what CreateSnapshot and CreateVolume need. */
  copy(image: StoredImage, name: string): Promise<StoredImage>;
  remove(image: StoredImage): Promise<void>;
}

/** A machine behind an EC2 instance: systemd in a container, or a double in the tests of EC2 and SSM. */
export interface Host {
  readonly instanceId: string;
  boot(): Promise<void>;
  shutdown(): Promise<void>;
  readonly running: boolean;
  /**
   * Runs a script as root in a process group of its own, as the SSM agent does; killing is SIGKILL to the group.
   * `environment` is added to the agent's own.
   */
  run(
    script: string,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  /** Makes the volume appear as the next free NVMe device, with its serial under /dev/disk/by-id. */
  attach(volumeId: string, image: StoredImage): Promise<void>;
  /** Resolves true when the device is gone; false while something on the host still has it open or mounted. */
  detach(volumeId: string, options: { force: boolean }): Promise<boolean>;
}

/** What EC2 asks of the machine room. */
export interface MachineRoom {
  readonly storage: Storage;
  host(instanceId: string): Host | undefined;
}

/** An instance that is there at the start, with its volumes. */
interface InstanceSeed<Volume> {
  readonly id: string;
  readonly name: string;
  readonly state: 'running' | 'stopped';
  readonly zone: string;
  readonly type: string;
  readonly platform?: 'windows';
  readonly tags: Readonly<Record<string, string>>;
  readonly rootVolumeId: string;
  readonly rootVolumeTags?: Readonly<Record<string, string>>;
  readonly volumes: readonly Volume[];
}

/** A data volume of an instance; without an image it exists in EC2's books only. */
export interface VolumeSeed {
  readonly id: string;
  readonly device: string;
  readonly sizeGiB: number;
  readonly image?: StoredImage;
  readonly tags: Readonly<Record<string, string>>;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
}

/** A snapshot that is there at the start. One that is seeded `pending` stays so. */
export interface SnapshotSeed {
  readonly id: string;
  readonly volumeId: string;
  readonly startedAt: Date;
  /** Default `completed`. */
  readonly state?: 'pending' | 'completed' | 'error';
  readonly sizeGiB: number;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly tier?: 'standard' | 'archive';
  readonly lock?: 'governance' | 'compliance' | 'compliance-cooloff';
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
  readonly fullSizeBytes?: number;
}

/** A registered AMI of the account. */
export interface ImageSeed {
  readonly id: string;
  readonly name: string;
  readonly snapshotIds: readonly string[];
}

/** What a region holds besides instances. */
interface RegionalSeed {
  readonly snapshots?: readonly SnapshotSeed[];
  readonly images?: readonly ImageSeed[];
  /** ARNs, ids or aliases of the KMS keys that exist there; `alias/aws/ebs` always does. */
  readonly kmsKeys?: readonly string[];
}

/** A further region; one with the base region's name adds to that. */
export interface RegionSeed extends RegionalSeed {
  readonly region: string;
  readonly instances: readonly InstanceSeed<VolumeSeed>[];
}

/** What AWS holds at the start of a rehearsal; hosts and images come from the machine room. */
export interface Seed extends RegionalSeed {
  readonly region: string;
  readonly accountId: string;
  readonly instances: readonly InstanceSeed<{
    readonly id: string;
    readonly device: string;
    readonly image: StoredImage;
    readonly tags: Readonly<Record<string, string>>;
  }>[];
  /** Further regions that the account uses. */
  readonly regions?: readonly RegionSeed[];
}
