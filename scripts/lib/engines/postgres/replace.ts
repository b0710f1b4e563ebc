/**
 * Replaces a database with a new one. The new one is loaded under a name of its own; then both change their names in one
 * transaction; the old one is dropped once the new one serves. So whenever this ends, the name leads to one of the two.
 */
import { randomBytes } from 'node:crypto';
import { identifier, literal } from '../../../../src/adapters/databases/postgres/psql.ts';
import {
  isLocaleError,
  localeOptions,
} from '../../../../src/adapters/databases/postgres/scratch/scratch-statements.ts';
import type { DatabaseLocale } from '../../../../src/domain/dump.ts';
import { type Connection, elsewhere } from '../../../../src/dump/engines/postgres/connection.ts';
import type { ClientTools } from '../../../../src/dump/engines/postgres/tools.ts';
import { BackupError, ConfigurationError, explain, explainInLine } from '../../../../src/runtime/errors.ts';
import { type Ask, createOptions, type Properties, propertiesOf } from './database-properties.ts';
import { sql } from './server.ts';

/** Bytes of a name that PostgreSQL keeps: NAMEDATALEN - 1 (manual, 4.1.1). It cuts longer ones, and says so only in a notice. */
const nameBytes = 63;

/**
 * Names of the new database until it serves, and of the old one from then on. They hold nothing of the user's name, which
 * might be cut, and are random, so that no other database has them.
 */
export function helperNames(random: (bytes: number) => Buffer = randomBytes): { fresh: string; aside: string } {
  const suffix = random(8).toString('hex');
  return { fresh: `holdfast_new_${suffix}`, aside: `holdfast_old_${suffix}` };
}

/** Comments by which a later run knows what a dead one left. Only what has one of them, and such a name, is ever dropped. */
export const notes = {
  fresh: (database: string) => `made by Holdfast to replace the database ${database}; unfinished`,
  aside: (database: string) => `replaced by Holdfast with a new database ${database}; not needed once that one serves`,
};

export interface Replacement {
  readonly ask: Ask;
  /** The server, in a database that always exists, and is not the target. */
  readonly maintenance: Connection;
  readonly target: Connection;
  /** Comment on the new database. */
  readonly comment: string;
  /** Fills the new database. */
  readonly load: (fresh: Connection) => Promise<void>;
  /** How a database that does not exist yet stores text; default: UTF-8, as the server sorts it. */
  readonly locale?: DatabaseLocale | undefined;
  /** Gets what the reader should know. */
  readonly tell: (text: string) => void;
}

/** Statements go through psql, and what the reader should know goes to standard error. */
export function replacementWith(tools: ClientTools): Pick<Replacement, 'ask' | 'tell'> {
  return {
    // A server may still be set to read backslashes in literals.
    ask: (connection, statements) => sql(tools, connection, `SET standard_conforming_strings = on;\n${statements}`),
    tell: (text) => console.error(text),
  };
}

/**
 * Loads a new database beside the old one, and replaces the old one only when all went well. The new one gets the owner,
 * the rights, the settings and the locale of the old one.
 * @throws when it cannot be loaded, or does not serve; then the old one has its name
 */
export async function replaceDatabase(replacement: Replacement): Promise<void> {
  const { ask, maintenance, target, load } = replacement;
  const { fresh, aside } = helperNames();
  const old = await propertiesOf(ask, maintenance, target.database, fresh);
  const left = await findLeft(replacement, old);
  await create(replacement, fresh, old);
  try {
    await ask(maintenance, commentOn(fresh, notes.fresh(target.database)));
    await load(elsewhere(target, fresh));
    await swap(replacement, { fresh, aside, old });
  } catch (error) {
    await drop(replacement, fresh, notes.fresh(target.database)).catch(() => {});
    throw error;
  }
  for (const name of old === undefined ? left : [...left, aside]) await dropAside(replacement, name);
}

/** The new database is like the old one; without one, like the source of the dump, as far as the server knows its locale. */
async function create(
  { ask, maintenance, locale, tell }: Replacement,
  fresh: string,
  old: Properties | undefined,
): Promise<void> {
  const options = old === undefined && locale ? localeOptions(locale) : [{ sql: createOptions(old) }];
  for (const [at, { sql: option, instead }] of options.entries()) {
    try {
      await ask(maintenance, `CREATE DATABASE ${identifier(fresh)} TEMPLATE template0 ${option}`);
      if (instead)
        tell(`the server does not know the locale ${locale?.collate} of the source; the database has ${instead}`);
      return;
    } catch (error) {
      if (at === options.length - 1 || !isLocaleError((error as Error).message)) throw error;
    }
  }
}

function commentOn(database: string, comment: string | null): string {
  return `COMMENT ON DATABASE ${identifier(database)} IS ${comment === null ? 'NULL' : literal(comment)}`;
}

/**
 * Drops the unfinished databases of dead runs for the same target.
 * @returns the databases that earlier runs set aside
 * @throws ConfigurationError for a target that cannot be replaced; BackupError when only a database set aside is left of it
 */
