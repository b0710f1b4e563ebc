/** Has a scratch server word the definitions of the source: another series shows some otherwise. */

import type { Catalogue, Table } from '../../../../dump/engines/mysql/catalogue.ts';
import { textAndAttributes } from '../../../../dump/engines/mysql/fingerprint/normal-form.ts';
import { literal, quoted, shownDatabase, shownName } from '../../../../dump/engines/mysql/names.ts';
import type { ServerIdentity } from '../../../../dump/engines/mysql/server.ts';
import { factsOf } from '../../../../dump/engines/mysql/sql/archived.ts';
import type { DefinitionFacts } from '../../../../ports/dump-engine.ts';
import { readCatalogue } from '../catalogue.ts';
import { readDefinitions } from '../definitions.ts';
import type { Session } from '../session.ts';
import type { Marker } from './marker.ts';

export interface RewordOptions {
  readonly session: Session;
  readonly server: ServerIdentity;
  readonly marker: Marker;
  /** Definitions of the source. */
  readonly sql: ReadonlyMap<string, string>;
  /** Those that the copy has otherwise. */
  readonly ids: readonly string[];
  /** Tables and views of the copy. */
  readonly tables: readonly Table[];
  readonly shownAs: (database: string) => string;
  /** Whether it is the release of the source: then tables, views and triggers have its words. */
  readonly sameRelease: boolean;
}

/** The texts of triggers stay as they were written; those of the others depend on nothing but the tables that views name. */
const alone = /^(TABLE|FUNCTION|PROCEDURE|EVENT|PACKAGE|PACKAGE BODY) /;
/** A server that was upgraded keeps their words as the release wrote them that made them, such as the type of what a function returns. */
const kept = /^(FUNCTION|PROCEDURE|EVENT|PACKAGE|PACKAGE BODY) /;

/** What the server refuses stays away. The copy must have been read. */
export async function reword(options: RewordOptions): Promise<DefinitionFacts> {
  const { session, server, marker, sql, ids, sameRelease } = options;
  const name = `${marker.name}_reworded`;
  await marker.makeDatabase(name, '');
  await session.ask('SET foreign_key_checks = 0');
  const own = new Map<string, string>();
  for (const id of ids) {
    const given = sql.get(id) ?? '';
    if (sameRelease) own.set(id, given);
    if (sameRelease && !kept.test(id)) continue;
    const { text, attributes, sqlMode } = textAndAttributes(given);
    try {
      const words = id.startsWith('VIEW ')
        ? await wordsOfView(options, id, text)
        : alone.test(id)
          ? await wordsOfOther(session, server, name, { id, text, sqlMode })
          : undefined;
      if (words !== undefined) own.set(id, `${textAndAttributes(words).text}${attributes}`);
    } catch {
      // What this server refuses, it refused in the restore, too, where it is told.
    }
  }
  return factsOf(own);
}

interface Wording {
  readonly id: string;
  readonly text: string;
  readonly sqlMode: string | undefined;
}

/** In a database of its own. */
async function wordsOfOther(
  session: Session,
  server: ServerIdentity,
  database: string,
  { id, text, sqlMode = '' }: Wording,
): Promise<string | undefined> {
  await session.ask(`USE ${quoted(database)}`);
  await session.ask(`SET sql_mode = ${literal(sqlMode)}`);
  try {
    await session.ask(text);
    await session.ask("SET sql_mode = ''");
    const catalogue = await readCatalogue(session, server, [database]);
    const { definitions } = await readDefinitions(catalogue, { session, server });
    const prefix = `${id.slice(0, id.indexOf(' '))} ${shownDatabase(database)}.`;
    return [...definitions].find(([other]) => other.startsWith(prefix))?.[1];
  } finally {
    await session.ask("SET sql_mode = ''");
    await session.ask(`DROP DATABASE ${quoted(database)}`);
    await session.ask(`CREATE DATABASE ${quoted(database)}`);
  }
}

/** Under another name beside the copy of the view, since it needs the tables. */
async function wordsOfView(
  { session, server, marker, tables, shownAs }: RewordOptions,
  id: string,
  text: string,
): Promise<string | undefined> {
  const view = tables.find(({ kind, shown }) => kind === 'view' && `VIEW ${shown}` === id);
  if (view === undefined) return undefined;
  const place = `VIEW ${quoted(view.name)}`;
  const other = `VIEW ${quoted(marker.name)}`;
  await session.ask(`USE ${quoted(view.database)}`);
  await session.ask(text.replace(place, () => other));
  try {
    const shown = shownName(view.database, marker.name);
    const catalogue: Catalogue = { databases: [], tables: [{ ...view, name: marker.name, shown }], objects: [] };
    const { definitions } = await readDefinitions(catalogue, { session, server }, shownAs);
    return definitions.get(`VIEW ${shown}`)?.replace(other, () => place);
  } finally {
    await session.ask(`DROP ${other}`);
  }
}
