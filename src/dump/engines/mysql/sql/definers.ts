/**
 * Takes from a dump what keeps another server, or an ordinary account, from restoring it: the accounts that objects were defined
 * by, the first line of MariaDB's tools, and the own database before names in tables, views and the heads of triggers; and puts
 * views in the order in which they can be made. Values and the texts of routines stay as they are: what is taken stands outside any quotes.
 *
 * An object whose DEFINER is missing belongs to the account that restores it (MySQL manual, "Stored Object Access Control"); to set
 * another one needs SUPER or SET_USER_ID.
 */
import { namePattern, quoted } from '../names.ts';
import { alterOfCurrent, triggerInCurrent, withoutOwnDatabase } from './own-database.ts';
import { splitStatements } from './splitter.ts';
import { ViewOrder } from './view-order.ts';

/** MariaDB's tools since 10.5.25, 10.6.18, 10.11.8 (MDEV-21178); MySQL's client and older ones refuse it. */
const sandboxLine = /^\/\*M?!999999\\- enable the sandbox mode \*\/\s*$/;

const definer = `DEFINER=${namePattern}(?:@${namePattern})?`;
const heads: readonly (readonly [RegExp, string])[] = [
  // Views: three comments, of which the second holds it.
  [new RegExp(`^(/\\*!50001 CREATE ALGORITHM=\\w+ \\*/\\s*/\\*!50013 )${definer} (SQL SECURITY )`), '$1$2'],
  // Triggers and events.
  [new RegExp(`^(/\\*!\\d{5,6} CREATE(?: OR REPLACE)?\\*/ )/\\*!\\d{5,6} ${definer} ?\\*/ `), '$1'],
  // Routines and packages.
  [new RegExp(`^((?:/\\*!\\d{5,6} )?CREATE (?:OR REPLACE )?)${definer} `), '$1'],
];
/** Names of accounts have 32 characters, or 80 in MariaDB, and 255 for the host; each may be doubled. */
const headBytes = 4096;

/** The statement without its definer. */
export function withoutDefiner(statement: Buffer): Buffer {
  const head = statement.subarray(0, headBytes).toString('latin1');
  for (const [pattern, replacement] of heads) {
    if (!pattern.test(head)) continue;
    return Buffer.concat([Buffer.from(head.replace(pattern, replacement), 'latin1'), statement.subarray(headBytes)]);
  }
  return statement;
}

/**
 * The tools restore in a mode that turns dates such as 30 February, which a server with ALLOW_INVALID_DATES keeps, into
 * 0000-00-00.
 */
const mode = /^(\/\*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO)(' \*\/)/;

function withInvalidDates(statement: Buffer): Buffer {
  if (statement.length > 200) return statement;
  const text = statement.toString('latin1');
  return mode.test(text) ? Buffer.from(text.replace(mode, '$1,ALLOW_INVALID_DATES$2'), 'latin1') : statement;
}

const tableOrView = /^(CREATE TABLE |\/\*!50001 CREATE ALGORITHM=)/;

const alters = /^ALTER DATABASE /;
const makesTrigger = /^\/\*!\d+ CREATE\*\/ \/\*!\d+ TRIGGER\b/i;

/** A statement that is restored into any database, since it names none. */
function ofCurrentDatabase(statement: Buffer, database: string | undefined): Buffer {
  if (database === undefined) return statement;
  const own = Buffer.from(database).toString('latin1');
  const head = statement.toString('latin1', 0, 100);
  const change = tableOrView.test(head)
    ? (sql: string) => withoutOwnDatabase(sql, quoted(own))
    : alters.test(head)
      ? (sql: string) => alterOfCurrent(sql, own)
      : makesTrigger.test(head)
        ? triggerInCurrent
        : undefined;
  return change ? Buffer.from(change(statement.toString('latin1')), 'latin1') : statement;
}

/**
 * @param source what a dump tool wrote
 * @param database the one that is dumped without its name; undefined for a dump that names its databases
 */
export async function* portable(source: AsyncIterable<Buffer>, database?: string): AsyncGenerator<Buffer> {
  const order = new ViewOrder();
  const changed = (statement: Buffer): Buffer =>
    withInvalidDates(ofCurrentDatabase(withoutDefiner(statement), database));
  for await (const piece of splitStatements(withoutSandboxLine(source)))
    for (const { kind, bytes } of order.push(piece)) yield kind === 'statement' ? changed(bytes) : bytes;
  for (const { kind, bytes } of order.end()) yield kind === 'statement' ? changed(bytes) : bytes;
}

/** Longer than that line. */
const firstBytes = 64;

/** Without the first line of MariaDB's tools. */
export async function* withoutSandboxLine(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < firstBytes && !head.includes(10)) continue;
    yield withoutFirst(head);
    head = undefined;
  }
  if (head !== undefined) yield withoutFirst(head);
}

function withoutFirst(head: Buffer): Buffer {
  const end = head.indexOf(10);
  const line = head.subarray(0, end < 0 ? head.length : end + 1);
  return line.length < firstBytes * 2 && sandboxLine.test(line.toString('latin1')) ? head.subarray(line.length) : head;
}