async function findLeft(replacement: Replacement, old: Properties | undefined): Promise<readonly string[]> {
  const { ask, maintenance, target, tell } = replacement;
  const name = target.database;
  const [bytes, found] = JSON.parse(
    await ask(
      maintenance,
      `SELECT jsonb_build_array(octet_length(${literal(name)}), (SELECT coalesce(jsonb_agg(jsonb_build_object(
  'name', datname, 'note', shobj_description(oid, 'pg_database'), 'busy', EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND backend_type = 'client backend')) ORDER BY datname), '[]')
  FROM pg_database d WHERE datname ~ '^holdfast_(new|old)_[0-9a-f]{16}$'))`,
    ),
  ) as [number, { name: string; note: string | null; busy: boolean }[]];
  refuse(name, bytes, old?.datistemplate === true);
  const aside = found.filter(({ note }) => note === notes.aside(name)).map((one) => one.name);
  if (old === undefined && aside.length > 0)
    throw new BackupError({
      what: `there is no database ${name}, but ${aside.join(', ')} holds what it held before it was replaced; nothing was changed`,
      likelyCause: `somebody dropped or renamed ${name} after an earlier run`,
      fix: `give it its name back (ALTER DATABASE ${aside.at(-1)} RENAME TO ${identifier(name)}), or drop it; then run again`,
    });
  for (const one of found.filter(({ note }) => note === notes.fresh(name))) {
    if (one.busy) tell(`${one.name}, which another run is loading for ${name}, is left alone`);
    else await drop(replacement, one.name, notes.fresh(name));
  }
  for (const one of aside) tell(`${one}, which an earlier run set aside, is dropped once the new database serves`);
  return aside;
}

/** @param bytes of the name as the server stores it @throws ConfigurationError */
function refuse(name: string, bytes: number, isTemplate: boolean): void {
  const problem =
    name === 'postgres'
      ? 'the database postgres is needed to replace others; allowed: any other database'
      : bytes > nameBytes
        ? `the name of the database has ${bytes} bytes, of which PostgreSQL keeps the first ${nameBytes}; allowed: the name that the server has, at most ${nameBytes} bytes`
        : isTemplate
          ? `the database ${name} is a template of others; allowed: any other database`
          : undefined;
  if (problem !== undefined)
    throw new ConfigurationError({ what: 'one option is wrong; nothing was changed', problems: [`--to: ${problem}`] });
}

/** Drops a database, but never one without this comment. */
async function drop({ ask, maintenance }: Replacement, database: string, comment: string): Promise<void> {
  const own = `FROM pg_database WHERE datname = ${literal(database)} AND shobj_description(oid, 'pg_database') = ${literal(comment)}`;
  // PostgreSQL 12 knows no DROP DATABASE … WITH (FORCE). DROP DATABASE waits five seconds for sessions to end.
  await ask(
    maintenance,
    `${endSessions(database)} AND EXISTS (SELECT ${own});
SELECT format('DROP DATABASE %I', datname) ${own} \\gexec
SELECT 1`,
  );
}

interface Swap {
  readonly fresh: string;
  /** The new name of the old database. */
  readonly aside: string;
  readonly old: Properties | undefined;
}

/** Attempts at a rename: clients of a busy database may connect again between the end of their sessions and its lock. */
const attempts = 5;

/** Changes the names, and changes them back if the new database does not serve. */
async function swap(replacement: Replacement, names: Swap): Promise<void> {
  const { ask, target } = replacement;
  await changeNames(replacement, names);
  try {
    await ask(target, 'SELECT 1');
  } catch (error) {
    if (names.old === undefined) throw error;
    await changeBack(replacement, names, names.old);
    throw new BackupError({
      what: `the new database did not serve, so ${target.database} is the old one again: ${explain(error).what}`,
      cause: error,
    });
  }
}

async function changeNames(replacement: Replacement, names: Swap): Promise<void> {
  const { ask, maintenance, target, tell } = replacement;
  for (let attempt = 1; ; attempt += 1)
    try {
      await ask(maintenance, swapStatements(replacement, names));
      return;
    } catch (error) {
      const { what, detail = '' } = explain(error);
      // SQLSTATE object_in_use.
      if (attempt >= attempts || !/\b55006: /.test(`${what}\n${detail}`)) throw error;
      tell(`${target.database} is in use; its sessions are ended once more`);
    }
}

async function changeBack(
  { ask, maintenance, target }: Replacement,
  { fresh, aside }: Swap,
  { note }: Properties,
): Promise<void> {
  const name = target.database;
  const statements = [
    'BEGIN',
    endSessions(name),
    rename(name, fresh),
    commentOn(fresh, notes.fresh(name)),
    rename(aside, name),
    commentOn(name, note),
    'COMMIT',
  ];
  await ask(maintenance, statements.join(';\n')).catch((error: unknown) => {
    throw new BackupError({
      what: `the new database ${name} does not serve; ${aside} holds what ${name} held before, and could not get its name back`,
      fix: `rename both by hand: ALTER DATABASE ${aside} RENAME TO ${identifier(name)}`,
      cause: error,
    });
  });
}

/** The server itself ends the workers of autovacuum, which only superusers may do. */
const endSessions = (database: string): string =>
  `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${literal(database)} AND backend_type <> 'autovacuum worker'`;

const rename = (from: string, to: string): string => `ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`;

function swapStatements({ target, comment }: Replacement, { fresh, aside, old }: Swap): string {
  const name = target.database;
  const setAside = [endSessions(name), rename(name, aside), commentOn(aside, notes.aside(name))];
  return [
    // So that errors show their SQLSTATE, whatever language the server speaks.
    '\\set VERBOSITY verbose\nBEGIN',
    commentOn(fresh, comment),
    ...(old === undefined ? [] : [...old.statements, ...setAside]),
    endSessions(fresh),
    rename(fresh, name),
    'COMMIT',
  ].join(';\n');
}

/** The new database serves: what goes wrong here costs only space. */
async function dropAside(replacement: Replacement, aside: string): Promise<void> {
  const { target, tell } = replacement;
  try {
    await drop(replacement, aside, notes.aside(target.database));
  } catch (error) {
    tell(
      `warning: ${aside}, which holds what ${target.database} held before, could not be dropped (${explainInLine(error)}); the next run drops it`,
    );
  }
}
