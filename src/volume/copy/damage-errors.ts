/**
 * Which errors of a statement show that the data are damaged. Everything else leaves the copy unproven: the verification host may
 * lack files, memory, room, an engine, a key, a right or time. Numbers are those of the servers' lists of errors (sql/share/errmsg.txt;
 * below 1000 mysys/errors.c, mysys_err.h and include/my_base.h of MySQL 5.1 to 8.4 and MariaDB 5.5 to 11).
 */
export interface ServerError {
  readonly code: number;
  readonly message: string;
}

/** Errors that a server gives only where a file, a page or an index is not what it must be. */
const damage = new Set([
  9, // EE_EOFERR: a file ends too early
  126, // HA_ERR_CRASHED: an index is corrupted; as ER_NOT_KEYFILE, 1034
  127, // HA_ERR_CRASHED_ON_USAGE of old: the record file is crashed
  130, // HA_ERR_NOT_A_TABLE: incorrect file format
  134, // HA_ERR_RECORD_DELETED: a record was deleted already, or the file is crashed
  144, // HA_ERR_CRASHED_ON_REPAIR
  145, // HA_ERR_CRASHED_ON_USAGE
  175, // HA_ERR_FILE_TOO_SHORT
  176, // HA_ERR_WRONG_CRC
  180, // HA_ERR_INDEX_CORRUPT
  1032, // ER_KEY_NOT_FOUND: an index leads to a row that is not there
  1033, // ER_NOT_FORM_FILE
  1034, // ER_NOT_KEYFILE
  1035, // ER_OLD_KEYFILE
  1194, // ER_CRASHED_ON_USAGE
  1195, // ER_CRASHED_ON_REPAIR
  1712, // ER_INDEX_CORRUPT
  1932, // ER_NO_SUCH_TABLE_IN_ENGINE of MariaDB
]);

/** Errors of a file or a handler, whose message holds the number that tells why. */
const ofItsNumber = new Set([
  2, // EE_READ
  29, // EE_FILENOTFOUND
  1016, // ER_CANT_OPEN_FILE
  1017, // ER_FILE_NOT_FOUND
  1024, // ER_ERROR_ON_READ
  1030, // ER_GET_ERRNO
  1296, // ER_GET_ERRMSG
]);

/** Of those numbers: the handler's (my_base.h) that mean damage, and ENOENT, a file that is missing. */
const damagedWith = new Set([2, 126, 127, 130, 134, 144, 145, 175, 176, 180]);

/** Temporary tables are the host's: "Incorrect key file for table '/tmp/#sql_…'" is what a full /tmp looks like. */
const temporary = /#sql|\(temporary\)|'\/(?:var\/)?tmp\//;

/** Infobright says it with whatever number (core/RCTableImpl.cpp, core/TransactionBase.cpp, loader/RCAttrLoadBase.cpp). */
const ofInfobright = /data integrity (?:error|is broken)/i;

/**
 * ER_TABLE_CORRUPT (1877) and a missing tablespace (1812, HA_ERR_TABLESPACE_MISSING 194) are not here: MariaDB 10.11 says
 * the same of a damaged first page and of a table whose key it has not, of a missing file and of one that it may not open
 * (tried). CHECK TABLE says so, too, and there the server's log decides (table-checks.ts).
 */
export function showsDamage({ code, message }: ServerError): boolean {
  if (temporary.test(message)) return false;
  if (ofInfobright.test(message)) return true;
  const number = /(?:errno|errcode|got error|error)[: ]+(\d+)/i.exec(message)?.[1];
  if (ofItsNumber.has(code)) return number !== undefined && damagedWith.has(Number(number));
  return damage.has(code) && !(number !== undefined && ofTheHost.has(Number(number)));
}

/** Out of memory, files, room or rights: EAGAIN, ENOMEM, EACCES, ENFILE, EMFILE, ENOSPC. */
const ofTheHost = new Set([11, 12, 13, 23, 24, 28]);

/**
 * Whether a table is said not to exist (ER_NO_SUCH_TABLE) that the server itself has just listed. With another
 * lower_case_table_names it looks for another name.
 */
export function saysMissing(name: string, { code, message }: ServerError): boolean {
  return code === 1146 && message.includes(`'${name}'`);
}

/** CR_SERVER_GONE_ERROR, CR_SERVER_LOST. */
export function serverEnded({ code }: ServerError): boolean {
  return code === 2006 || code === 2013;
}
