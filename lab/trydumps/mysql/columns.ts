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

/** Tables with the columns that a dump holds, and their rows. */
export async function mysqlTables(database: MysqlTrialDatabase): Promise<readonly (TriedTable & { rows: number })[]> {
  const columns = await database.rows(`
    SELECT c.table_name, c.column_name, c.data_type, COALESCE(c.character_maximum_length, ''), c.is_nullable, c.column_key,
           EXISTS (SELECT 1 FROM information_schema.key_column_usage k WHERE k.table_schema = c.table_schema AND
                     ((k.table_name = c.table_name AND k.column_name = c.column_name) OR
                      (k.referenced_table_name = c.table_name AND k.referenced_column_name = c.column_name)))
        OR EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = c.table_schema AND s.non_unique = 0
                     AND s.table_name = c.table_name AND s.column_name = c.column_name)
        OR EXISTS (SELECT 1 FROM information_schema.check_constraints k WHERE k.constraint_schema = c.table_schema
                     AND k.table_name = c.table_name AND LOCATE(c.column_name, k.check_clause) > 0)
        OR EXISTS (SELECT 1 FROM information_schema.columns g WHERE g.table_schema = c.table_schema AND g.table_name = c.table_name
                     AND LOCATE(c.column_name, g.generation_expression) > 0)
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND COALESCE(c.generation_expression, '') = ''
     ORDER BY c.table_name, c.ordinal_position`);
  const tables: (TriedTable & { rows: number })[] = [];
  for (const [name = '', own] of Map.groupBy(columns, ([table]) => table)) {
    const quoted = `\`${name.replaceAll('`', '``')}\``;
    const [[rows = '0'] = []] = await database.rows(`SELECT COUNT(*) FROM ${quoted}`);
    tables.push({
      ...{ schema: '', table: name, quoted, ruled: ruledName(name), isPartition: false, rows: Number(rows) },
      columns: own.map(columnOf),
    });
  }
  return tables;
}

function columnOf([, name = '', type = '', length = '', nullable, key, bound]: readonly string[]): TriedColumn {
  return {
    ...{ name, type, base: bases[type] ?? type, length: length === '' ? null : Number(length) },
    ...{
      nullable: nullable === 'YES',
      primary: key === 'PRI',
      bound: bound === '1',
      special: type === 'enum' || type === 'set',
    },
  };
}
