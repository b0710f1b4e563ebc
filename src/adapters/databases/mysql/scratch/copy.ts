/** Reads a restored copy as its source was read. */
import type { TableFingerprint } from '../../../../domain/dump.ts';
import { countObjects } from '../../../../dump/engines/mysql/catalogue.ts';
import { unlike } from '../../../../dump/engines/mysql/compare/compare-definitions.ts';
import { formOf } from '../../../../dump/engines/mysql/fingerprint/row-text.ts';
import { quotedPair } from '../../../../dump/engines/mysql/names.ts';
import type { ServerIdentity } from '../../../../dump/engines/mysql/server.ts';
import { factsOf } from '../../../../dump/engines/mysql/sql/archived.ts';
import type { DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { readCatalogue } from '../catalogue.ts';
import { readDefinitions } from '../definitions.ts';
import { hasRows, readRows } from '../rows.ts';
import type { Session } from '../session.ts';
import type { Marker } from './marker.ts';
import { reword } from './reword.ts';

export interface CopyOptions {
  readonly session: Session;
  readonly server: ServerIdentity;
  readonly source: DescribedFingerprint;
  /** Names on this server by those of the source. */
  readonly names: ReadonlyMap<string, string>;
  readonly columns?: boolean | undefined;
  /** Whether rows of former times are read, too. */
  readonly history: boolean;
  readonly marker: Marker;
}

export async function readCopy(
  { session, server, source, names, columns = false, history, marker }: CopyOptions,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Promise<DescribedFingerprint> {
  const startedAt = clock.now();
  const own = new Map([...names].map(([name, other]) => [other, name]));
  const shownAs = (database: string): string => own.get(database) ?? database;
  const catalogue = await readCatalogue(session, server, [...names.values()], shownAs);
  const expected = new Map<string, TableFingerprint>(source.tables.map((table) => [table.name, table]));
  const requests = catalogue.tables.filter(hasRows).map((table) => {
    const of = expected.get(table.shown);
    return {
      table,
      form: formOf(of?.checksum ?? ''),
      history,
      ...(of?.classes ? { classes: of.classes.length } : { columns }),
    };
  });
  const rows = await readRows([session], requests, signal);
  const read = await readDefinitions(catalogue, { session, server }, shownAs);
  const { figures, sql } = factsOf(read.definitions);
  const sequences: Record<string, string> = { ...read.counters };
  for (const { kind, database, name, shown } of catalogue.tables) {
    if (kind !== 'sequence') continue;
    const value = await session.value(`SELECT next_not_cached_value FROM ${quotedPair(database, name)}`);
    if (value !== undefined) sequences[shown] = value;
  }
  const unread = [...rows.unread, ...read.unread];
  const copy: DescribedFingerprint = {
    takenAt: startedAt.toISOString(),
    seconds: (clock.now().getTime() - startedAt.getTime()) / 1000,
    serverVersion: server.text,
    tables: rows.tables,
    sequences,
    extensions: {},
    objects: countObjects(catalogue),
    definitions: figures.definitions,
    sql,
    ...(unread.length > 0 ? { unread } : {}),
  };
  const others = unlike(source, copy);
  if (others.length === 0 || source.sql === undefined) return copy;
  const { tables } = catalogue;
  const sameRelease = release(source.serverVersion) === release(copy.serverVersion);
  const reworded = await reword({
    session,
    server,
    marker,
    sql: source.sql,
    ids: others,
    tables,
    shownAs,
    sameRelease,
  });
  return { ...copy, reworded };
}

/** A server with a binary log or another log adds a word to its version (MySQL manual, VERSION()). */
const release = (version: string): string => version.replace(/-log$/, '');
