/** What can be said of the anonymised file of a kept dump: the rules that made it are not at hand any more. */
import type { AnonymisedChanges, DumpReceipt, UnreadFact } from '../../domain/dump.ts';
import type { DescribedFingerprint } from '../../ports/dump-engine.ts';
import type { ReadDefinitions } from '../proof/describe.ts';

export interface KnownChanges {
  readonly changes: AnonymisedChanges;
  /** What cannot be compared, so that the file is not proven. */
  readonly unread: readonly UnreadFact[];
  readonly notes: readonly string[];
}

/**
 * A file that was good once is compared less strictly: its SHA-256 says that it is that file still, byte for byte, so that what was
 * compared then holds.
 * @param own definitions that the file itself holds; undefined for an engine whose files are not SQL
 */
export function changesOfKept(
  { anonymised, proof }: Pick<DumpReceipt, 'anonymised' | 'proof'>,
  source: DescribedFingerprint,
  own: ReadDefinitions | undefined,
): KnownChanges {
  const wasGood = proof.some(({ kind, verdict }) => kind === 'anonymised' && verdict === 'good');
  const unless = (what: string, why: string): Pick<KnownChanges, 'unread' | 'notes'> =>
    wasGood
      ? { unread: [], notes: [`${what} was compared when the file was proven first, and not again: ${why}`] }
      : { unread: [{ what, why }], notes: [] };
  if (anonymised === undefined)
    return {
      // Of no table is it known that it kept all of its rows.
      changes: { rowsLeftOut: source.tables.map(({ name, root = name }) => root) },
      ...unless('what the rules changed', 'the receipt of an earlier version does not say it'),
    };
  const differing = own === undefined || 'why' in own ? 0 : differ(source, anonymised, own.figures.definitions ?? {});
  if (differing === 0) return { changes: anonymised, unread: [], notes: [] };
  return {
    changes: anonymised,
    ...unless(
      `the wording of ${differing} definitions`,
      'the receipt has other hashes of them than this version of Holdfast makes of the file',
    ),
  };
}

/** Number of definitions that the file has otherwise than archive and receipt say. */
function differ(
  { definitions: archive }: DescribedFingerprint,
  { definitions: changed }: AnonymisedChanges,
  own: Readonly<Record<string, string>>,
): number {
  if (archive === undefined || changed === undefined) return 0;
  const expected: Readonly<Record<string, string>> = { ...archive, ...changed };
  // Of their databases, files of SQL do not say all.
  return Object.keys(own).filter((id) => expected[id] !== own[id] && !id.startsWith('DATABASE ')).length;
}
