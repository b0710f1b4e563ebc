/**
 * Replaces a database with a new one. MySQL and MariaDB cannot rename a database. The new one is loaded beside the old one; then
 * one RENAME TABLE sets the old tables aside and puts the new ones in their place, which no session sees half done (MySQL manual,
 * "RENAME TABLE Statement"). Views, triggers, routines and events cannot be moved: they are dropped before and made anew after, so
 * for this moment they are missing.
 */
import { randomBytes } from 'node:crypto';
import type { Session } from '../../../../src/adapters/databases/mysql/session.ts';
import { literal, quoted, quotedPair } from '../../../../src/dump/engines/mysql/names.ts';
import { BackupError, explain, explainInLine } from '../../../../src/runtime/errors.ts';
import { dropObjects, makeObjects, objectsOf, tablesOf } from './objects.ts';
import { createNoted, noteTable, removeNote, stateOf, writeNote } from './server.ts';

/** Notes by which a later run knows what a dead one left. Only what has one of them, and such a name, is ever dropped. */
export const notes = {
  fresh: (database: string) => `made by Holdfast to replace the database ${database}; unfinished`,
  aside: (database: string) => `replaced by Holdfast with a new database ${database}; not needed once that one serves`,
};

/** A database that is loaded beside the one that it will replace. */
export interface Fresh {
  readonly name: string;
  readonly target: string;
  readonly session: Session;
}

/**
 * Makes the new database, with character set and collation of the old one.
 * @param options what the dump says of them, for a database that does not exist
 * @throws BackupError when tables elsewhere refer to the old one, or the account may not make databases; then nothing was changed
 */
export async function beginFresh(session: Session, target: string, options: string): Promise<Fresh> {
  await refuseReferences(session, target);
  const old = await stateOf(session, target);
  // What cannot be put back is refused before a long load, not after it.
  if (old.exists) await objectsOf(session, target);
  await sweep(session, target, 'fresh');
  const name = `holdfast_new_${randomBytes(8).toString('hex')}`;
  const own = old.exists ? ` CHARACTER SET ${old.charset} COLLATE ${old.collation}` : options;
  try {
    await createNoted(session, name, own, notes.fresh(target));
  } catch (error) {
    const { what } = explain(error);
    throw new BackupError({
      what: `the database ${name}, which shall replace ${target}, cannot be made: ${what}`,
      likelyCause: 'the account may use one database only',
      fix: `grant it the databases beside: GRANT ALL ON \`holdfast\\_%\`.* TO …; or restore into an empty database, without --replace`,
      cause: error,
    });
  }
  return { name, target, session };
}

/** Foreign keys follow a table that is renamed: those of other databases would refer to the old one, and keep it from being dropped. */
async function refuseReferences(session: Session, target: string): Promise<void> {
  const rows = await session.mustAsk(
    `SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE
     WHERE REFERENCED_TABLE_SCHEMA = ${literal(target)} AND TABLE_SCHEMA <> ${literal(target)} AND TABLE_SCHEMA NOT LIKE 'holdfast\\_%'`,
  );
  if (rows.length === 0) return;
  throw new BackupError({
    what: `tables of other databases have foreign keys to ${target} (${rows.map(([schema, table]) => `${schema}.${table}`).join(', ')}); nothing was changed`,
    fix: 'drop those keys first, and make them again afterwards; or restore into another database',
  });
}

/** Drops what is new, when it could not be loaded. */
export async function discardFresh({ session, name, target }: Fresh): Promise<void> {
  await drop(session, name, notes.fresh(target));
}

/**
 * Puts the new database in the place of the old one, which is dropped.
 * @param note what the database keeps, by which populatedb knows it again
 * @throws BackupError when it cannot; then the old one is as it was, unless the error says otherwise
 */
export async function finishFresh(fresh: Fresh, note: string | undefined): Promise<void> {
  const { session, target, name } = fresh;
  const old = await stateOf(session, target);
  if (!old.exists) {
    const { charset, collation } = await stateOf(session, name);
    await session.mustAsk(`CREATE DATABASE ${quoted(target)} CHARACTER SET ${charset} COLLATE ${collation}`);
  }
  await swap(fresh, old.exists);
  await (note === undefined ? removeNote(session, target) : writeNote(session, target, note));
  await drop(session, name, notes.fresh(target));
  await sweep(session, target, 'aside');
}

async function swap({ session, target, name }: Fresh, existed: boolean): Promise<void> {
  const before = await objectsOf(session, target);
  const after = await objectsOf(session, name);
  const aside = `holdfast_old_${randomBytes(8).toString('hex')}`;
  await createNoted(session, aside, '', notes.aside(target));
  const [oldTables, newTables] = [await tablesOf(session, target), await tablesOf(session, name)];
  await session.value('SET SESSION foreign_key_checks = 0');
  let moved = false;
  try {
    // A table that has triggers cannot go to another database, and a view keeps its name from a table.
    await dropObjects(session, name, ['TRIGGER', 'VIEW']);
    await dropObjects(session, target);
    await rename(session, [...pairs(oldTables, target, aside), ...pairs(newTables, name, target)]);
    moved = true;
    await makeObjects(session, target, after);
  } catch (error) {
    await undo().catch((other: unknown) => {
      throw new BackupError({
        what: `${target} could not be replaced, and is not as it was: ${explainInLine(other)}`,
        likelyCause: explainInLine(error),
        fix: `its old tables are in ${moved ? aside : target}; restore once more with --replace, or move them back with RENAME TABLE`,
        cause: error,
      });
    });
    throw new BackupError({
      what: `${target} could not be replaced, and is as it was: ${explain(error).what}`,
      cause: error,
    });
  }
  async function undo(): Promise<void> {
    if (moved) {
      await dropObjects(session, target);
      await rename(session, [...pairs(newTables, target, name), ...pairs(oldTables, aside, target)]);
      moved = false;
    }
    await makeObjects(session, target, before);
    if (!existed) await session.mustAsk(`DROP DATABASE ${quoted(target)}`);
    await drop(session, aside, notes.aside(target));
  }
}

type Pair = readonly [from: string, to: string];

const pairs = (tables: readonly string[], from: string, to: string): readonly Pair[] =>
  tables.map((table) => [quotedPair(from, table), quotedPair(to, table)]);

/** All or none. */
async function rename(session: Session, tables: readonly Pair[]): Promise<void> {
  if (tables.length > 0)
    await session.mustAsk(`RENAME TABLE ${tables.map(([from, to]) => `${from} TO ${to}`).join(', ')}`);
}

/** Drops a database, but never one without this note. */
async function drop(session: Session, database: string, note: string): Promise<void> {
  if ((await stateOf(session, database)).note !== note) return;
  await session.value('SET SESSION foreign_key_checks = 0');
  await session.mustAsk(`DROP DATABASE ${quoted(database)}`);
}

/** Drops what earlier runs left for this database: unfinished ones that nobody loads any more, or old ones. */
async function sweep(session: Session, target: string, kind: keyof typeof notes): Promise<void> {
  const rows = await session.mustAsk(
    `SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_NAME = '${noteTable}' AND TABLE_COMMENT = ${literal(notes[kind](target))}
     AND TABLE_SCHEMA REGEXP '^holdfast_(new|old)_[0-9a-f]{16}$' AND TABLE_SCHEMA NOT IN (SELECT DB FROM information_schema.PROCESSLIST WHERE DB IS NOT NULL)`,
  );
  for (const [name] of rows) await drop(session, name ?? '', notes[kind](target));
}
