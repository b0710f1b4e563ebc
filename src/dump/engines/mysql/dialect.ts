/** What the SQL of mysqldump and mariadb-dump looks like. */
import type { SqlDialect } from '../../../ports/dump-engine.ts';
import { lastLine } from './sql/archived.ts';

/** Fingerprints name tables as rules do. */
export const mysqlDialect: SqlDialect = { lastLine, nameInRules: (table) => table };
