/** The changes to restored dumps of MariaDB: those that are made to copies of its volumes, and some of dumps alone. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Change, readChanges as readSql } from '../changes.ts';

const volumes = fileURLToPath(new URL('../volumes/', import.meta.url));

const own = fileURLToPath(new URL('./', import.meta.url));

/** The server that volumes are tried with, too, and databases of its own. */
export const sourceSql: string = [volumes, own].map((folder) => readFileSync(`${folder}source.sql`, 'utf8')).join('\n');

export function readChanges(): readonly Change[] {
  return [...readSql(volumes).flatMap(asOfDump), ...readSql(own)];
}

/** What is not in a dump of databases, so that it cannot be changed in a copy; or changes the scratch server for all later copies. */
const notOfDumps: readonly RegExp[] = [
  /^@(pilot|clerk|locked_out|stowaway|master|watch|other_port): /,
  /: a view that could not be opened is missing$/,
  /: a table of an engine that is not installed any more$/,
  /: (log tables|settings of the server|the manual for the client)/,
  // Of what another account has made, the words differ, too.
  /: definer of /,
];

/** What must be noticed in a volume, and is not compared in the copy of a dump. */
const excluded: readonly (readonly [RegExp, string])[] = [
  [/^(last bit of a FLOAT|a large FLOAT by its smallest step)$/, 'a dump holds the six digits that the server writes'],
  [/^a database more$/, 'what a scratch server holds besides is not of the copy'],
  [/^comment of a database$/, 'the proof makes the databases of a copy itself'],
];

/** They are named in two ways, and two changes of one may not share a copy. */
const sequences: ReadonlySet<string> = new Set(['receipts_no', 'unused_no', 'second_no']);

function asOfDump(change: Change): readonly Change[] {
  const { what, at = '' } = change;
  if (notOfDumps.some((pattern) => pattern.test(`@${at}: ${what}`))) return [];
  const reason = excluded.find(([pattern]) => pattern.test(what))?.[1];
  const told: Change = reason === undefined ? change : { ...change, kind: 'excluded', what: `${what}: ${reason}` };
  // A dump has them, unlike a volume.
  if (/^rows of a MEMORY table/.test(what)) return [{ ...change, kind: 'data', what: 'rows of a MEMORY table' }];
  // Views and triggers of a table that is missing would seem to be noticed, whatever has changed in them.
  if (what === 'a table is missing') return [{ kind: told.kind, what, sql: told.sql }];
  return [sequences.has(at) ? { ...told, at: `harbour.${at}` } : told];
}
