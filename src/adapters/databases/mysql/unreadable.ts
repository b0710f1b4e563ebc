/** Finds the views and tables over which the tools would stumble, and with them the dump of the whole server. */
import type { Catalogue, Table } from '../../../dump/engines/mysql/catalogue.ts';
import type { LeftOut } from '../../../dump/engines/mysql/left-out.ts';
import { isDenied, isLate } from '../../../dump/engines/mysql/moment.ts';
import { quotedPair } from '../../../dump/engines/mysql/names.ts';
import { atLeast, type ServerIdentity } from '../../../dump/engines/mysql/server.ts';
import { adviceOn } from '../tool-output.ts';
import { mysqlCauses } from './causes.ts';
import type { ServerError, Session } from './session.ts';

/** ER_NO_SUCH_TABLE: dropped since it was listed. */
const gone = 1146;

/** Of these, the tools read no rows (check_if_ignore_table in mysqldump.c). */
const notRead: readonly string[] = ['MRG_MYISAM', 'FEDERATED'];

/** @throws BackupError when the connection is lost */
export async function unreadable(
  session: Session,
  server: ServerIdentity,
  { tables }: Catalogue,
): Promise<readonly LeftOut[]> {
  // Others may hold locks: who waits for one is not broken. Before 5.5.3, such a wait has no limit.
  let readsRows = atLeast(server.version, 5, 5, 3);
  if (readsRows) await session.mustAsk('SET lock_wait_timeout = 1');
  const found: LeftOut[] = [];
  for (const table of tables) {
    const error = await firstError(session, questions(table, readsRows));
    if (error === undefined) continue;
    if (isLate(error)) readsRows = false;
    const { kind, database, name, shown } = table;
    if (kind !== 'view' && (isDenied(error) || isLate(error) || error.errno === gone)) continue;
    const why = `${error.message}${error.errno === undefined ? '' : ` (${error.errno})`}`;
    const { fix = `repair or drop the ${kind === 'view' ? 'view' : 'table'}` } = adviceOn(why, 1, mysqlCauses);
    found.push({ kind, database, name, shown, why, fix });
  }
  return found;
}

function questions({ kind, database, name, engine }: Table, readsRows: boolean): readonly string[] {
  const place = quotedPair(database, name);
  if (kind === 'view') return [`SHOW FIELDS FROM ${place}`];
  if (kind === 'sequence') return [`SHOW CREATE SEQUENCE ${place}`];
  const row = readsRows && !notRead.includes(engine.toUpperCase()) ? [`SELECT 1 FROM ${place} LIMIT 1`] : [];
  return [`SHOW CREATE TABLE ${place}`, ...row];
}

async function firstError(session: Session, asked: readonly string[]): Promise<ServerError | undefined> {
  for (const question of asked)
    try {
      await session.ask(question);
    } catch (error) {
      // Of a connection that is lost, the next question tells.
      await session.mustAsk('DO 0');
      return error as ServerError;
    }
  return undefined;
}
