/** Objects of one bucket in memory, with versions (test/contract/ports/objects.ts holds for it and for the adapter). */
import { createHash } from 'node:crypto';
import type { Tags } from '../../src/domain/ec2.ts';
import type { LifecycleRule, ObjectPlace, StoredObject, UnfinishedUpload } from '../../src/domain/s3.ts';
import type { Digest, NewObject, Objects, SignedParts, Upload, WrittenVersion } from '../../src/ports/objects.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { AwsError } from '../../src/runtime/errors.ts';

interface Version {
  readonly id: string;
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: Date;
  readonly deleteMarker: boolean;
  tags: Tags;
}

export class FakeObjects implements Objects {
  /** Versions by key, newest first. */
  readonly versionsOf = new Map<string, Version[]>();
  readonly uploads = new Map<string, UnfinishedUpload>();
  rules: readonly LifecycleRule[] = [];
  readonly #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(object: NewObject, body: Buffer): WrittenVersion {
    const { key, metadata, tags } = object;
    this.#push(key, { body, metadata, tags, deleteMarker: false });
    return { versionId: this.versionsOf.get(key)?.[0]?.id };
  }

  #push(key: string, version: Omit<Version, 'id' | 'modifiedAt'>): void {
    this.#count += 1;
    const stored = { ...version, id: `v${this.#count}`, modifiedAt: this.#clock.now() };
    this.versionsOf.set(key, [stored, ...(this.versionsOf.get(key) ?? [])]);
  }

  #find({ key, versionId }: ObjectPlace): Version {
    const versions = this.versionsOf.get(key) ?? [];
    const version = versionId === undefined ? versions[0] : versions.find(({ id }) => id === versionId);
    if (version && !version.deleteMarker) return version;
    throw notFound(key, versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
  }

  async upload(object: NewObject): Promise<Upload> {
    this.#count += 1;
    const id = `u${this.#count}`;
    this.uploads.set(id, { key: object.key, uploadId: id, startedAt: this.#clock.now() });
    return new FakeUpload(this, object, id);
  }

  async *read(place: ObjectPlace): AsyncGenerator<Buffer> {
    const { body } = this.#find(place);
    for (let at = 0; at < body.length; at += 1024) yield body.subarray(at, at + 1024);
  }

  async text(place: ObjectPlace): Promise<string | undefined> {
    try {
      return this.#find(place).body.toString('utf8');
    } catch {
      return undefined;
    }
  }

  async put(object: NewObject, body: string): Promise<WrittenVersion> {
    return this.add(object, Buffer.from(body));
  }

  async versions(_bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    return [...this.versionsOf].flatMap(([key, versions]) =>
      key.startsWith(prefix)
        ? versions.map(({ id, body, modifiedAt, deleteMarker }, index) => ({
            key,
            versionId: id,
            size: body.length,
            modifiedAt,
            latest: index === 0,
            deleteMarker,
          }))
        : [],
    );
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    return (await this.versions(bucket, prefix))
      .filter(({ latest, deleteMarker }) => latest && !deleteMarker)
      .map((object) => ({ ...object, versionId: undefined }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async setTags(place: ObjectPlace, tags: Tags): Promise<void> {
    this.#find(place).tags = tags;
  }

  async metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>> {
    return this.#find(place).metadata;
  }

  async delete({ key, versionId }: ObjectPlace): Promise<void> {
    if (versionId === undefined) this.#push(key, { body: Buffer.alloc(0), metadata: {}, tags: {}, deleteMarker: true });
    else {
      const left = (this.versionsOf.get(key) ?? []).filter(({ id }) => id !== versionId);
      if (left.length > 0) this.versionsOf.set(key, left);
      else this.versionsOf.delete(key);
    }
  }

  async unfinished(_bucket: string, prefix: string): Promise<readonly UnfinishedUpload[]> {
    return [...this.uploads.values()].filter(({ key }) => key.startsWith(prefix));
  }

  async abortUpload(_bucket: string, _key: string, uploadId: string): Promise<void> {
    this.uploads.delete(uploadId);
  }

  async versioned(): Promise<boolean> {
    return true;
  }

  async lifecycle(): Promise<readonly LifecycleRule[]> {
    return this.rules;
  }
}

class FakeUpload implements Upload {
  readonly id: string;
  readonly #objects: FakeObjects;
  readonly #object: NewObject;
  readonly #written: Buffer[] = [];
  completed: WrittenVersion | undefined;

  constructor(objects: FakeObjects, object: NewObject, id: string) {
    this.#objects = objects;
    this.#object = object;
    this.id = id;
  }

  get key(): string {
    return this.#object.key;
  }

  get #body(): Buffer {
    return Buffer.concat(this.#written);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#written.push(Buffer.from(bytes));
  }

  async sign(): Promise<SignedParts> {
    throw new Error('no host uploads to the fake');
  }

  adopt(): void {
    throw new Error('no host uploads to the fake');
  }

  async finish(): Promise<Digest> {
    if (!this.completed && !this.#objects.uploads.has(this.id)) throw notFound(this.key, 'NoSuchUpload');
    const body = this.#body;
    return { size: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  }

  async complete(): Promise<WrittenVersion> {
    if (this.completed) return this.completed;
    if (!this.#objects.uploads.delete(this.id)) throw notFound(this.key, 'NoSuchUpload');
    this.completed = this.#objects.add(this.#object, this.#body);
    return this.completed;
  }

  async abort(): Promise<void> {
    if (!this.completed) this.#objects.uploads.delete(this.id);
  }
}

function notFound(key: string, code: string): AwsError {
  return new AwsError({
    what: `${key}: ${code}`,
    operation: 'GetObject',
    resource: key,
    requestId: 'r',
    code,
    kind: 'not-found',
    outcome: 'not-done',
  });
}
