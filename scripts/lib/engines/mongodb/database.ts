/** A database of a server of MongoDB: what it holds, and how loaded collections get their names. */
import { hostname } from 'node:os';
import type { Db, MongoClient } from 'mongodb';
import { mongoFailed } from '../../../../src/adapters/databases/mongodb/causes.ts';
import type { Dumped } from './dump-file.ts';
import { isSwapped } from './parameters.ts';

/** Name of the collection in which these commands note what they made. */
export const noteCollection = 'holdfast_note';
const loadedId = 'loaded';
const prefixShape = /^holdfast_new_[0-9a-f]{12}_/;

interface Note {
  readonly _id: string;
  readonly text: string;
  readonly host?: string;
  readonly process?: number;
  readonly at: Date;
}

const notesOf = (db: Db) => db.collection<Note>(noteCollection);

/** Whether it holds nothing but what these commands noted. @throws BackupError */
export async function isEmpty(client: MongoClient, database: string): Promise<boolean> {
  return (await namesIn(client.db(database))).every((name) => name === noteCollection || prefixShape.test(name));
}

async function namesIn(db: Db): Promise<readonly string[]> {
  try {
    const found = await db.listCollections({}, { nameOnly: true }).toArray();
    return found
      .map(({ name }) => name)
      .filter((name) => name !== 'system.views' && !name.startsWith('system.buckets.'));
  } catch (error) {
    throw mongoFailed(`the collections of ${db.databaseName} could not be listed`, error);
  }
}

export async function loadedNote(client: MongoClient, database: string): Promise<string | undefined> {
  return (await notesOf(client.db(database)).findOne({ _id: loadedId }))?.text;
}

/** Notes by whom a database was loaded; undefined for nobody that matters. */
export async function noteLoaded(client: MongoClient, database: string, text: string | undefined): Promise<void> {
  const notes = notesOf(client.db(database));
  if (text !== undefined) await notes.replaceOne({ _id: loadedId }, { text, at: new Date() }, { upsert: true });
  else await notes.drop().catch(() => {});
}

/** Notes that collections with this prefix are being loaded, and removes those that dead runs left. */
export async function beginBeside(client: MongoClient, database: string, prefix: string): Promise<void> {
  const db = client.db(database);
  for (const note of await notesOf(db).find({ _id: prefixShape }).toArray())
    if (isOver(note)) await discardBeside(client, database, note._id);
  const text = `being loaded to replace the collections of ${database}`;
  await notesOf(db).insertOne({ _id: prefix, text, host: hostname(), process: process.pid, at: new Date() });
}

/** Milliseconds after which nobody loads any more. */
const longest = 24 * 60 * 60 * 1000;

/** Whether the run that left a note is over: its process has ended, or, on another computer, a day has gone by. */
function isOver({ host, process: id, at }: Note): boolean {
  if (host !== hostname() || id === undefined) return Date.now() - at.getTime() > longest;
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export async function discardBeside(client: MongoClient, database: string, prefix: string): Promise<void> {
  const db = client.db(database);
  for (const name of await namesIn(db)) if (name.startsWith(prefix)) await db.dropCollection(name);
  await notesOf(db).deleteOne({ _id: prefix });
}

/**
 * Gives loaded collections their names. Each of them changes from old to new at once (MongoDB manual, renameCollection,
 * dropTarget); all of them together do not.
 * @returns whether a server without dropTarget had no collection of a name for a moment
 * @throws BackupError that names the collection at which it ended
 */
export async function swapCollections(
  client: MongoClient,
  database: string,
  prefix: string,
  contents: readonly Dumped[],
): Promise<{ readonly gaps: boolean }> {
  const db = client.db(database);
  const old = new Map(
    (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name, type }) => [name, type ?? 'collection']),
  );
  let gaps = false;
  for (const { collection } of contents.filter(isSwapped)) {
    try {
      // A view or a time series is no target.
      if (old.has(collection) && old.get(collection) !== 'collection') await db.dropCollection(collection);
      gaps = (await rename(db, `${prefix}${collection}`, collection, old.has(collection))) || gaps;
    } catch (error) {
      throw mongoFailed(
        `the collection ${database}.${collection} could not be replaced; those before it are new, those after it old`,
        error,
      );
    }
  }
  const kept = new Set([noteCollection, ...contents.map(({ collection }) => collection)]);
  for (const name of await namesIn(db))
    if (!kept.has(name) && !prefixShape.test(name) && !name.startsWith('system.')) await db.dropCollection(name);
  return { gaps };
}

/** @returns whether there was no collection of that name for a moment */
async function rename(db: Db, from: string, to: string, there: boolean): Promise<boolean> {
  try {
    await db.renameCollection(from, to, { dropTarget: true });
    return false;
  } catch (error) {
    // FerretDB 1 knows no dropTarget.
    if (!/dropTarget/.test((error as Error).message)) throw error;
    if (there) await db.dropCollection(to);
    await db.renameCollection(from, to);
    return there;
  }
}
