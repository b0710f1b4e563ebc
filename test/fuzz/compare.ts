/** Compares a dump with what became of it: whatever holds no secret must be the same. */
import { readingsOf } from './oracle/oracle.ts';

interface Table {
  readonly rows: (readonly string[])[];
}

interface Parts {
  /** Statements outside of rows, with the comments before them; one with a semicolon at the end of a line in two. */
  readonly statements: readonly string[];
  /** Bytes of the large objects, as hexadecimal digits. */
  readonly objects: readonly string[];
  readonly tables: ReadonlyMap<string, Table>;
}

function partsOf(dump: string): Parts {
  const statements: string[] = [];
  let lines: string[] = [];
  const objects: string[] = [];
  const tables = new Map<string, Table>();
  let table: Table | undefined;
  for (const line of dump.split('\n')) {
    if (line === '\\.') table = undefined;
    else if (table) table.rows.push(line.split('\t'));
    else if (/^SELECT pg_catalog\.lo_open/.test(line)) objects.push('\\x');
    else if (lowrite.test(line)) objects.push(`${objects.pop()}${lowrite.exec(line)?.[1]}`);
    else {
      // Where a large object is cut into pieces does not matter, nor do blank lines between statements.
      if (line !== '' || lines.length > 0) lines.push(line);
      if (line.endsWith(';')) {
        statements.push(lines.join('\n'));
        lines = [];
      }
      const name = /^COPY (\S+) \(.*FROM stdin;$/.exec(line)?.[1];
      if (name === undefined) continue;
      // Rows of several partitions may go to one table.
      table = tables.get(name) ?? { rows: [] };
      tables.set(name, table);
    }
  }
  return { statements: [...statements, lines.join('\n')], objects, tables };
}

const lowrite = /^SELECT pg_catalog\.lowrite\(\d+, '\\x([0-9a-f]*)'\);$/;

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
  const [all, others] = [one, two].map((parts) => fixed(parts.statements, compared)) as [string[], string[]];
  if (all.length !== others.length)
    problems.push(`there are ${others.length} statements outside of rows instead of ${all.length}`);
  else
    all.forEach((statement, index) => {
      const other = others[index];
      const moves = compared.mayMove?.test(/^COPY (\S+)/m.exec(statement)?.[1] ?? '');
      if (statement !== other && !moves && !holds(statement, compared.words) && !hides(statement, compared.words))
        problems.push(`the statement ${statement} became ${other}`);
    });
  const count = ({ tables }: Parts): number => [...tables.values()].reduce((sum, { rows }) => sum + rows.length, 0);
  if (count(one) !== count(two)) problems.push(`there are ${count(two)} rows instead of ${count(one)}`);
  one.objects.forEach((object, index) => {
    if (object !== two.objects[index] && !hides(object, compared.words))
      problems.push(`the large object ${object} became ${two.objects[index]}`);
  });
  for (const [name, { rows }] of one.tables) {
    if (compared.mayMove?.test(name)) continue;
    const others = two.tables.get(name)?.rows ?? [];
    rows.forEach((row, index) => void problems.push(...cells(name, row, others[index] ?? [], compared)));
  }
  return problems;
}

/** The statements that are no INSERT into a table with columns that may change, or whose rows may move to another one. */
function fixed(statements: readonly string[], { changed, mayMove }: Compared): string[] {
  let isFree = false;
  return statements.filter((statement) => {
    const begin = statement.replace(/^(?:(?:--.*)?\n)+/, '');
    const table = /^INSERT INTO (\S+)/.exec(begin)?.[1];
    if (table !== undefined) isFree = mayMove?.test(table) || changed.some((one) => one.startsWith(`${table} `));
    if (/^(COPY|CREATE|ALTER|COMMENT|SELECT|SET|--)/.test(begin)) isFree = false;
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
