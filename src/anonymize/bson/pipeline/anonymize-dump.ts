/** Anonymises a dump of MongoDB: the stream of `mongodump --archive`, or a tar file of what `mongodump --out` wrote. */
import type { Compression } from '../../../runtime/compression/format.ts';
import type { Sink } from '../../../runtime/compression/gzip.ts';
import type { AnonymizeReport } from '../../pipeline/anonymize.ts';
import type { Collections } from '../fields/collections.ts';
import { checkRules } from '../rules/check-rules.ts';
import { anonymizeArchive, archiveCollections } from './archive.ts';
import { type DumpFormat, detectDump } from './detect.ts';
import type { SessionOptions } from './session.ts';
import { anonymizeTarball, tarballCollections } from './tarball.ts';

export interface DumpSource {
  /** Opens the dump as it is stored, from its beginning. A tar file is read twice. */
  readonly open: () => AsyncIterable<Buffer>;
  /** Found out from the first bytes when it is not given. */
  readonly format?: DumpFormat | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AnonymizeDumpOptions extends DumpSource, SessionOptions {
  readonly sink: Sink;
  /** gzip by default. */
  readonly compression?: Compression | undefined;
  readonly level?: number | undefined;
  /** A folder with room for the largest collection: in a tar file, lengths come before bytes. */
  readonly folder: string;
  /** Called with the bytes read so far, decompressed. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * @throws ConfigurationError when the dump does not allow the rules; then nothing was written
 * @throws BackupError, DumpError when it cannot be read, or when the output holds what it should not. After any error, what the
 * sink received must be thrown away
 */
export async function anonymizeDump(options: AnonymizeDumpOptions): Promise<AnonymizeReport> {
  const format = options.format ?? (await detectDump(options.open()));
  return format === 'archive' ? anonymizeArchive(options) : anonymizeTarball(options);
}

/**
 * Reads what a dump says of its collections, and checks whether it allows the rules.
 * @throws ConfigurationError that lists every rule that it does not allow
 */
export async function checkDump(options: DumpSource & Pick<SessionOptions, 'rules' | 'key'>): Promise<Collections> {
  const format = options.format ?? (await detectDump(options.open()));
  const collections =
    format === 'archive' ? await archiveCollections(options) : (await tarballCollections(options)).collections;
  checkRules({ ...options, collections });
  return collections;
}
