/** Objects of one bucket in memory, with versions (test/contract/ports/objects.ts holds for it and for the adapter). */
import { createHash } from 'node:crypto';
import type { Tags } from '../../src/domain/ec2.ts';
import type {
  LifecycleRule,
  ObjectDeletion,
  ObjectLock,
  ObjectPlace,
  StoredObject,
  UnfinishedUpload,
} from '../../src/domain/s3.ts';
import type {
  Digest,
  HostPart,
  NewObject,
  Objects,
  SignedParts,
  Upload,
  UploadedPart,
  WrittenVersion,
} from '../../src/ports/objects.ts';
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
  /** As versitygw 1.8: it takes the condition of a copy, and ignores it. */
  copiesOverWhatIsThere = false;
  /** Without versions, an object replaces the one before. */
  keepsVersions = true;
  /** Parts that hosts have uploaded, by upload and number. */
  readonly #parts = new Map<string, Buffer>();
  readonly #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(object: NewObject, body: Buffer): WrittenVersion {
    const { key, metadata, tags } = object;
    this.#push(key, { body, metadata, tags, deleteMarker: false });
    return { versionId: this.keepsVersions ? this.versionsOf.get(key)?.[0]?.id : undefined, etag: etagOf(body) };
  }

  #push(key: string, version: Omit<Version, 'id' | 'modifiedAt'>): void {
    this.#count += 1;
    const id = this.keepsVersions ? `v${this.#count}` : 'null';
    const stored = { ...version, id, modifiedAt: this.#clock.now() };
    this.versionsOf.set(key, [stored, ...(this.versionsOf.get(key) ?? []).filter((one) => one.id !== id)]);
  }

  /** What the lifecycle does at this time to versions that are no longer current (S3 user guide, "Expiring objects"). */
  expireVersions(): void {
    for (const { prefix, enabled, newerNoncurrentVersions: newer = 0, noncurrentDays } of this.rules)
      for (const [key, versions] of this.versionsOf) {
        if (!enabled || noncurrentDays === undefined || !key.startsWith(prefix)) continue;
        const now = this.#clock.now().getTime();
        const gone = versions.filter((_one, at) => {
          const next = versions[at - 1];
          return next && at - 1 >= newer && next.modifiedAt.getTime() + noncurrentDays * 86_400_000 <= now;
        });
        this.versionsOf.set(
          key,
          versions.filter((one) => !gone.includes(one)),
        );
      }
  }

  #find({ key, versionId }: ObjectPlace): Version {
    const versions = this.versionsOf.get(key) ?? [];
    const version = versionId === undefined ? versions[0] : versions.find(({ id }) => id === versionId);
    if (version && !version.deleteMarker) return version;
    // GetObject refuses a delete marker that is named by its version (S3 user guide, "Working with delete markers").
    if (version && versionId !== undefined) throw refused(key, 'MethodNotAllowed', 'other');
    throw notFound(key, versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
  }

  async upload(object: NewObject): Promise<Upload> {
    this.#count += 1;
    const id = `u${this.#count}`;
    this.uploads.set(id, { key: object.key, uploadId: id, startedAt: this.#clock.now() });
    return new FakeUpload(this, object, id);
  }

  /** A host uploads a part. @returns the status of S3's answer, and the ETag when the part was accepted */
  receivePart(
    { url, signature }: { readonly url: string; readonly signature: string },
    part: HostPart,
    body: Buffer,
  ): { status: number; etag: string } {
    const uploadId = new URL(url).searchParams.get('uploadId') ?? '';
    if (!this.uploads.has(uploadId)) return { status: 404, etag: '' };
    if (signature !== signatureOf(uploadId, part)) return { status: 403, etag: '' };
    if (hashOf('sha256', body) !== part.sha256) return { status: 400, etag: '' };
    this.#parts.set(`${uploadId} ${part.number}`, Buffer.from(body));
    return { status: 200, etag: hashOf('md5', body) };
  }

  /** The parts as one body. @throws AwsError for a part that has not arrived */
  joinParts(uploadId: string, key: string, parts: readonly UploadedPart[]): Buffer {
    return Buffer.concat(
      parts.map(({ number, etag }) => {
        const body = this.#parts.get(`${uploadId} ${number}`);
        if (body === undefined || hashOf('md5', body) !== etag) throw refused(key, 'InvalidPart', 'other');
        return body;
      }),
    );
  }

  async *read(place: ObjectPlace): AsyncGenerator<Buffer> {
    const { body } = this.#find(place);
    for (let at = 0; at < body.length; at += 1024) yield body.subarray(at, at + 1024);
  }

  async text(place: ObjectPlace): Promise<string | undefined> {
    try {
      return this.#find(place).body.toString('utf8');
    } catch (error) {
      if (error instanceof AwsError && (error.kind === 'not-found' || error.code === 'MethodNotAllowed'))
        return undefined;
      throw error;
    }
  }

  async document(place: ObjectPlace): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    const text = await this.text(place);
    return text === undefined ? undefined : { text, etag: etagOf(this.#find(place).body) };
  }

  async put(object: NewObject, body: string, over?: string | null): Promise<WrittenVersion> {
    checkTags(object.key, object.tags);
    // Nobody comes between the comparison and the write.
    const [current] = this.versionsOf.get(object.key) ?? [];
    const etag = current === undefined || current.deleteMarker ? null : etagOf(current.body);
    if (over !== undefined && etag !== over) throw refused(object.key, 'PreconditionFailed', 'other');
    return this.add(object, Buffer.from(body));
  }

  async copy(from: ObjectPlace, to: NewObject, size: number): Promise<WrittenVersion> {
    checkTags(to.key, to.tags);
    const { body } = this.#find(from);
    if (body.length !== size) throw refused(from.key, 'InvalidArgument', 'other');
    const [current] = this.versionsOf.get(to.key) ?? [];
    if (!this.copiesOverWhatIsThere && current && !current.deleteMarker)
      throw refused(to.key, 'PreconditionFailed', 'other');
    return this.add(to, body);
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
            ...(deleteMarker ? {} : { etag: etagOf(body) }),
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
    checkTags(place.key, tags);
    this.#find(place).tags = tags;
  }

  async metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>> {
    return this.#find(place).metadata;
  }

  /** The bucket's Object Lock. */
  lock: ObjectLock | undefined;

  async objectLock(): Promise<ObjectLock | undefined> {
    return this.lock;
  }

  #lockedUntil({ key, versionId }: ObjectPlace): Date | undefined {
    const version = (this.versionsOf.get(key) ?? []).find(({ id }) => id === versionId);
    if (this.lock === undefined || version === undefined || version.deleteMarker) return undefined;
    const until = new Date(version.modifiedAt.getTime() + this.lock.days * 86_400_000);
    return until > this.#clock.now() ? until : undefined;
  }

  async delete(place: ObjectPlace): Promise<ObjectDeletion> {
    const until = this.#lockedUntil(place);
    if (until !== undefined) return { kind: 'locked', until };
    this.#delete(place);
    return { kind: 'deleted' };
  }

  #delete({ key, versionId }: ObjectPlace): void {
    const others = (this.versionsOf.get(key) ?? []).some(({ id }) => id !== 'null');
    if (versionId === undefined && (this.keepsVersions || others))
      this.#push(key, { body: Buffer.alloc(0), metadata: {}, tags: {}, deleteMarker: true });
    else {
      const left = (this.versionsOf.get(key) ?? []).filter(({ id }) => id !== (versionId ?? 'null'));
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
    return this.keepsVersions;
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
  #adopted: { readonly parts: readonly UploadedPart[]; readonly whole: Digest } | undefined;
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

  async sign(parts: readonly HostPart[]): Promise<SignedParts> {
    const signatures = parts.map((part) => signatureOf(this.id, part));
    return { url: `https://s3.example/${this.key}?uploadId=${this.id}`, signatures };
  }

  adopt(parts: readonly UploadedPart[], whole: Digest): void {
    this.#adopted = { parts, whole };
  }

  async finish(): Promise<Digest> {
    if (!this.completed && !this.#objects.uploads.has(this.id)) throw notFound(this.key, 'NoSuchUpload');
    const body = this.#body;
    return this.#adopted?.whole ?? { size: body.length, sha256: hashOf('sha256', body) };
  }

  async complete(): Promise<WrittenVersion> {
    if (this.completed) return this.completed;
    if (!this.#objects.uploads.has(this.id)) throw notFound(this.key, 'NoSuchUpload');
    const body = this.#adopted ? this.#objects.joinParts(this.id, this.key, this.#adopted.parts) : this.#body;
    this.#objects.uploads.delete(this.id);
    this.completed = this.#objects.add(this.#object, body);
    return this.completed;
  }

  async abort(): Promise<void> {
    if (!this.completed) this.#objects.uploads.delete(this.id);
  }
}

function hashOf(algorithm: 'sha256' | 'md5', body: Buffer): string {
  return createHash(algorithm).update(body).digest('hex');
}

/** By body, which nobody changes: lists ask for it again and again. */
const etags = new WeakMap<Buffer, string>();

function etagOf(body: Buffer): string {
  const etag = etags.get(body) ?? `"${hashOf('md5', body)}"`;
  etags.set(body, etag);
  return etag;
}

/** What the signature of a part is good for: this part of this upload, with these bytes. */
function signatureOf(uploadId: string, { number, sha256 }: HostPart): string {
  return hashOf('sha256', Buffer.from(`${uploadId} ${number} ${sha256}`));
}

/** What keys and values of tags may hold (S3 user guide, "Categorizing your objects using tags"). */
function checkTags(key: string, tags: Tags): void {
  const wrong = Object.entries(tags).some((pair) =>
    pair.some((text) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text ?? '')),
  );
  if (wrong) throw refused(key, 'InvalidTag', 'other');
}

function notFound(key: string, code: string): AwsError {
  return refused(key, code, 'not-found');
}

function refused(key: string, code: string, kind: 'not-found' | 'other'): AwsError {
  return new AwsError({
    what: `${key}: ${code}`,
    operation: 'S3',
    resource: key,
    requestId: 'r',
    code,
    kind,
    outcome: 'not-done',
  });
}
