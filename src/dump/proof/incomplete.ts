/** A fingerprint that could not be read to its end: the dump is a backup all the same, which cannot be proven. */
import type { DumpFingerprint } from '../../domain/dump.ts';

/** What a fingerprint lacks when its reading broke off: anything may be missing. */
export const restOfFingerprint = 'the rest of the fingerprint';

/**
 * @param read what was read by then; of sequences the values after the dump are missing, so that none can be compared
 * @param why the server's message
 */
export function incompleteFingerprint(read: DumpFingerprint, why: string): DumpFingerprint {
  const unread = [{ what: restOfFingerprint, why }, ...(read.unread ?? [])];
  return { ...read, sequences: {}, sequencesBefore: undefined, unread };
}
