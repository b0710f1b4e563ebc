/** What a database holds besides tables: views, triggers, routines, events. RENAME TABLE moves none of them. */
import type { ServerError, Session } from '../../../../src/adapters/databases/mysql/session.ts';
import { literal, quoted } from '../../../../src/dump/engines/mysql/names.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';
import { definer } from './dump-filter.ts';
import { noteTable } from './server.ts';

type Kind = 'VIEW' | 'TRIGGER' | 'EVENT' | 'FUNCTION' | 'PROCEDURE' | 'PACKAGE' | 'PACKAGE BODY';

interface Definition {
  readonly kind: Kind;
  readonly name: string;
  readonly sql: string;
  /** Settings of the session in which it was made, which it keeps. */
  readonly settings: readonly string[];
}

/** In the order in which they can be made: views may use functions, triggers and events anything. */
const order: readonly Kind[] = ['PACKAGE', 'PACKAGE BODY', 'FUNCTION', 'PROCEDURE', 'VIEW', 'TRIGGER', 'EVENT'];

const lists: Readonly<Record<string, string>> = {
  routines: 'SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ',
  views: "SELECT 'VIEW', TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'VIEW' AND TABLE_SCHEMA = ",
  triggers: "SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ",
  events: "SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ",
};

/** Position of the statement in the answer of SHOW CREATE, and of the settings (MySQL manual, "SHOW Statements"). */
const columns: Readonly<Record<Kind, { sql: number; mode?: number; zone?: number; collation: number }>> = {
  VIEW: { sql: 1, collation: 3 },
  TRIGGER: { sql: 2, mode: 1, collation: 4 },
  EVENT: { sql: 3, mode: 1, zone: 2, collation: 5 },
  FUNCTION: { sql: 2, mode: 1, collation: 4 },
  PROCEDURE: { sql: 2, mode: 1, collation: 4 },
  PACKAGE: { sql: 2, mode: 1, collation: 4 },
  'PACKAGE BODY': { sql: 2, mode: 1, collation: 4 },
};

/** The objects of a database, as the server words them there: names in it are without that of the database. */
export async function objectsOf(session: Session, database: string): Promise<readonly Definition[]> {
  await session.mustAsk(`USE ${quoted(database)}`);
  const found: Definition[] = [];
  for (const [what, question] of Object.entries(lists)) {
    const sql = question + literal(database);
    const rows = what === 'events' ? await session.ask(sql).catch(() => []) : await session.mustAsk(sql);
    for (const [kind, name] of rows) found.push(await definitionOf(session, kind as Kind, name ?? ''));
  }
  return found.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

async function definitionOf(session: Session, kind: Kind, name: string): Promise<Definition> {
  const [row = []] = await session.mustAsk(`SHOW CREATE ${kind} ${quoted(name)}`);
  const at = columns[kind];
  const setting = (variable: string, index: number | undefined): readonly string[] => {
    const value = index === undefined ? undefined : row[index];
    return value === undefined || value === null ? [] : [`SET SESSION ${variable} = ${literal(value)}`];
  };
  const sql = row[at.sql];
  // The server shows a routine of another account without its body to those who may only run it.
  if (!sql)
    throw new BackupError({
      what: `this account may not read the definition of the ${kind.toLowerCase()} ${name}, which would be lost; nothing was changed`,
      fix: 'use an account that may: GRANT SHOW_ROUTINE ON *.* (MySQL 8.0.20 and newer), GRANT SHOW CREATE ROUTINE (MariaDB 11.3 and newer), or GRANT SELECT ON mysql.proc',
    });
  return {
    kind,
    name,
    sql,
    settings: [
      ...setting('sql_mode', at.mode),
      ...setting('time_zone', at.zone),
      ...setting('collation_connection', at.collation),
    ],
  };
}

/** @throws BackupError with the server's words when one cannot be made, and no other makes it possible */
export async function makeObjects(session: Session, database: string, objects: readonly Definition[]): Promise<void> {
  await session.mustAsk(`USE ${quoted(database)}`);
  const mode = await session.value('SELECT @@SESSION.sql_mode');
  const [before] = await session.mustAsk('SELECT @@SESSION.time_zone, @@SESSION.collation_connection');
  try {
    let waiting = objects;
    // Views on views, and functions that views use: whatever order the server lists them in.
    while (waiting.length > 0) {
      const refused: Definition[] = [];
      let why: unknown;
      for (const one of waiting)
        await make(session, one).catch((error: unknown) => {
          refused.push(one);
          why ??= error;
        });
      if (refused.length === waiting.length) throw why;
      waiting = refused;
    }
  } finally {
    for (const [variable, value] of [
      ['sql_mode', mode],
      ['time_zone', before?.[0]],
      ['collation_connection', before?.[1]],
    ])
      if (typeof value === 'string') await session.value(`SET SESSION ${variable} = ${literal(value)}`);
  }
}

async function make(session: Session, { sql, settings }: Definition): Promise<void> {
  for (const setting of settings) await session.ask(setting);
  const error = await session.ask(sql).then(
    () => undefined,
    (refused: ServerError) => refused,
  );
  // ER_SPECIFIC_ACCESS_DENIED_ERROR: only some accounts may make what runs as another one.
  if (error !== undefined) await session.mustAsk(error.errno === 1227 ? sql.replace(definer, '$1') : sql);
}

/** @param kinds undefined for all */
export async function dropObjects(session: Session, database: string, kinds?: readonly Kind[]): Promise<void> {
  for (const { kind, name } of (await objectsOf(session, database)).toReversed())
    if (kinds === undefined || kinds.includes(kind))
      await session.mustAsk(`DROP ${kind} IF EXISTS ${quoted(database)}.${quoted(name)}`);
}

/** Names of all that RENAME TABLE moves: tables and sequences. */
export async function tablesOf(session: Session, database: string): Promise<readonly string[]> {
  const rows = await session.mustAsk(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(database)} AND TABLE_TYPE NOT LIKE '%VIEW' AND TABLE_NAME <> '${noteTable}'`,
  );
  return rows.map(([name]) => name ?? '');
}
