/** Anonymises a dump of MongoDB: the stream of `mongodump --archive`, or a tar file of what `mongodump --out` wrote. */
import type { AnonymizeReport } from '../../pipeline/anonymize.ts';
import type { Collections } from '../fields/collections.ts';
import { checkRules } from '../rules/check-rules.ts';
import { anonymizeArchive, archiveCollections } from './archive.ts';
import { detectDump } from './detect.ts';
import type { AnonymizeDumpOptions, DumpSource } from './options.ts';
import type { SessionOptions } from './session.ts';
import { anonymizeTarball, tarballCollections } from './tarball.ts';

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
