/** What a restored file is compared with: the fingerprint of the source, and the definitions that its archive holds. */
import type { DumpFingerprint } from '../../domain/dump.ts';
import type { DefinitionFacts, DescribedFingerprint, SqlArchives } from '../../ports/dump-engine.ts';
import { explainInLine } from '../../runtime/errors.ts';

/** Definitions as they were read, or why they could not be. */
export type ReadDefinitions = DefinitionFacts | { readonly why: string };

/** A failure costs the proof, never the dump. @throws the signal's reason */
export async function readDefinitions(
  engine: Pick<SqlArchives, 'definitions'>,
  sql: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<ReadDefinitions> {
  try {
    return await engine.definitions(sql);
  } catch (error) {
    signal.throwIfAborted();
    return { why: explainInLine(error) };
  }
}

/** What a fingerprint lacks whose definitions could not be read. */
export const unreadDefinitions = 'definitions';

/** @param what for people, where the definitions could not be read */
export function withDefinitions(
  fingerprint: DumpFingerprint,
  read: ReadDefinitions,
  what = unreadDefinitions,
): DescribedFingerprint {
  if ('why' in read) return { ...fingerprint, unread: [...(fingerprint.unread ?? []), { what, why: read.why }] };
  return { ...fingerprint, ...read.figures, sql: read.sql, text: read.text };
}

/**
 * Adds the values that the archive gives to sequences. Where they cannot be read, copies are compared with what the source had
 * before and after the dump.
 * @param read gives values by sequence
 * @param onFailure gets why
 * @throws the signal's reason
 */
export async function withSequences(
  fingerprint: DumpFingerprint,
  read: () => Promise<Readonly<Record<string, string>>>,
  { signal, onFailure }: { readonly signal: AbortSignal; readonly onFailure: (why: string) => void },
): Promise<DumpFingerprint> {
  try {
    return { ...fingerprint, sequencesInArchive: await read() };
  } catch (error) {
    signal.throwIfAborted();
    onFailure(explainInLine(error));
    return fingerprint;
  }
}

/** As receipts hold it: without the SQL of the definitions. */
export function withoutSql({ sql: _, text: __, ...fingerprint }: DescribedFingerprint): DumpFingerprint {
  return fingerprint;
}

/**
 * What an anonymised file must hold: the definitions as the rules leave them, and the values of the columns that they leave
 * alone, which a proven copy of the same dump shows.
 */
export function expectedOfAnonymised(
  source: DescribedFingerprint,
  definitions: ReadDefinitions,
  copy: DumpFingerprint | undefined,
): DescribedFingerprint {
  const { definitions: _, sql: __, text: ___, ...rows } = source;
  const unread = source.unread?.filter((one) => one.what !== unreadDefinitions);
  const columns = new Map(
    [...(copy?.tables ?? []), ...(copy?.configuration ?? [])].map((one) => [one.name, one.columns]),
  );
  const withColumns = <T extends { readonly name: string }>(tables: readonly T[]): readonly T[] =>
    tables.map((table) => ({ ...table, columns: columns.get(table.name) }));
  const expected = {
    ...rows,
    unread,
    tables: withColumns(source.tables),
    configuration: source.configuration && withColumns(source.configuration),
  };
  return withDefinitions(expected, definitions, 'definitions of the anonymised file');
}
