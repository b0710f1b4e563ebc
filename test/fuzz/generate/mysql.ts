/** Dumps of MySQL and MariaDB, as mysqldump and mariadb-dump write them (client/mysqldump.c). */
import fc from 'fast-check';
import type { Case } from '../case.ts';
import { anyBytes } from './bytes.ts';
import { harmless } from './texts.ts';
import { address, anyText, harmlessValue, type Value } from './values.ts';

interface Cell extends Value {
  readonly bytes?: Buffer;
}

interface Column {
  readonly type: string;
  readonly cells: readonly Cell[];
  /** Whether its values are bytes: `_binary '…'`, or digits. */
  readonly isBinary: boolean;
}

export interface MysqlDatabase {
  readonly tables: readonly { readonly columns: readonly Column[]; readonly rows: number }[];
  /** Whether bytes are written as digits (`--hex-blob`). */
  readonly hexBlob: boolean;
  /** Whether several rows stand in one statement, and each names its columns. */
  readonly isExtended: boolean;
  readonly isComplete: boolean;
  readonly isPipe: boolean;
  readonly chunks: number;
}

const rows = 6;
const column = (type: string, value: fc.Arbitrary<Cell>, isBinary = false): fc.Arbitrary<Column> =>
  fc.array(value, { minLength: 1, maxLength: rows }).map((cells) => ({ type, cells, isBinary }));
const json = anyText.map(({ text, words }) => ({ text: JSON.stringify({ a: text ?? null }), words }));

const columns = fc.oneof(
  { weight: 5, arbitrary: column('text', anyText) },
  { weight: 2, arbitrary: column('varchar(500)', address) },
  { weight: 1, arbitrary: column('json', json) },
  { weight: 3, arbitrary: column('longblob', anyBytes, true) },
  { weight: 1, arbitrary: column('varbinary(2000)', anyBytes, true) },
);

const databases = (models: fc.Arbitrary<Column>): fc.Arbitrary<MysqlDatabase> =>
  fc.record({
    tables: fc.array(
      fc.record({ columns: fc.array(models, { minLength: 1, maxLength: 3 }), rows: fc.nat({ max: rows }) }),
      { minLength: 1, maxLength: 2 },
    ),
    hexBlob: fc.boolean(),
    isExtended: fc.boolean(),
    isComplete: fc.boolean(),
    isPipe: fc.boolean(),
    chunks: fc.nat({ max: 1000 }),
  });

export const mysqlHead = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version	8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

`;
const foot = `/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-01-02  3:04:05
`;

const escapes: Readonly<Record<string, string>> = {
  ...{ '\0': '\\0', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "\\'", '"': '\\"', '\x1a': '\\Z' },
};
const literal = (text: string): string => `'${[...text].map((one) => escapes[one] ?? one).join('')}'`;

function written(cell: Cell | undefined, { isBinary }: Column, hexBlob: boolean): string {
  if (cell?.text === undefined) return 'NULL';
  if (!isBinary) return literal(cell.text);
  const bytes = cell.bytes ?? Buffer.from(cell.text);
  const text = bytes.toString();
  const isText = Buffer.from(text).equals(bytes);
  if (bytes.length === 0) return "''";
  return hexBlob || !isText ? `0x${bytes.toString('hex').toUpperCase()}` : `_binary ${literal(text)}`;
}

function table(
  { columns: all, rows: count }: MysqlDatabase['tables'][number],
  number: number,
  database: MysqlDatabase,
): string {
  const name = `\`t${number}\``;
  const names = ['id', ...all.map((_, index) => `c${index}`)].map((one) => `\`${one}\``);
  const lines = all.map(({ type }, index) => `  ${names[index + 1]} ${type}`);
  const tuples = Array.from({ length: count }, (_, row) => {
    const cells = all.map((one) => written(one.cells[row % one.cells.length], one, database.hexBlob));
    return `(${[row + 1, ...cells].join(',')})`;
  });
  const into = `INSERT INTO ${name}${database.isComplete ? ` (${names.join(', ')})` : ''} VALUES `;
  const inserts = database.isExtended && tuples.length > 0 ? [tuples.join(',')] : tuples;
  return `DROP TABLE IF EXISTS ${name};
CREATE TABLE ${name} (
${['  `id` int NOT NULL', ...lines, '  PRIMARY KEY (`id`)'].join(',\n')}
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

LOCK TABLES ${name} WRITE;
${inserts.map((one) => `${into}${one};\n`).join('')}UNLOCK TABLES;

`;
}

function caseOf(database: MysqlDatabase, isIdentical: boolean): Case {
  const cells = database.tables.flatMap(({ columns: all, rows: count }) =>
    all.flatMap((one) => one.cells.slice(0, count)),
  );
  const dump = `${mysqlHead}${database.tables.map((one, number) => table(one, number, database)).join('')}${foot}`;
  return {
    dump: dump.split('\n'),
    words: [...new Set(cells.flatMap(({ words }) => words))],
    harmless: [...harmless],
    ...{ isIdentical, unique: [], changed: [], mayRefuse: false },
    isPipe: database.isPipe,
    chunks: database.chunks,
  };
}

export const mysqlCase: fc.Arbitrary<Case> = databases(columns).map((one) => caseOf(one, false));
export const harmlessMysqlCase: fc.Arbitrary<Case> = databases(column('text', harmlessValue)).map((one) =>
  caseOf(one, true),
);
