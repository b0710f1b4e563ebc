/** Compares the rows of two databases, one by one, with each value's rule; what a value must have become is told here anew. */
import type { TriedColumn, TriedTable } from '../columns.ts';
import type { Rule } from '../expected.ts';
import { Pairs } from '../pairs.ts';
import type { MysqlTrialDatabase } from './database.ts';

/** A plain reading of addresses. */
const address = /[^\s"'<>(),:;=&?/{}|\\`@$[\]]+@(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}_-]*\p{L}[\p{L}\p{N}_-]*/gu;
const clearAddress = /[\w.%+-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}/gi;
const ownAddress = /[\w.+-]+@([\w-]+\.)*example\.com$/i;
const nothing = '\u0000';

type Cells = readonly string[];

export async function compareMysqlRows(
  source: MysqlTrialDatabase,
  copy: MysqlTrialDatabase,
  table: TriedTable,
  ruleOf: (table: TriedTable, column: string) => Rule,
): Promise<readonly string[]> {
  const rules = table.columns.map(({ name }) => ruleOf(table, name));
  const fields = table.columns.map(({ name }) => fieldOf(name)).join(', ');
  const read = async (database: MysqlTrialDatabase): Promise<Cells[]> =>
    (await database.rows(`SELECT ${fields} FROM ${table.quoted}`)).map((row) => row.map(plain));
  const [ours, theirs] = [sorted(await read(source), rules), sorted(await read(copy), rules)];
  if (ours.length !== theirs.length) return [`${table.ruled}: ${ours.length} rows became ${theirs.length}`];
  return table.columns.flatMap((column, index) => compareColumn(table, column, rules[index], index, ours, theirs));
}

/** Bytes as hexadecimal digits, so that every character comes whole; NULL as something else. */
function fieldOf(name: string): string {
  const quoted = `\`${name.replaceAll('`', '``')}\``;
  return `COALESCE(HEX(CAST(${quoted} AS CHAR)), 'NULL')`;
}

function plain(cell: string): string {
  return cell === 'NULL' ? nothing : Buffer.from(cell, 'hex').toString('utf8');
}

/** By what no rule changes; then as they come, which is the order of the primary key. */
function sorted(rows: readonly Cells[], rules: readonly Rule[]): Cells[] {
  const keyOf = (row: Cells): string =>
    row
      .filter((_, index) => rules[index] === 'keep' || rules[index] === 'emails')
      .map(withoutAddresses)
      .join('\u0001');
  return rows
    .map((row) => [keyOf(row), row] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, row]) => row);
}

const withoutAddresses = (text: string): string => text.replaceAll(address, '<address>');

function compareColumn(
  table: TriedTable,
  column: TriedColumn,
  rule: Rule,
  index: number,
  ours: readonly Cells[],
  theirs: readonly Cells[],
): string[] {
  const place = `${table.ruled}.${column.name} (${JSON.stringify(rule)})`;
  const pairs = new Pairs(rule === 'keep' || rule === 'hash' || rule === 'pseudonym');
  let [different, left] = [0, 0];
  for (const [row, cells] of ours.entries()) {
    const [one, other] = [cells[index] ?? '', theirs[row]?.[index] ?? ''];
    pairs.add(rule === 'keep' ? one : comparable(one), other);
    if (!agrees(one, other, rule)) different += 1;
    if (rule === 'emails' && (other.match(clearAddress) ?? []).some((found) => !ownAddress.test(found))) left += 1;
  }
  return [
    ...(different > 0 ? [`${place}: ${different} of ${ours.length} values differ`] : []),
    ...(left > 0 ? [`${place}: addresses left in ${left} values`] : []),
    ...(pairs.joined > 0 ? [`${place}: ${pairs.joined} different values became equal`] : []),
  ];
}

/** The usual collations ignore case and blanks at the end: values that differ in these alone become equal. */
function comparable(text: string): string {
  return text.trimEnd().toLowerCase();
}

function agrees(one: string, other: string, rule: Rule): boolean {
  if (rule === 'null' || rule === null) return other === nothing;
  if ((one === nothing) !== (other === nothing)) return false;
  if (one === nothing || rule === 'hash' || rule === 'pseudonym') return true;
  if (rule === 'keep') return one === other;
  if (rule === 'emails') return withoutAddresses(one) === withoutAddresses(other);
  if (rule === 'mask') return one.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '0') === other;
  const form = rule as { fixed?: string; noise?: string; 'shift-days'?: number };
  if (form.fixed !== undefined) return other === form.fixed;
  if (form.noise !== undefined) {
    const share = Number.parseFloat(form.noise) / 100;
    return Math.abs(Number(one) - Number(other)) <= Math.abs(Number(one)) * share + 1;
  }
  if (form['shift-days'] !== undefined) {
    const days = (Date.parse(one) - Date.parse(other)) / 86_400_000;
    // The date 0000-00-00 is none, and stays.
    return one === other || Math.abs(days) <= form['shift-days'];
  }
  return true;
}
