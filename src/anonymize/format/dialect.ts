/** What differs between the products whose dumps are read. Readers, scanners and messages ask the dialect, not the product. */
import { type EndMarks, mysqlEnd, postgresqlEnd } from './input/end-marks.ts';
import { startsWithMysqlCommand, startsWithPostgresqlCommand } from './input/sql-commands.ts';
import { codeBegin } from './lexical.ts';
import { mysqlCodeBegin } from './mysql/lexical.ts';

const mebi = 1024 * 1024;

export interface Dialect {
  readonly name: 'postgresql' | 'mysql';
  /** For messages. */
  readonly product: string;
  /** The program whose dumps these are, and how it writes one that is read here. */
  readonly dumper: string;
  readonly plainDump: string;
  /** What writes the definitions alone. */
  readonly definitionsFrom: string;
  /** Bytes of the longest statement, and of the longest row of a table whose rows must be whole. */
  readonly longestUnit: number;
  /** What to do about a statement that is too long, and about such a row. */
  readonly longStatements: string;
  readonly longRows: string;
  readonly end: EndMarks;
  /** @param sql without blanks and comments before it; its first 12 characters are enough */
  startsWithCommand(sql: string): boolean;
  /** Where the first statement starts, after blanks and comments; `to` when there is none. */
  codeBegin(bytes: Buffer, from: number, to: number): number;
}

export const postgresql: Dialect = {
  name: 'postgresql',
  product: 'PostgreSQL',
  dumper: 'pg_dump',
  plainDump: 'pg_dump --file=dump.sql',
  definitionsFrom: 'pg_dump --schema-only',
  longestUnit: 32 * mebi,
  longStatements: 'dump with COPY, as pg_dump does without --inserts, or leave the value out of the dump',
  longRows:
    'take the rules for this table out of the rules file: rows without rules may have any length; or leave the row out of the dump',
  end: postgresqlEnd,
  startsWithCommand: startsWithPostgresqlCommand,
  codeBegin,
};

/** MySQL, MariaDB and Percona Server, as mysqldump, mariadb-dump, phpMyAdmin and others write them. */
export const mysql: Dialect = {
  name: 'mysql',
  product: 'MySQL or MariaDB',
  dumper: 'mysqldump',
  plainDump: 'mysqldump --result-file=dump.sql',
  definitionsFrom: 'mysqldump --no-data',
  // A row may have 64 MiB (max_allowed_packet of MySQL 8.0), and twice as much in hexadecimal digits.
  longestUnit: 256 * mebi,
  longStatements: 'leave the value out of the dump, or the table, and copy it apart',
  longRows: 'leave the value out of the dump, or the table, and copy it apart',
  end: mysqlEnd,
  startsWithCommand: startsWithMysqlCommand,
  codeBegin: mysqlCodeBegin,
};
