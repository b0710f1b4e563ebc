/** Tells that a dump holds nothing: its proof shows no more than that nothing was restored faithfully. */
import type { DumpFingerprint } from '../../domain/dump.ts';
import { plural } from '../../runtime/format.ts';

/** @returns `no tables`, `3 tables, and not one row`; undefined for a database that holds something, or may do so */
export function emptiness({
  tables,
  configuration = [],
  largeObjects,
  unread = [],
}: DumpFingerprint): string | undefined {
  const held = [...tables, ...configuration].some(({ rows }) => rows !== '0') || (largeObjects?.count ?? '0') !== '0';
  if (unread.length > 0 || held) return undefined;
  return tables.length === 0 ? 'no tables' : `${plural(tables.length, 'table')}, and not one row`;
}

/** For summary, Slack and receipt. */
export function emptinessNote(database: string, fingerprint: DumpFingerprint): string | undefined {
  const what = emptiness(fingerprint);
  return (
    what && `the database ${database} is empty: it has ${what}. Check that it is the right one (database-url, database)`
  );
}
