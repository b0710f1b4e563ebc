/** Compares the figures of a dump with those of the last good one. */

import type { ChangeRow, DumpReceipt } from '../domain/dump.ts';
import { engineWords } from '../domain/engine.ts';

/** Below so many rows a relative change says little: 2 rows of 3 are 67 %. */
const fewRows = 100;
/** The same for bytes. */
const fewBytes = 64 * 1024;

/**
 * Sizes and row counts beside those of the last good dump, the most changed first.
 * @param maxShare 0.3: a change of more than 30 % is striking; so is a table that lost all its rows, or is gone
 */
export function changesSince(before: DumpReceipt, now: DumpReceipt, maxShare: number): readonly ChangeRow[] {
  const row = (what: string, was: number, is: number, least: number): ChangeRow => {
    const emptied = was >= 1 && is === 0;
    const grewOrShrank = was > 0 && Math.max(was, is) >= least && share({ before: was, now: is }) > maxShare;
    return { what, before: was, now: is, striking: emptied || grewOrShrank };
  };
  const words = engineWords(now.engine);
  const files = now.files.flatMap((file) => {
    const other = before.files.find((one) => one.kind === file.kind);
    return other ? [row(`bytes of the ${file.kind} file`, other.size, file.size, fewBytes)] : [];
  });
  const tables = new Map(now.fingerprint.tables.map((table) => [table.name, Number(table.rows)]));
  const rows = before.fingerprint.tables.map((table) =>
    row(`${words.row}s of ${table.name}`, Number(table.rows), tables.get(table.name) ?? 0, fewRows),
  );
  const all = row(`${words.row}s of all ${words.table}s`, totalRows(before), totalRows(now), fewRows);
  return [...files, all, ...rows].toSorted((a, b) => Number(b.striking) - Number(a.striking) || share(b) - share(a));
}

function totalRows({ fingerprint }: DumpReceipt): number {
  return fingerprint.tables.reduce((sum, table) => sum + Number(table.rows), 0);
}

function share({ before, now }: Pick<ChangeRow, 'before' | 'now'>): number {
  return before === 0 ? Number(now > 0) : Math.abs(now - before) / before;
}
