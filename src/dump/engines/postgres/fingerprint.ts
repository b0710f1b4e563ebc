/**
 * What a database holds, in figures that a restored copy must match: exact row counts and a checksum of every table,
 * sequences, extensions, and how many objects of each kind there are.
 */
import type { DumpFingerprint, TableFingerprint } from '../../../domain/dump.ts';

/** Settings that decide how values look as text; the same for the source and for the copy. */
export const settings = `SET extra_float_digits = 3;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET bytea_output = 'hex';
SET xmloption = 'content';
SET lc_monetary = 'C';
SET search_path = pg_catalog;
SET statement_timeout = 0;`;

/** Ends what would end a session that waits for a dump: settings of roles and databases, as far as the server has them. */
export const noTimeouts = `SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \\g /dev/null
`;

/** Schemas that belong to the server itself. */
const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%'`;

/** Objects that an extension has made are the extension's. */
const notOfExtension = (classOf: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${classOf}.oid AND d.deptype = 'e')`;

/**
 * psql's `\\gexec` runs what this gives: one query for each table. The checksum is the sum of 64 bits of hash of each
 * row's text, so that the order of the rows does not matter. Text and hash are the same in every series from 11 on: hash
 * partitions and hash indexes that pg_upgrade brings along depend on it. MD5 would take twice the time of all the rest. Materialised views
 * are left out: a dump holds their definition, and the restore fills them anew.
 */
export const tablesQuery = `SELECT format('SELECT json_build_object(''table'', %L, ''root'', %L::text, ''rows'', count(*)::text, ''checksum'', coalesce(sum(hashtextextended(t::text, 0)), 0)::text) FROM ONLY %I.%I t', quote_ident(n.nspname) || '.' || quote_ident(c.relname), CASE WHEN c.relispartition THEN (SELECT quote_ident(rn.nspname) || '.' || quote_ident(r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) END, n.nspname, c.relname)
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

/** Only the sequences: read before and after a dump, which finds them somewhere between. */
export const sequencesScript = `${settings}
${sequencesQuery} \\gexec`;

/** What a session is given to print the fingerprint, one JSON object a line. */
export const fingerprintScript = `${settings}
${tablesQuery} \\gexec
${sequencesQuery} \\gexec
${objectsQuery};
${extensionsQuery};`;

/** @param lines what the scripts have printed; of a sequence the first and the last value count */
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
    const value = JSON.parse(line) as {
      table?: string;
      root?: string | null;
      rows?: string;
      checksum?: string;
      sequence?: string;
      extension?: string;
      value?: string;
      objects?: Record<string, number>;
    };
    if (value.table !== undefined)
      tables.push({
        name: value.table,
        ...(value.root ? { root: value.root } : {}),
        rows: value.rows ?? '',
        checksum: value.checksum ?? '',
      });
    else if (value.sequence !== undefined) {
      first[value.sequence] ??= value.value ?? '';
      sequences[value.sequence] = value.value ?? '';
    } else if (value.extension !== undefined) extensions[value.extension] = value.value ?? '';
    else if (value.objects !== undefined) objects = value.objects;
  }
  const moved = Object.entries(first).filter(([name, value]) => sequences[name] !== value);
  const sequencesBefore = moved.length === 0 ? undefined : Object.fromEntries(moved);
  return { ...facts, tables, sequences, sequencesBefore, extensions, objects };
}

export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface Comparison {
  /** What was compared: tables, sequences, kinds of objects, extensions. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares a restored copy with the source.
 * @param changed tables whose rows, or values, an anonymisation has changed on purpose: of `values` only the count must
 *   match, of `rows` nothing
 */
export function compare(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  changed: { readonly values: 'none' | 'all'; readonly rows: ReadonlySet<string> } = {
    values: 'none',
    rows: new Set(),
  },
): Comparison {
  const differences: Difference[] = [];
  let compared = 0;
  const check = (what: string, expected: string | undefined, found: string | undefined): void => {
    compared += 1;
    if (expected !== found) differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing' });
  };
  if (changed.values === 'all') {
    // A changed value may belong to another partition: only the rows of all of them together must match.
    const [before, after] = [rowsByRoot(source), rowsByRoot(copy)];
    for (const [name, rows] of before) if (!changed.rows.has(name)) check(`rows of ${name}`, rows, after.get(name));
    for (const [name, rows] of after) if (!before.has(name)) check(`table ${name}`, undefined, `${rows} rows`);
  } else {
    const copies = new Map(copy.tables.map((table) => [table.name, table]));
    for (const table of source.tables) {
      const other = copies.get(table.name);
      check(`rows of ${table.name}`, table.rows, other?.rows);
      if (other?.rows === table.rows) check(`checksum of ${table.name}`, table.checksum, other.checksum);
    }
    const known = new Set(source.tables.map((table) => table.name));
    for (const table of copy.tables)
      if (!known.has(table.name)) check(`table ${table.name}`, undefined, `${table.rows} rows`);
  }
  for (const [name, value] of Object.entries(source.sequences)) {
    const before = source.sequencesBefore?.[name];
    const found = copy.sequences[name];
    if (before === undefined || found === undefined || !isBetween(found, before, value))
      check(`sequence ${name}`, before === undefined ? value : `${before} to ${value}`, found);
    else compared += 1;
  }
  for (const [name, count] of Object.entries(source.objects))
    check(name, String(count), String(copy.objects[name] ?? 0));
  for (const name of Object.keys(source.extensions))
    check(`extension ${name}`, 'installed', copy.extensions[name] === undefined ? undefined : 'installed');
  return { compared, differences };
}

/** Whether a sequence was read while it moved from one value to the other, up or down. */
function isBetween(found: string, before: string, after: string): boolean {
  const [at, from, to] = [found, before, after].map((text) => BigInt(text.replace(' not called', ''))) as [
    bigint,
    bigint,
    bigint,
  ];
  return from <= to ? from <= at && at <= to : to <= at && at <= from;
}

function rowsByRoot(fingerprint: DumpFingerprint): Map<string, string> {
  const sums = new Map<string, bigint>();
  for (const { name, root = name, rows } of fingerprint.tables) sums.set(root, (sums.get(root) ?? 0n) + BigInt(rows));
  return new Map([...sums].map(([name, rows]) => [name, String(rows)]));
}
