/** Reads an expression as pg_dump prints it and as people write it. */
import type { Expression } from './tree.ts';

export type SqlDialect = 'postgresql' | 'mysql';

/** Never throws: what is not understood becomes a part whose value is not known. */
export function parseExpression(sql: string, _dialect: SqlDialect = 'postgresql'): Expression {
  return { kind: 'unknown', sql, columns: [] };
}
