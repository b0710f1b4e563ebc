/** Makes the files of a dump other than its archive. */
import { DumpError } from '../../../anonymize/format/dump-error.ts';
import { describeLeaks } from '../../../anonymize/leak-check/leak-policy.ts';
import type { AnonymizeReport } from '../../../anonymize/pipeline/anonymize.ts';
import type { DumpFileKind, MaskedReport } from '../../../domain/dump.ts';
import type { DumpUploads } from '../../../dump/uploads.ts';
import { BackupError, ConfigurationError } from '../../../runtime/errors.ts';
import { formatBytes } from '../../../runtime/format.ts';
import { logProgress } from '../../../runtime/progress.ts';
import type { DumpWork } from '../ports.ts';
import type { AnonymisedFile } from './file-maker.ts';

export interface MadeFiles {
  readonly masked: MaskedReport | undefined;
  /** Undefined when it was not made. */
  readonly anonymised: AnonymisedFile | undefined;
  /** Why the anonymised file was not made; undefined when it was made, or not asked for. */
  readonly refused: unknown;
  /** Bytes before compression. */
  readonly sqlBytes: ReadonlyMap<DumpFileKind, number>;
}

/**
 * Content that does not allow the anonymised file costs that file alone: a new column must not cost the night's backup.
 * @param uploads loses the anonymised file in that case
 */
export async function makeFiles(work: DumpWork, archive: string, uploads: DumpUploads): Promise<MadeFiles> {
  const { ports, context } = work;
  const wanted = uploads.get('anonymised') !== undefined;
  const sqlBytes = new Map<DumpFileKind, number>();
  if (!wanted && uploads.get('plain') === undefined) {
    // Half an archive still has its table of contents; only reading all of it shows that it is whole.
    await context.timeline.step('Read the archive through', () => ports.engine.readThrough(archive));
    return { masked: undefined, anonymised: undefined, refused: undefined, sqlBytes };
  }
  return context.timeline.step('Make the other files', async (note) => {
    try {
      const anonymised = await make(work, archive, uploads, sqlBytes);
      if (anonymised) note(`${formatBytes(anonymised.report.readBytes)} read`);
      return { masked: anonymised && maskedReport(anonymised.report), anonymised, refused: undefined, sqlBytes };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!wanted || !isAboutContent(error)) throw error;
      note('without the anonymised file');
      await uploads.drop('anonymised');
      if (!sqlBytes.has('plain')) await makePlainAlone(work, archive, uploads, sqlBytes);
      return { masked: undefined, anonymised: undefined, refused: error, sqlBytes };
    }
  });
}

/** @param sqlBytes gets the size of each file once all of it is written */
function make(
  { ports, context, settings }: DumpWork,
  archive: string,
  uploads: DumpUploads,
  sqlBytes: Map<DumpFileKind, number>,
): Promise<AnonymisedFile | undefined> {
  return ports.files.make({
    archive,
    plain: uploads.get('plain'),
    anonymised: uploads.get('anonymised'),
    settings,
    signal: context.signal,
    onProgress: logProgress(context, 'content of the archive'),
    onComplete: (kind, bytes) => void sqlBytes.set(kind, bytes),
  });
}

/** The anonymisation stopped in the middle of the archive, so the plain file is made again from its beginning. */
async function makePlainAlone(
  work: DumpWork,
  archive: string,
  uploads: DumpUploads,
  sqlBytes: Map<DumpFileKind, number>,
): Promise<void> {
  if (uploads.get('plain') === undefined) return work.ports.engine.readThrough(archive);
  await uploads.drop('plain');
  await uploads.begin('plain');
  await make(work, archive, uploads, sqlBytes);
}

function maskedReport({ counts, warnings, readBytes, writtenBytes, leaks }: AnonymizeReport): MaskedReport {
  return { counts, warnings, readBytes, writtenBytes, findings: describeLeaks(leaks) };
}

/** Whether an error is about the dump or the rules, and not about the way to the bucket. */
function isAboutContent(error: unknown): boolean {
  return error instanceof BackupError || error instanceof ConfigurationError || error instanceof DumpError;
}
