import type { Instance, Snapshot, Tags } from '../../src/domain/ec2.ts';
import { type LockedSnapshot, lockWords, type SnapshotLock } from '../../src/domain/snapshot-lock.ts';
import type { Deletion, Ec2Region, Ec2Regions, NewCopy, NewSnapshotSet } from '../../src/ports/ec2-region.ts';
import { decisiveTags } from '../../src/rotation/plan/tags.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { AwsError } from '../../src/runtime/errors.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Milliseconds until a new snapshot or copy is completed. */
const completion = 60_000;
/** The volume of every copy, as EC2 reports it. */
const volumeOfCopies = 'vol-ffffffff';

/** EC2 of several regions in memory; the rules are EC2's (test/contract/ports/ec2-region.ts holds for both). */
export class FakeEc2Regions implements Ec2Regions {
  readonly #regions: ReadonlyMap<string, FakeEc2Region>;
  #snapshots = 0;

  /** @param tagsToKeep of snapshots, as the adapter's */
  constructor(clock: Clock, names: readonly string[], tagsToKeep: ReadonlySet<string> = decisiveTags) {
    const newId = (): string => `snap-${String(++this.#snapshots).padStart(17, '0')}`;
    this.#regions = new Map(
      names.map((name) => [name, new FakeEc2Region(name, { clock, newId, regions: this, tagsToKeep })]),
    );
  }

  in(name: string): FakeEc2Region {
    const region = this.#regions.get(name);
    if (region === undefined) throw new Error(`there is no region ${name}`);
    return region;
  }

  async enabled(): Promise<string[]> {
    return [...this.#regions.keys()].sort();
  }
}

interface Account {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly regions: FakeEc2Regions;
  readonly tagsToKeep: ReadonlySet<string>;
}

export class FakeEc2Region implements Ec2Region {
  readonly region: string;
  /** Milliseconds by which AWS's clock is ahead. */
  offset = 0;
  /** What exists, for tests to add to and to read. Snapshots have all of their tags here. */
  readonly instances = new Map<string, Instance>();
  readonly volumeTags = new Map<string, Tags>();
  readonly all = new Map<string, Mutable<Snapshot>>();
  /** The AMI that uses a snapshot, and the lock of a snapshot, by snapshot id. */
  readonly images = new Map<string, string>();
  readonly lockModes = new Map<string, LockedSnapshot>();
  /** Whether LockSnapshot is refused. */
  refusesLocks = false;
  readonly kmsKeys = new Set<string>();
  readonly #account: Account;

  constructor(region: string, account: Account) {
    this.region = region;
    this.#account = account;
  }

  addInstance(instance: Pick<Instance, 'id' | 'devices'> & Partial<Instance>): void {
    this.instances.set(instance.id, {
      name: instance.tags?.Name,
      state: 'running',
      zone: `${this.region}a`,
      tags: {},
      rootDevice: '/dev/xvda',
      launchedAt: new Date('2026-01-01T00:00:00Z'),
      type: 'm5.large',
      windows: false,
      ...instance,
    });
    for (const id of Object.values(instance.devices)) this.volumeTags.set(id, this.volumeTags.get(id) ?? {});
  }

  addSnapshot(snapshot: Partial<Snapshot> & Pick<Snapshot, 'id' | 'volumeId'>): void {
    this.all.set(snapshot.id, {
      state: 'completed',
      stateMessage: undefined,
      progress: 100,
      startedAt: this.#account.clock.now(),
      sizeGiB: 8,
      tags: {},
      description: '',
      tier: 'standard',
      fullBytes: undefined,
      ...snapshot,
    });
  }

  clockOffset(): number {
    return this.offset;
  }

  async instancesWithTag(...keys: readonly string[]): Promise<Instance[]> {
    return [...this.instances.values()].filter(
      (one) => keys.some((key) => key in one.tags) && one.state !== 'terminated',
    );
  }

  async volumes(): Promise<Map<string, Tags>> {
    return new Map(this.volumeTags);
  }

  async existingVolumes(ids: readonly string[]): Promise<Set<string>> {
    return new Set(ids.filter((id) => this.volumeTags.has(id)));
  }

