/** Databases on a scratch server, into which a dump is restored, and which are read and removed again. */

import type { DumpFingerprint } from '../../../../domain/dump.ts';
import { type Connection, elsewhere } from '../../../../dump/engines/mysql/connection.ts';
import { withMb3 } from '../../../../dump/engines/mysql/fingerprint/normal-form.ts';
import { quoted, shownDatabase } from '../../../../dump/engines/mysql/names.ts';
import {
  atLeast,
  bestCharset,
  familyOf,
  lettersApart,
  type ServerIdentity,
  shownServer,
} from '../../../../dump/engines/mysql/server.ts';
import { hashOf } from '../../../../dump/engines/mysql/sql/archived.ts';
import { chooseClient, clientPrograms } from '../../../../dump/engines/mysql/tools.ts';
import type { DescribedFingerprint, Scratch } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { openSession } from '../catalogue.ts';
import { findPrograms } from '../programs.ts';
import type { Session } from '../session.ts';
import { readCopy } from './copy.ts';
import { identityOf } from './identity.ts';
import { dropMarked, Marker } from './marker.ts';
import { restoreSql } from './restore.ts';

export interface ScratchOptions {
  /** An account that may do everything on the scratch server. */
  readonly connection: Connection;
  readonly owner: string;
  readonly source: DumpFingerprint;
  /** Of the source; undefined when the server is not known, as for an archive of elsewhere. */
  readonly sourceServer: ServerIdentity | undefined;
  /** What tells the source's server from others. */
  readonly sourceIdentity: string | undefined;
  readonly databases: readonly string[];
  /** Whether the dump holds the names of its databases. */
  readonly withNames: boolean;
  /** Whether the dump holds rows of former times. */
  readonly history: boolean;
  readonly workDirectory: string;
}

type Context = Pick<WorkContext, 'clock' | 'signal'>;

