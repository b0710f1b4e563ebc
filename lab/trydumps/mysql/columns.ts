/** What the server itself knows of the columns of a database. */
import { ruledName, type TriedColumn, type TriedTable } from '../columns.ts';
import type { MysqlTrialDatabase } from './database.ts';

/** Types as the rules that are derived from definitions name them. */
const bases: Readonly<Record<string, string>> = {
  varchar: 'varchar',
  char: 'bpchar',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  smallint: 'int2',
  mediumint: 'int4',
  int: 'int4',
  bigint: 'int8',
  decimal: 'numeric',
  double: 'float8',
  date: 'date',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  json: 'json',
};

/** Columns of keys: foreign ones on both sides, and unique ones. */
const keys = [
  `SELECT table_name, column_name FROM information_schema.key_column_usage WHERE table_schema = DATABASE()`,
  `SELECT referenced_table_name, referenced_column_name FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL`,
  `SELECT table_name, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0`,
];

/** Expressions by table: what they name is bound. */
const expressions = [
  `SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()`,
  `SELECT table_name, generation_expression FROM information_schema.columns
    WHERE table_schema = DATABASE() AND COALESCE(generation_expression, '') <> ''`,
];

/** Tables with the columns that a dump holds, and their rows. */
export async function mysqlTables(database: MysqlTrialDatabase): Promise<readonly (TriedTable & { rows: number })[]> {
  // One query for each catalogue: joins of them take minutes in a database of some hundred tables.
  const bound = new Set(
    (await Promise.all(keys.map((query) => database.rows(query)))).flat().map((pair) => pair.join('\t')),
  );
  const named = (await Promise.all(expressions.map((query) => database.rows(query)))).flat();
  const isBound = (table: string, column: string): boolean =>
    bound.has(`${table}\t${column}`) || named.some(([of, text]) => of === table && text?.includes(column) === true);
  const columns = await database.rows(`
    SELECT table_name, column_name, data_type, COALESCE(character_maximum_length, ''), is_nullable, column_key
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND COALESCE(generation_expression, '') = ''
     ORDER BY table_name, ordinal_position`);
  const tables: (TriedTable & { rows: number })[] = [];
  for (const [name = '', own] of Map.groupBy(columns, ([table]) => table)) {
    const quoted = `\`${name.replaceAll('`', '``')}\``;
    const [[rows = '0'] = []] = await database.rows(`SELECT COUNT(*) FROM ${quoted}`);
    tables.push({
      ...{ schema: '', table: name, quoted, ruled: ruledName(name), isPartition: false, rows: Number(rows) },
      columns: own.map((cells) => columnOf(cells, isBound(name, cells[1] ?? ''))),
    });
  }
  return tables;
}

function columnOf(
  [, name = '', type = '', length = '', nullable, key]: readonly string[],
  bound: boolean,
): TriedColumn {
  return {
    ...{ name, type, base: bases[type] ?? type, length: length === '' ? null : Number(length) },
    ...{
      nullable: nullable === 'YES',
      primary: key === 'PRI',
      bound,
      special: type === 'enum' || type === 'set',
    },
  };
}
