/** Decides which findings the rules allow. */
import type { Allowance } from '../rules/file/allowance.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';

/** Asked for each finding before it is counted. @param text of the finding, made when a pattern asks for it */
export type IsAllowed = (kind: LeakKind, table: string, column: string | undefined, text: () => string) => boolean;

/**
 * @param allowances asked when the first finding comes: from a pipe, the dump's tables are not known before
 * @param names of a table: its own, and that of the table of which it is a partition, for which the same is allowed
 */
export function allowedBy(
  allowances: () => readonly Allowance[],
  names: (table: string) => readonly string[],
): IsAllowed {
  const byTable = new Map<string, readonly Allowance[]>();
  const ofTable = (table: string): readonly Allowance[] => {
    const known = byTable.get(table);
    if (known) return known;
    const own = names(table);
    const made = allowances().filter(
      (one) =>
        (one.table === undefined || own.includes(one.table)) &&
        (one.column === undefined || own.some((name) => one.column?.startsWith(`${name}.`))),
    );
    byTable.set(table, made);
    return made;
  };
  return (kind, table, column, text) =>
    ofTable(table).some(
      (one) =>
        (one.kind ?? kind) === kind &&
        (one.column === undefined || names(table).some((name) => one.column === `${name}.${column}`)) &&
        (one.pattern === undefined || one.pattern.test(text())),
    );
}