/** @throws BackupError when the server cannot take the dump, with the reason */
export async function createScratch(options: ScratchOptions, context: Context): Promise<Scratch> {
  const { connection, owner, workDirectory } = options;
  const open = async (signal: AbortSignal | undefined): Promise<{ session: Session; server: ServerIdentity }> =>
    openSession({ connection: elsewhere(connection, undefined), signal, what: 'the scratch server' });
  const { session, server } = await open(context.signal);
  try {
    await checkServer(session, server, options);
    const client = chooseClient(await findPrograms(clientPrograms, context.signal), server);
    const notes = [`restored on ${shownServer(server)}`];
    const scheduler = await stopEvents(session);
    if (scheduler !== undefined) notes.push(scheduler);
    notes.push(...lettersApart(options.sourceServer, server));
    await takeLargeRows(session);
    const marker = await Marker.make(session, owner);
    const drop = async (): Promise<void> => {
      await session.end();
      // It works after a cancelled run, too, hence without its signal.
      const other = await open(undefined);
      try {
        await dropMarked(other.session, marker.name);
      } finally {
        await other.session.end();
      }
    };
    try {
      const names = await makeDatabases(marker, session, options);
      const [only = ''] = options.databases;
      const target = options.withNames ? undefined : names.get(only);
      return {
        restore: (_, file) =>
          restoreSql(
            {
              client,
              connection: elsewhere(connection, target),
              charset: bestCharset(server),
              database: only,
              names,
              withoutOldModes: server.product !== 'MariaDB' && atLeast(server.version, 8),
              workDirectory,
              signal: context.signal,
              goOn: true,
            },
            file(),
          ),
        fingerprint: (source, columns) =>
          readCopy({ session, server, source, names, columns, history: options.history, marker }, context),
        notes: () => notes,
        drop,
      };
    } catch (error) {
      await drop().catch(() => {});
      throw error;
    }
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** @throws BackupError when the server is the source, or of another kind */
async function checkServer(session: Session, server: ServerIdentity, options: ScratchOptions): Promise<void> {
  const { sourceServer, sourceIdentity, connection } = options;
  if (sourceIdentity !== undefined && (await identityOf(session)) === sourceIdentity)
    throw new BackupError({
      what: `the server in scratch-url is the source itself (${connection.shown}), and nothing is restored there`,
      fix: 'give the URL of another server, such as a service container of the job',
      code: 'scratch-is-source',
    });
  if (sourceServer === undefined || sourceServer.product === 'Infobright') return;
  if (familyOf(sourceServer) === familyOf(server)) return;
  throw new BackupError({
    what: `the server in scratch-url is ${shownServer(server)}, and the source ${shownServer(sourceServer)}: the two store some values and definitions otherwise`,
    fix: `give a scratch-url of the source's product (image: ${familyOf(sourceServer) === 'mariadb' ? 'mariadb' : 'mysql'}:${sourceServer.version[0]}${familyOf(sourceServer) === 'mysql' ? `.${sourceServer.version[1]}` : ''})`,
    code: 'version-mismatch',
  });
}

/** Events would change the copy before it is read. @returns what a reader should know */
async function stopEvents(session: Session): Promise<string | undefined> {
  const state = await session.value('SELECT @@global.event_scheduler');
  if (state === undefined || !/^(ON|1)$/i.test(state)) return undefined;
  try {
    await session.ask('SET GLOBAL event_scheduler = OFF');
    return 'the event scheduler of the scratch server was switched off, so that no event changes a copy';
  } catch {
    return 'the event scheduler of the scratch server runs, and could not be switched off: an event may change the copy';
  }
}

/** The largest that a server takes (MySQL manual, max_allowed_packet). */
const largestPacket = 1_073_741_824;

/** The images of service containers refuse rows of more than 16 MB (MariaDB) or 64 MB. Where it is not granted, the refusal tells. */
async function takeLargeRows(session: Session): Promise<void> {
  if (Number(await session.value('SELECT @@global.max_allowed_packet')) >= largestPacket) return;
  await session.ask(`SET GLOBAL max_allowed_packet = ${largestPacket}`).catch(() => {});
}

/**
 * Several databases go into those of their own names, since the dump names them. A single one goes into another, so that jobs can
 * share a scratch server.
 * @returns names on the scratch server by those of the source
 * @throws BackupError when one of several is there already
 */
async function makeDatabases(
  marker: Marker,
  session: Session,
  options: ScratchOptions,
): Promise<ReadonlyMap<string, string>> {
  const { databases, withNames, connection } = options;
  const sql = await databaseWords(session, options);
  const names = new Map<string, string>();
  for (const database of databases) {
    // Every series knows this name of the character set.
    const charset = (sql.get(`DATABASE ${shownDatabase(database)}`) ?? '').replaceAll('utf8mb3', 'utf8');
    const name = withNames ? database : `${marker.name}_copy`;
    if (!(await marker.makeDatabase(name, charset)))
      throw new BackupError({
        what: `the scratch server has a database ${quoted(database)} already (${connection.shown}), and a dump of several databases is restored under their own names`,
        fix: 'give a scratch-url of a server without these databases, such as a service container of the job',
        code: 'scratch-taken',
      });
    names.set(database, name);
  }
  return names;
}

/** How the databases sort and store text. Of a kept dump, which may not say it, the receipt has the hash of one of few sentences. */
async function databaseWords(
  session: Session,
  { databases, source }: ScratchOptions,
): Promise<ReadonlyMap<string, string>> {
  const { sql = new Map<string, string>(), definitions = {} }: DescribedFingerprint = source;
  const ids = databases.map((one) => `DATABASE ${shownDatabase(one)}`).filter((id) => !sql.has(id) && definitions[id]);
  if (ids.length === 0) return sql;
  const pairs = await session.mustAsk(
    'SELECT character_set_name, collation_name FROM information_schema.collation_character_set_applicability',
  );
  const sentences = new Map(
    pairs.flatMap(([charset, collation]) =>
      // MariaDB lists `uca1400_ai_ci` once for several character sets, and calls it `utf8mb4_uca1400_ai_ci` elsewhere.
      [collation, `${charset}_${collation}`].map((name): [string, string] => {
        const words = `CHARACTER SET ${withMb3(charset ?? '')} COLLATE ${withMb3(name ?? '')}`;
        return [hashOf(words), words];
      }),
    ),
  );
  const found = ids.flatMap((id): [string, string][] => {
    const words = sentences.get(definitions[id] ?? '');
    return words === undefined ? [] : [[id, words]];
  });
  return new Map([...sql, ...found]);
}
