/** What the SQL of mysqldump and mariadb-dump looks like. */
import { canonicalName } from '../../../anonymize/format/names.ts';
import type { SqlDialect } from '../../../ports/dump-engine.ts';
import { lastLine } from './sql/archived.ts';

/**
 * @param database the only one of the dump, whose SQL does not name it, so that rules do not either; undefined for a dump that names
 *   its databases
 */
export function mysqlDialect(database: string | undefined): SqlDialect {
  const prefix = database === undefined ? '' : `${canonicalName(database)}.`;
  return { lastLine, nameInRules: (table) => (table.startsWith(prefix) ? table.slice(prefix.length) : table) };
}
