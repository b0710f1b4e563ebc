/** Moves an archive from the host to the bucket, and from there to the runner. The host uploads to presigned URLs. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LocalArchive } from '../../../ports/dump-engine.ts';
import type { HostPart, Objects, Upload } from '../../../ports/objects.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { type RetryDecision, retry } from '../../../runtime/retry.ts';
import { observed } from '../../../runtime/streams.ts';
import { unpack, writeArchive } from '../archive.ts';
import type { CompleteDump, HostCommands } from './commands.ts';

const mebibyte = 1024 * 1024;
/** Parts of one command: their signatures, and the answer, must fit into what SSM carries. */
const batchParts = 100;
/** Bytes of one command: 600 KB a second are enough for the hour that the URLs are valid. */
const batchBytes = 2048 * mebibyte;
/** Commands in a row that upload no part, after which the upload is given up. */
const maxFruitless = 5;

/**
 * Lets the host upload the archive, batch by batch.
 * @param partBytes bytes of a part, as `hostPartBytes` gives it
 * @param onProgress gets the bytes so far
 */
export async function uploadFromHost(
  commands: HostCommands,
  { parts, size, sha256 }: CompleteDump,
  upload: Upload,
  { partBytes, onProgress, context }: { partBytes: number; onProgress: (bytes: number) => void; context: WorkContext },
): Promise<void> {
  const { clock, signal } = context;
  const all: readonly HostPart[] = parts.map((sum, index) => ({ number: index + 1, sha256: sum }));
  const perBatch = Math.max(1, Math.min(batchParts, Math.floor(batchBytes / partBytes)));
  const etags = new Map<number, string>();
  const nextBatch = (): readonly HostPart[] => all.filter(({ number }) => !etags.has(number)).slice(0, perBatch);
  const uploadSome = async (): Promise<void> => {
    const { uploaded, refusal } = await uploadBatch(commands, nextBatch(), upload, partBytes);
    for (const { number, etag } of uploaded) etags.set(number, etag);
    onProgress(etags.size * partBytes);
    if (refusal !== '') context.logger.info(`the host could not upload all parts (${refusal}); trying again`);
    if (uploaded.length === 0) throw cannotUpload(commands, refusal);
  };
  const decide = (error: unknown): RetryDecision<void> =>
    error instanceof NothingUploaded ? { again: error.what } : { fatal: error };
  while (etags.size < all.length)
    await retry({ clock, signal, attempts: maxFruitless, backoff: { first: 2000 }, decide }, uploadSome);
  upload.adopt(
    all.map((part) => ({ ...part, etag: etags.get(part.number) ?? '' })),
    { size, sha256 },
  );
  await upload.finish();
}

interface BatchResult {
  readonly uploaded: readonly { readonly number: number; readonly etag: string }[];
  /** S3's answer to the first part that failed; empty when none did. */
  readonly refusal: string;
}

async function uploadBatch(
  commands: HostCommands,
  batch: readonly HostPart[],
  upload: Upload,
  partBytes: number,
): Promise<BatchResult> {
  // Signed anew for each command: older URLs, or the session that signed them, may have expired.
  const { url, signatures } = await upload.sign(batch);
  const words = batch.map(({ number }, index) => `${number}:${signatures[index]}`).join(' ');
  const parameters = { DumpId: commands.dumpId, PartBytes: String(partBytes), Url: url, Parts: words };
  const answer = await commands.run('dump-upload', parameters, { timeoutSeconds: 3600, pace: 'long' });
  return { uploaded: answer.parts, refusal: answer.refused.trim() };
}

/** A command that uploaded no part. */
class NothingUploaded extends BackupError {}

function cannotUpload({ instanceId, options }: HostCommands, refusal: string): NothingUploaded {
  return new NothingUploaded({
    what: `${instanceId} cannot upload to s3://${options.bucket}: ${refusal}`,
    // With the URLs the host acts as the role that signed them.
    ...(refusal.startsWith('status 403')
      ? {
          likelyCause:
            "S3 refused what the role has signed: the bucket's policy, its KMS key, or the host's clock, which must not be wrong by a quarter of an hour",
          fix: 'see that the role may write to the bucket and use its key (docs/setup.md), and that the clock of the host is right',
        }
      : {
          likelyCause: 'the host cannot reach S3 (proxy, endpoint, security group)',
          fix: 'make S3 reachable for curl on the host',
        }),
  });
}

/** Publishes the archive and fetches it: the runner works with what the bucket has. @throws BackupError when it differs */
export async function fetchArchive(
  { options, instanceId }: HostCommands,
  { sha256, size }: CompleteDump,
  upload: Upload,
  objects: Pick<Objects, 'read'>,
  { folder, onProgress, signal }: { folder: string; onProgress: (bytes: number) => void; signal: AbortSignal },
): Promise<LocalArchive> {
  const { versionId } = await upload.complete();
  const hash = createHash('sha256');
  const place = { bucket: options.bucket, key: upload.key, versionId };
  const source = observed(objects.read(place), { hash, onProgress, signal });
  const path = join(folder, 'archive');
  if (options.format === 'directory') await unpack(source, path, signal);
  else await writeArchive(source, { path, signal });
  const digest = hash.digest('hex');
  if (digest !== sha256)
    throw new BackupError({
      what: `the archive has the SHA-256 ${digest} in the bucket, and ${sha256} on ${instanceId}`,
      likelyCause: 'it was damaged on its way, or on the disk of the host',
      fix: 'run again; check the disk of the host when it happens again',
    });
  return { path, bytes: size };
}
