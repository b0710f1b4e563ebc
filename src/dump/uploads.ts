/** The uploads of one dump. They are published together, or not at all: single files are not a backup. */
import type { DumpFile, DumpFileKind } from '../domain/dump.ts';
import type { Tags } from '../domain/ec2.ts';
import type { RunIdentity } from '../domain/run.ts';
import { lockedWords, type ObjectDeletion, s3Url } from '../domain/s3.ts';
import type { Digest, NewObject, Objects, Upload } from '../ports/objects.ts';
import { BackupError, explainInLine } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { contentTypeOf, type DumpLocation, objectKey } from './files.ts';
import { metadataOf, versionsOfDump } from './retention/versions.ts';

export interface DumpUploadsOptions {
  readonly location: DumpLocation;
  /** Point in time of the dump. */
  readonly takenAt: string;
  readonly run: RunIdentity;
  readonly tags: (kind: DumpFileKind) => Tags;
  /** Of the parts of the archive, which a host may upload itself. */
  readonly archiveChecksum: NonNullable<NewObject['checksum']>;
  readonly objects: Objects;
  /** The same objects, without the run's signal: they must work at the end of a cancelled run. */
  readonly cleanupObjects: Objects;
  readonly logger: Logger;
}

export class DumpUploads {
  readonly #options: DumpUploadsOptions;
  readonly #uploads = new Map<DumpFileKind, Upload>();
  /** Whether a file may be visible already. */
  #publishing = false;

  constructor(options: DumpUploadsOptions) {
    this.#options = options;
  }

  /** Begins the upload of a file, in place of an earlier one of the same kind. */
  async begin(kind: DumpFileKind): Promise<Upload> {
    const { location, takenAt, run, tags, objects, archiveChecksum } = this.#options;
    const upload = await objects.upload({
      bucket: location.bucket,
      key: objectKey(location, kind, takenAt),
      contentType: contentTypeOf(kind, location),
      checksum: kind === 'archive' ? archiveChecksum : 'CRC32',
      metadata: metadataOf(run, takenAt),
      tags: tags(kind),
    });
    this.#uploads.set(kind, upload);
    return upload;
  }

  get(kind: DumpFileKind): Upload | undefined {
    return this.#uploads.get(kind);
  }

  /** For the draft of the receipt. */
  get begun(): readonly { readonly key: string; readonly uploadId: string }[] {
    return [...this.#uploads.values()].map(({ key, id }) => ({ key, uploadId: id }));
  }

  /** Aborts the upload of one file, which the dump then does not have. */
  async drop(kind: DumpFileKind): Promise<void> {
    const upload = this.#uploads.get(kind);
    this.#uploads.delete(kind);
    await upload?.abort();
  }

  /**
   * Makes all files visible, once all have arrived.
   * @param sqlBytes bytes before compression
   * @throws BackupError when a file is empty
   */
  async publish(sqlBytes: ReadonlyMap<DumpFileKind, number>): Promise<readonly DumpFile[]> {
    const finished: { readonly kind: DumpFileKind; readonly upload: Upload; readonly digest: Digest }[] = [];
    for (const [kind, upload] of this.#uploads) finished.push({ kind, upload, digest: await upload.finish() });
    for (const { kind, digest } of finished)
      if (digest.size === 0) throw new BackupError({ what: `the ${kind} file is empty` });
    const files: DumpFile[] = [];
    this.#publishing = true;
    for (const { kind, upload, digest } of finished) {
      const { versionId, etag } = await upload.complete();
      const { bucket } = this.#options.location;
      files.push({ kind, bucket, key: upload.key, versionId, etag, ...digest, sqlBytes: sqlBytes.get(kind) });
    }
    // From here on the files belong to the receipt.
    this.#uploads.clear();
    return files;
  }

  /** Aborts what is unpublished, and deletes what a failed `publish` made visible. @returns whether no file is left */
  async giveUp(): Promise<boolean> {
    let clean = true;
    for (const [kind, upload] of this.#uploads) clean = (await this.#giveUp(kind, upload)) && clean;
    return clean;
  }

  async #giveUp(kind: DumpFileKind, upload: Upload): Promise<boolean> {
    const { location, takenAt, run, cleanupObjects, logger } = this.#options;
    const place = { bucket: location.bucket, key: upload.key };
    if (upload.completed === undefined) await upload.abort();
    // The archive of a host is visible before the other files, which are made from it.
    const onHost = kind === 'archive' && this.#options.archiveChecksum === 'SHA256';
    if (!this.#publishing && !onHost) return true;
    try {
      // Also of an upload whose end nobody heard of.
      const written =
        upload.completed === undefined
          ? await versionsOfDump(cleanupObjects, place, { run, takenAt })
          : [{ ...place, versionId: upload.completed.versionId }];
      const outcomes: ObjectDeletion[] = [];
      for (const one of written) outcomes.push(await cleanupObjects.delete(one));
      const locked = outcomes.find((one) => one.kind === 'locked');
      if (locked === undefined) return true;
      logger.warning(`${s3Url(place)} is no backup, and is kept: ${lockedWords(locked)}; a later run deletes it`);
      return false;
    } catch (error) {
      logger.warning(`${s3Url(place)} could not be deleted (${explainInLine(error)}); the next run deletes it`);
      return false;
    }
  }
}
