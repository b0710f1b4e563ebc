/** How many receipts of a source a watchdog reads: down to a proven one. */
import type { KeptBackup } from '../../domain/backup.ts';

/** Receipts of a source that are read at most to find a proven one. */
const mostReceipts = 60;

/** @param newest the newest backups of a source, newest first */
export const enough = (newest: readonly KeptBackup[]): boolean =>
  newest.length >= mostReceipts || newest.some(({ verdict, problem }) => verdict === 'good' && problem === undefined);
