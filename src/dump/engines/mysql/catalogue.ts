/**
 * What the databases of a server hold, as information_schema lists it. Statements must be understood by MySQL 5.1 (Infobright) as
 * well as by the servers of today.
 */
import { literal, shownName } from './names.ts';

export type TableKind = 'table' | 'versioned' | 'view' | 'sequence';

export interface Column {
  readonly name: string;
  /** In lower case: `varchar`. */
  readonly type: string;
  /** Bytes that a value may have, for texts. */
  readonly octets: number;
  readonly nullable: boolean;
  readonly primary: boolean;
  /** Its values follow from those of others; a dump's are ignored. */
  readonly generated: boolean;
}

export interface Table {
  readonly database: string;
  readonly name: string;
  /** As a fingerprint names it. */
  readonly shown: string;
  readonly kind: TableKind;
  /** Empty for views, and for tables that the server cannot open. */
  readonly engine: string;
  /** What the server writes where it cannot open one, among other things. */
  readonly comment: string;
  readonly bytes: number;
  readonly columns: readonly Column[];
  /** When it was made, or altered last, as far as the server says that. */
  readonly made?: string | undefined;
  /** Of a table with system versioning. */
  readonly period?: Period | undefined;
}

/** The columns that say from when to when a row was there. */
export interface Period {
  readonly start: string;
  readonly end: string;
  /** They hold numbers of transactions instead of times. */
  readonly ofTransactions: boolean;
}

/** A routine, a trigger or an event. */
export interface StoredObject {
  readonly database: string;
  readonly name: string;
  readonly kind: 'PROCEDURE' | 'FUNCTION' | 'PACKAGE' | 'PACKAGE BODY' | 'TRIGGER' | 'EVENT';
  readonly shown: string;
  /** When it was made, or altered last, as far as the server says that. */
  readonly made?: string | undefined;
  /** Of a trigger. */
  readonly table?: string | undefined;
}

export interface Catalogue {
  readonly databases: readonly { readonly name: string; readonly charset: string; readonly collation: string }[];
  readonly tables: readonly Table[];
  readonly objects: readonly StoredObject[];
}

type Row = readonly (string | null)[];

/** What a session is told before it reads: the result must not depend on how the server is set. */
export function sessionStatements(charset: string): readonly string[] {
  return [
    `SET NAMES ${charset}`,
    "SET time_zone = '+00:00', sql_mode = '', sql_safe_updates = 0, sql_select_limit = 18446744073709551615, sql_big_selects = 1, group_concat_max_len = 1048576",
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    // An idle session holds locks and snapshots.
    'SET wait_timeout = 86400',
    // Comments with versions are for servers from these versions on; MariaDB skips those from 50700 to 50999 (its manual, "Comment
    // Syntax").
    '/*!50503 SET lock_wait_timeout = 60 */',
    '/*!50708 SET max_execution_time = 0 */',
    '/*M!100101 SET max_statement_time = 0 */',
    '/*M!100300 SET idle_transaction_timeout = 0 */',
  ];
}

const inDatabases = (column: string, databases: readonly string[]): string =>
  `${column} IN (${databases.map(literal).join(', ')})`;

export const catalogueStatements = {
  databases: () =>
    'SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata',
  tables: (databases: readonly string[]) =>
    `SELECT table_schema, table_name, table_type, COALESCE(engine, ''), COALESCE(table_comment, ''), COALESCE(data_length, 0) + COALESCE(index_length, 0), create_time FROM information_schema.tables WHERE ${inDatabases('table_schema', databases)}`,
  columns: (databases: readonly string[]) =>
    `SELECT table_schema, table_name, column_name, data_type, COALESCE(character_octet_length, 0), is_nullable, column_key, extra, ordinal_position FROM information_schema.columns WHERE ${inDatabases('table_schema', databases)}`,
  /** Of MariaDB alone. Where a table names no columns for its period, there are none in this list. */
  periods: (databases: readonly string[]) =>
    `SELECT table_schema, table_name, column_name, generation_expression, data_type FROM information_schema.columns WHERE generation_expression IN ('ROW START', 'ROW END') AND ${inDatabases('table_schema', databases)}`,
  routines: (databases: readonly string[]) =>
    `SELECT routine_schema, routine_name, routine_type, last_altered FROM information_schema.routines WHERE ${inDatabases('routine_schema', databases)}`,
  triggers: (databases: readonly string[]) =>
    `SELECT trigger_schema, trigger_name, created, event_object_table FROM information_schema.triggers WHERE ${inDatabases('trigger_schema', databases)}`,
  events: (databases: readonly string[]) =>
    `SELECT event_schema, event_name, last_altered FROM information_schema.events WHERE ${inDatabases('event_schema', databases)}`,
} as const;

