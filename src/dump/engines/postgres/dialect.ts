/** What the SQL of pg_dump and pg_restore looks like. */
import { footer } from '../../../anonymize/format/input/ending.ts';
import { canonicalQualified } from '../../../anonymize/format/names.ts';
import type { SqlDialect } from '../../../ports/dump-engine.ts';

/** PostgreSQL quotes more names than canonical ones are, such as those that are keywords. */
export const postgresDialect: SqlDialect = { lastLine: footer, nameInRules: canonicalQualified };
