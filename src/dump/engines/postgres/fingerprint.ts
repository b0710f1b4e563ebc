/**
 * The fingerprint of a database: exact row counts and a checksum of every table, sequences, extensions, and the number of
 * objects of each kind. The SQL that takes it, and the parser of its rows.
 */
import type { DumpFingerprint, TableFingerprint } from '../../../domain/dump.ts';

/** Settings that determine how values look as text; the same for the source and for the copy. */
const textSettings = `SET extra_float_digits = 3;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET bytea_output = 'hex';
SET xmloption = 'content';
SET lc_monetary = 'C';
SET search_path = pg_catalog;
SET statement_timeout = 0;`;

/** Lifts timeouts, set for roles or databases, that would end the session while it waits for the dump. */
export const noTimeouts = `SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \\g /dev/null
`;

/** Excludes the schemas of the server itself. */
const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%'`;

/** Excludes objects that belong to an extension. */
const notOfExtension = (classOf: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${classOf}.oid AND d.deptype = 'e')`;

/**
 * Generates one query for each table, which psql's `\\gexec` runs. The checksum is the sum of the 64-bit hashes of all
 * rows as text, so the order of rows does not matter. Text and hash are the same in every series from 11 on: hash
 * partitions and hash indexes, which pg_upgrade keeps, depend on that. MD5 would take twice the time of everything else.
 * Materialised views are left out: a dump holds only their definition, and the restore fills them.
 */
const tablesQuery = `SELECT format('SELECT json_build_object(''table'', %L, ''root'', %L::text, ''rows'', count(*)::text, ''checksum'', coalesce(sum(hashtextextended(t::text, 0)), 0)::text) FROM ONLY %I.%I t', quote_ident(n.nspname) || '.' || quote_ident(c.relname), CASE WHEN c.relispartition THEN (SELECT quote_ident(rn.nspname) || '.' || quote_ident(r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) END, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${own} AND ${notOfExtension('c')}
ORDER BY n.nspname, c.relname`;

const sequencesQuery = `SELECT format('SELECT json_build_object(''sequence'', %L, ''value'', last_value::text || CASE WHEN is_called THEN '''' ELSE '' not called'' END) FROM %I.%I', quote_ident(n.nspname) || '.' || quote_ident(c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND ${own} AND ${notOfExtension('c')} ORDER BY n.nspname, c.relname`;

const objectsQuery = `SELECT json_build_object('objects', json_build_object(
  'tables', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND ${own} AND ${notOfExtension('c')}),
  'views', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND ${own} AND ${notOfExtension('c')}),
  'indexes', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I') AND c.relpersistence <> 't' AND ${own} AND ${notOfExtension('c')}),
  'functions', (SELECT count(*) FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE ${own} AND ${notOfExtension('c')}),
  'triggers', (SELECT count(*) FROM pg_trigger c WHERE NOT c.tgisinternal),
  'constraints', (SELECT count(*) FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype <> 'n' AND ${own} AND ${notOfExtension('c')}),
  'policies', (SELECT count(*) FROM pg_policy),
  'large objects', (SELECT count(*) FROM pg_largeobject_metadata)
))`;

const extensionsQuery = `SELECT json_build_object('extension', extname, 'value', extversion) FROM pg_extension ORDER BY extname`;

/** The sequences alone, read before and after a dump, which finds them at some value in between. */
export const sequencesScript = `${textSettings}
${sequencesQuery} \\gexec`;

/** Prints the fingerprint, one JSON object per line. */
export const fingerprintScript = `${textSettings}
${tablesQuery} \\gexec
${sequencesQuery} \\gexec
${objectsQuery};
${extensionsQuery};`;

/** A line that one of the scripts printed. */
interface FingerprintRow {
  readonly table?: string;
  readonly root?: string | null;
  readonly rows?: string;
  readonly checksum?: string;
  readonly sequence?: string;
  readonly extension?: string;
  readonly value?: string;
  readonly objects?: Record<string, number>;
}

/** @param lines output of the scripts; of each sequence, the first and the last value count */
export function parseFingerprint(
  lines: readonly string[],
  facts: { readonly takenAt: string; readonly seconds: number; readonly serverVersion: string },
): DumpFingerprint {
  const tables: TableFingerprint[] = [];
  const sequences: Record<string, string> = {};
  const first: Record<string, string> = {};
  const extensions: Record<string, string> = {};
  let objects: Record<string, number> = {};
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const {
      table,
      root,
      rows = '',
      checksum = '',
      sequence,
      extension,
      value = '',
      ...row
    } = JSON.parse(line) as FingerprintRow;
    if (table !== undefined) tables.push({ name: table, ...(root ? { root } : {}), rows, checksum });
    else if (sequence !== undefined) {
      first[sequence] ??= value;
      sequences[sequence] = value;
    } else if (extension !== undefined) extensions[extension] = value;
    else if (row.objects !== undefined) objects = row.objects;
  }
  const moved = Object.entries(first).filter(([name, value]) => sequences[name] !== value);
  const sequencesBefore = moved.length === 0 ? undefined : Object.fromEntries(moved);
  return { ...facts, tables, sequences, sequencesBefore, extensions, objects };
}