const kinds: Readonly<Record<string, TableKind>> = {
  'BASE TABLE': 'table',
  'SYSTEM VERSIONED': 'versioned',
  VIEW: 'view',
  SEQUENCE: 'sequence',
};

const byName = <T extends { readonly shown: string }>(one: T, other: T): number =>
  one.shown < other.shown ? -1 : one.shown > other.shown ? 1 : 0;

export function parseTables(tables: readonly Row[], columns: readonly Row[]): readonly Table[] {
  const ofTable = new Map<string, { at: number; column: Column }[]>();
  for (const row of columns) {
    const [database, table, name, type, octets, nullable, key, extra, at] = row.map((value) => value ?? '');
    const id = shownName(database ?? '', table ?? '');
    const list = ofTable.get(id) ?? [];
    ofTable.set(id, list);
    const column: Column = {
      name: name ?? '',
      type: (type ?? '').toLowerCase(),
      octets: Number(octets),
      nullable: nullable !== 'NO',
      primary: key === 'PRI',
      // MySQL 8 says DEFAULT_GENERATED of defaults that are expressions.
      generated: /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra ?? ''),
    };
    list.push({ at: Number(at), column });
  }
  return tables
    .flatMap((row) => {
      const [database = '', name = '', type = '', engine = '', comment = '', bytes] = row.map((value) => value ?? '');
      const kind = kinds[type];
      const shown = shownName(database, name);
      if (kind === undefined) return [];
      const list = (ofTable.get(shown) ?? []).toSorted((one, other) => one.at - other.at);
      return [
        {
          database,
          name,
          shown,
          kind,
          engine,
          comment,
          bytes: Number(bytes),
          columns: list.map(({ column }) => column),
          made: row[6] ?? undefined,
        },
      ];
    })
    .sort(byName);
}

/** @param rows of the statement `periods` @returns the tables, those with system versioning with their period */
export function withPeriods(tables: readonly Table[], rows: readonly Row[]): readonly Table[] {
  const places = new Map<string, Row>(
    rows.map((row) => [`${shownName(row[0] ?? '', row[1] ?? '')} ${row[3]?.toUpperCase()}`, row]),
  );
  return tables.map((table) => {
    if (table.kind !== 'versioned') return table;
    const start = places.get(`${table.shown} ROW START`);
    const end = places.get(`${table.shown} ROW END`);
    // The server's own names where a table has no columns for it (MariaDB manual, "System-Versioned Tables").
    const names = { start: start?.[2] ?? 'ROW_START', end: end?.[2] ?? 'ROW_END' };
    return { ...table, period: { ...names, ofTransactions: start?.[4]?.toLowerCase() === 'bigint' } };
  });
}

export function parseObjects(
  routines: readonly Row[],
  triggers: readonly Row[],
  events: readonly Row[],
): readonly StoredObject[] {
  const object = (kind: string, [database, name]: Row, made: string | null | undefined): StoredObject => ({
    kind: kind as StoredObject['kind'],
    database: database ?? '',
    name: name ?? '',
    shown: shownName(database ?? '', name ?? ''),
    made: made ?? undefined,
  });
  return [
    ...routines.map((row) => object((row[2] ?? '').toUpperCase(), row, row[3])),
    ...triggers.map((row) => ({ ...object('TRIGGER', row, row[2]), table: row[3] ?? undefined })),
    ...events.map((row) => object('EVENT', row, row[2])),
  ].sort((one, other) => byName(one, other) || (one.kind < other.kind ? -1 : 1));
}

/** Numbers of objects by kind, as receipts show them. */
export function countObjects({ tables, objects }: Pick<Catalogue, 'tables' | 'objects'>): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (kind: string): void => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (const { kind } of tables) add(kind === 'view' ? 'views' : kind === 'sequence' ? 'sequences' : 'tables');
  for (const { kind } of objects) add(`${kind.toLowerCase().replace(/body$/, 'bodie')}s`.replace('bodies', 'bodies'));
  return counts;
}
