/** What is different from the last good dump, and what of it is striking. */
import type { ChangeRow, DumpReceipt } from '../domain/dump.ts';

/** Rows below which a share says nothing: 2 rows of 3 are 67 %. */
const fewRows = 100;

/**
 * Sizes and rows beside those of the last good dump, most changed first.
 * @param maxShare 0.3: more than 30 % more or less is striking; so is a table that has lost all its rows, or is gone
 */
export function changesSince(before: DumpReceipt, now: DumpReceipt, maxShare: number): readonly ChangeRow[] {
  const rows: ChangeRow[] = [];
  const add = (what: string, was: number, is: number, least: number): void => {
    const share = was === 0 ? (is === 0 ? 0 : 1) : Math.abs(is - was) / was;
    const emptied = was >= 1 && is === 0;
    const striking = emptied || (Math.max(was, is) >= least && was > 0 && share > maxShare);
    rows.push({ what, before: was, now: is, striking });
  };
  for (const file of now.files) {
    const other = before.files.find((one) => one.kind === file.kind);
    if (other) add(`bytes of the ${file.kind} file`, other.size, file.size, 64 * 1024);
  }
  const count = (receipt: DumpReceipt): number =>
    receipt.fingerprint.tables.reduce((sum, table) => sum + Number(table.rows), 0);
  add('rows of all tables', count(before), count(now), fewRows);
  const tables = new Map(now.fingerprint.tables.map((table) => [table.name, Number(table.rows)]));
  for (const table of before.fingerprint.tables)
    add(`rows of ${table.name}`, Number(table.rows), tables.get(table.name) ?? 0, fewRows);
  return rows.toSorted((a, b) => Number(b.striking) - Number(a.striking) || share(b) - share(a));
}

function share({ before, now }: ChangeRow): number {
  return before === 0 ? Number(now > 0) : Math.abs(now - before) / before;
}
