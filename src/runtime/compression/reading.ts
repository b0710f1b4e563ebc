/** What reading gzip and Zstandard have in common. */
import { BackupError, fileDamaged } from '../errors.ts';

/** Node's default of 16 KiB makes inflating three times slower. */
export const chunkSize = 1024 * 1024;

/** Read ahead this far, since inflating waits in the queue behind compressing. */
export const ahead = 4 * chunkSize;

/** @param bytes of content that could be read */
export function damaged(format: 'gzip' | 'Zstandard', bytes: number, error: Error): BackupError {
  return new BackupError({
    what: `the ${format} file cannot be read beyond byte ${bytes.toLocaleString('en-US')} of its content: ${error.message}`,
    likelyCause: 'it was cut off or damaged in transit, or something follows its end',
    fix: 'download it or create it again, and compare its SHA-256 with the one in the receipt',
    code: fileDamaged,
  });
}
