/** Tells that a dump holds nothing: its proof shows no more than that nothing was restored faithfully. */
import type { DumpFingerprint } from '../../domain/dump.ts';
import { type EngineName, engineWords } from '../../domain/engine.ts';
import { plural } from '../../runtime/format.ts';

/** @returns `no tables`, `3 tables, and not one row`; undefined for a database that holds something, or may do so */
export function emptiness(fingerprint: DumpFingerprint, engine: EngineName): string | undefined {
  const { tables, configuration = [], largeObjects, unread = [] } = fingerprint;
  const { table, row } = engineWords(engine);
  const held = [...tables, ...configuration].some(({ rows }) => rows !== '0') || (largeObjects?.count ?? '0') !== '0';
  if (unread.length > 0 || held) return undefined;
  return tables.length === 0 ? `no ${table}s` : `${plural(tables.length, table)}, and not one ${row}`;
}

/** For summary, Slack and receipt. */
export function emptinessNote(database: string, fingerprint: DumpFingerprint, engine: EngineName): string | undefined {
  const what = emptiness(fingerprint, engine);
  return (
    what && `the database ${database} is empty: it has ${what}. Check that it is the right one (database-url, database)`
  );
}