  async snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]> {
    const matches = (one: Snapshot): boolean =>
      Object.entries(tags).every(([key, value]) => (value === undefined ? key in one.tags : one.tags[key] === value));
    return this.#settled()
      .filter(matches)
      .map((one) => compact(one, this.#account.tagsToKeep));
  }

  async hasSnapshots(tags: Tags): Promise<boolean> {
    return (await this.snapshots(tags)).length > 0;
  }

  async imagesBySnapshot(): Promise<Map<string, string>> {
    return new Map(this.images);
  }

  async locks(): Promise<Map<string, LockedSnapshot>> {
    return new Map([...this.lockModes].filter(([id]) => this.#isLocked(id)));
  }

  #isLocked(id: string): boolean {
    const until = this.lockModes.get(id)?.until;
    return this.lockModes.has(id) && (until === undefined || until > this.#account.clock.now());
  }

  async lockSnapshot(id: string, { mode, days }: SnapshotLock): Promise<Date> {
    if (this.refusesLocks) throw refusal('LockSnapshot', id, 'UnauthorizedOperation');
    if (!this.all.has(id)) throw refusal('LockSnapshot', id, 'InvalidSnapshot.NotFound');
    const until = new Date(this.#account.clock.now().getTime() + days * 24 * 3_600_000);
    this.lockModes.set(id, { state: mode, until });
    return until;
  }

  async createSnapshots(set: NewSnapshotSet): Promise<Snapshot[]> {
    const instance = this.instances.get(set.instanceId);
    if (instance === undefined) throw refusal('CreateSnapshots', set.instanceId, 'InvalidInstanceID.NotFound');
    const volumes = Object.entries(instance.devices)
      .filter(
        ([device, id]) => !(set.excludeRoot && device === instance.rootDevice) && !set.excludeVolumes.includes(id),
      )
      .map(([, id]) => id);
    return volumes.map((volumeId) => {
      const tags = { ...(set.copyVolumeTags ? this.volumeTags.get(volumeId) : {}), ...set.tags };
      return this.#start({ volumeId, description: set.description, tags });
    });
  }

  async copySnapshot(copy: NewCopy): Promise<string> {
    const source = this.#account.regions
      .in(copy.sourceRegion)
      .#settled()
      .find(({ id }) => id === copy.sourceId);
    if (source === undefined) throw refusal('CopySnapshot', copy.sourceId, 'InvalidSnapshot.NotFound');
    if (source.state !== 'completed') throw refusal('CopySnapshot', copy.sourceId, 'IncorrectState');
    const { description, tags, kmsKeyId } = copy;
    const made = this.#start({ volumeId: volumeOfCopies, description, tags, sizeGiB: source.sizeGiB });
    if (kmsKeyId !== undefined && !this.kmsKeys.has(kmsKeyId))
      this.#change(made.id, { state: 'error', stateMessage: 'Given key ID is not accessible', progress: 0 });
    return made.id;
  }

  async deleteSnapshot(id: string): Promise<Deletion> {
    if (!this.all.has(id)) return { kind: 'gone' };
    if (this.images.has(id)) return { kind: 'kept', reason: 'in use by an AMI' };
    const lock = this.lockModes.get(id);
    if (lock && this.#isLocked(id)) return { kind: 'kept', reason: lockWords(lock) };
    this.all.delete(id);
    return { kind: 'deleted' };
  }

  async setTags(resourceId: string, tags: Tags): Promise<void> {
    this.#changeTags('CreateTags', resourceId, (before) => ({ ...before, ...tags }));
  }

  async removeTags(resourceId: string, keys: readonly string[]): Promise<void> {
    this.#changeTags('DeleteTags', resourceId, (before) =>
      Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
    );
  }

  #changeTags(operation: string, id: string, change: (tags: Tags) => Tags): void {
    const [snapshot, volume] = [this.all.get(id), this.volumeTags.get(id)];
    if (snapshot !== undefined) snapshot.tags = change(snapshot.tags);
    else if (volume !== undefined) this.volumeTags.set(id, change(volume));
    else throw refusal(operation, id, id.startsWith('vol-') ? 'InvalidVolume.NotFound' : 'InvalidSnapshot.NotFound');
  }

  #start(snapshot: Pick<Snapshot, 'volumeId' | 'description' | 'tags'> & Partial<Snapshot>): Snapshot {
    const id = this.#account.newId();
    this.addSnapshot({ id, state: 'pending', progress: 0, ...snapshot });
    this.#started.add(id);
    return { ...(this.all.get(id) as Snapshot) };
  }

  /** Snapshots of this region's calls: others stay in the state in which they were added. */
  readonly #started = new Set<string>();

  #change(id: string, more: Partial<Snapshot>): void {
    const snapshot = this.all.get(id);
    if (snapshot) Object.assign(snapshot, more);
  }

  /** Every snapshot as it is now. */
  #settled(): Snapshot[] {
    const now = this.#account.clock.now().getTime();
    for (const one of this.all.values())
      if (one.state === 'pending' && this.#started.has(one.id) && now - one.startedAt.getTime() >= completion)
        Object.assign(one, { state: 'completed', progress: 100 });
    return [...this.all.values()];
  }
}

/** As a list shows it: of the tags only those that decisions need, and the description where no tag says it. */
function compact(one: Snapshot, tagsToKeep: ReadonlySet<string>): Snapshot {
  const tags = Object.fromEntries(Object.entries(one.tags).filter(([key]) => tagsToKeep.has(key)));
  return { ...one, tags, description: 'Description' in tags ? '' : one.description };
}

function refusal(operation: string, resource: string, code: string): AwsError {
  return new AwsError({
    what: `${operation} for ${resource} failed: ${code}`,
    operation,
    resource,
    requestId: undefined,
    code,
    kind: code.endsWith('.NotFound') ? 'not-found' : 'other',
    outcome: 'not-done',
  });
}
