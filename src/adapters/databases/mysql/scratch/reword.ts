/** Has a scratch server word the definitions of the source: another series shows some otherwise. */
import { quoted, shownDatabase } from '../../../../dump/engines/mysql/names.ts';
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
}

/** Tables alone: what other objects are worded like depends on the tables that they name. Those that are refused stay away. */
export async function reword({ session, server, marker, sql, ids }: RewordOptions): Promise<DefinitionFacts> {
  const name = `${marker.name}_reworded`;
  await marker.makeDatabase(name, '');
  await session.ask(`USE ${quoted(name)}`);
  await session.ask('SET foreign_key_checks = 0');
  const own = new Map<string, string>();
  for (const id of ids) {
    const text = id.startsWith('TABLE ') ? sql.get(id) : undefined;
    if (text === undefined) continue;
    try {
      await session.ask(text);
      const { definitions } = await readDefinitions(await readCatalogue(session, server, [name]), { session, server });
      const prefix = `TABLE ${shownDatabase(name)}.`;
      const definition = [...definitions].find(([other]) => other.startsWith(prefix))?.[1];
      if (definition !== undefined) own.set(id, definition);
      await session.ask(`DROP DATABASE ${quoted(name)}`);
      await session.ask(`CREATE DATABASE ${quoted(name)}`);
      await session.ask(`USE ${quoted(name)}`);
    } catch {
      // What this server refuses, it refused in the restore, too, where it is told.
    }
  }
  return factsOf(own);
}
