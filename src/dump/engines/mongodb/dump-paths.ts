/**
 * Names of files in a dump folder, as `mongodump --out` gives them (mongo-tools, mongodump/prepare.go, outputPath): the
 * database as it is, the collection as Go's url.QueryEscape writes it; a name beyond 238 characters is cut, and a hash follows.
 */
import { createHash } from 'node:crypto';
import { minuteStamp } from '../../files.ts';

/** Leaves room for `.metadata.json.gz` in 255 bytes. */
const longest = 238;
const kept = 208;

/** Go's url.QueryEscape: everything but letters, digits and `-_.~` is written in hexadecimal, a space as `+`. */
function queryEscape(text: string): string {
  const hexadecimal = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, hexadecimal)
    .replaceAll('%20', '+');
}

function fileName(collection: string): string {
  const escaped = queryEscape(collection);
  if (escaped.length <= longest) return escaped;
  return `${escaped.slice(0, kept)}%24${createHash('sha1').update(collection).digest('base64url')}`;
}

export function documentsPath(database: string, collection: string): string {
  // The oplog has no database.
  if (database === '') return `${collection}.bson`;
  // mongodump writes the users of one database under names of its own, unescaped (CreateUsersRolesVersionIntentsForDB).
  const name = /^\$admin\.system\.(users|roles|version)$/.test(collection) ? collection : fileName(collection);
  return `${database}/${name}.bson`;
}

export function metadataPath(database: string, collection: string): string {
  return `${database}/${fileName(collection)}.metadata.json`;
}

/** Of a whole dump, since tools 100.12. */
export const preludePath = 'prelude.json';

/** What `prelude.json` says (mongo-tools, mongodump/mongodump.go, DumpPreludeMetadata). */
export function preludeJson(serverVersion: string, toolVersion: string): string {
  return JSON.stringify({ ServerVersion: serverVersion, ToolVersion: toolVersion });
}

/** Where the tarball of a dump unpacks to. @param takenAt ISO 8601 in UTC */
export function dumpFolder(takenAt: string): string {
  return `data/db/dump/${minuteStamp(takenAt)}`;
}
