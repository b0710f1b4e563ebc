/** Compares a dump with what became of it: whatever holds no secret must be the same. */
import { readingsOf } from './oracle/oracle.ts';

interface Table {
  readonly rows: (readonly string[])[];
}

interface Parts {
  /** Lines outside of rows. */
  readonly lines: readonly string[];
  readonly tables: ReadonlyMap<string, Table>;
}

function partsOf(dump: string): Parts {
  const lines: string[] = [];
  const tables = new Map<string, Table>();
  let table: Table | undefined;
  for (const line of dump.split('\n')) {
    if (line === '\\.') table = undefined;
    else if (table) table.rows.push(line.split('\t'));
    else {
      lines.push(line);
      const name = /^COPY (\S+) \(.*FROM stdin;$/.exec(line)?.[1];
      if (name === undefined) continue;
      // Rows of several partitions may go to one table.
      table = tables.get(name) ?? { rows: [] };
      tables.set(name, table);
    }
  }
  return { lines, tables };
}

export interface Compared {
  readonly words: readonly string[];
  /** See Case. */
  readonly changed: readonly string[];
  /** Names of tables whose rows may move to other partitions. */
  readonly mayMove?: RegExp;
}

/** What differs although no secret is in it. */
export function differences(before: string, after: string, compared: Compared): readonly string[] {
  const [one, two] = [partsOf(before), partsOf(after)];
  const problems: string[] = [];
  const [lines, others] = [one, two].map((parts) => fixedLines(parts.lines, compared)) as [string[], string[]];
  if (lines.length !== others.length)
    problems.push(`there are ${others.length} lines outside of rows instead of ${lines.length}`);
  else
    lines.forEach((line, index) => {
      const other = others[index];
      const moves = compared.mayMove?.test(/^COPY (\S+)/.exec(line)?.[1] ?? '');
      if (line !== other && !moves && !holds(line, compared.words) && !hides(line, compared.words))
        problems.push(`the line ${line} became ${other}`);
    });
  const count = ({ tables }: Parts): number => [...tables.values()].reduce((sum, { rows }) => sum + rows.length, 0);
  if (count(one) !== count(two)) problems.push(`there are ${count(two)} rows instead of ${count(one)}`);
  for (const [name, { rows }] of one.tables) {
    if (compared.mayMove?.test(name)) continue;
    const others = two.tables.get(name)?.rows ?? [];
    rows.forEach((row, index) => void problems.push(...cells(name, row, others[index] ?? [], compared)));
  }
  return problems;
}

/** The lines that are not of an INSERT into a table with columns that may change, or whose rows may move to another one. */
function fixedLines(lines: readonly string[], { changed, mayMove }: Compared): string[] {
  let isFree = false;
  return lines.filter((line) => {
    const table = /^INSERT INTO (\S+)/.exec(line)?.[1];
    if (table !== undefined) isFree = mayMove?.test(table) || changed.some((one) => one.startsWith(`${table} `));
    if (/^(COPY|CREATE|ALTER|COMMENT|--)/.test(line)) isFree = false;
    return !isFree;
  });
}

function cells(table: string, row: readonly string[], other: readonly string[], compared: Compared): readonly string[] {
  if (row.length !== other.length) return [`${table}: a row has ${other.length} values instead of ${row.length}`];
  return row.flatMap((cell, index) => {
    const isFree = compared.changed.includes(`${table} ${index}`) || holds(cell, compared.words);
    return cell === other[index] || isFree || hides(cell, compared.words)
      ? []
      : [`${table}, column ${index}: ${cell} became ${other[index]}`];
  });
}

/** Whether a secret is in it as it is. */
export function holds(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.some((word) => lower.includes(word));
}

/** Whether a secret is in one of its readings. */
export function hides(text: string, words: readonly string[]): boolean {
  return readingsOf(text).some((reading) => holds(reading.text, words));
}
