/** Compares the rows of a restored copy with those of the source. */
import type { DumpFingerprint, TableFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised } from '../../../../ports/dump-engine.ts';
import { isMoved, onlyInDump } from './compare-definitions.ts';
import type { Findings } from './findings.ts';

/** A table of which less than this part stood still is not proven. */
const leastStill = 0.9;

/** Each table has the rows it had; of one that moved between two readings, those that stood still. */
export function compareRows(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  anonymised: Anonymised | undefined,
  findings: Findings,
): void {
  const copies = new Map(copy.tables.map((table) => [table.name, table]));
  const later = new Map(source.after?.tables.map((table) => [table.name, table]));
  for (const table of source.tables) {
    const other = copies.get(table.name);
    const after = later.get(table.name);
    // Read, and then dropped before the tool came to it.
    if (other === undefined && isMoved(source, `TABLE ${table.name}`)) continue;
    if (anonymised) compareAnonymised(table, other, anonymised, after !== undefined, findings);
    else if (after) compareMoved(table, after, other, findings);
    else if (findings.check(`rows of ${table.name}`, table.rows, other?.rows))
      findings.check(`checksum of ${table.name}`, table.checksum, other?.checksum);
  }
  const known = new Set(source.tables.map(({ name }) => name));
  for (const table of copy.tables)
    if (!known.has(table.name) && !findings.isUnread(`rows of ${table.name}`) && !isPassing(source, table.name))
      findings.check(`table ${table.name}`, undefined, `${table.rows} rows`);
}

/** A table that was made or dropped while the dump ran. */
const isPassing = (source: DumpFingerprint, name: string): boolean => {
  const id = `TABLE ${name}`;
  return source.after?.definitions?.[id] !== undefined || isMoved(source, id) || onlyInDump(source, id);
};

const rowsOf = (part: string): number => Number(part.split(':')[0]);

function compareMoved(
  table: TableFingerprint,
  after: TableFingerprint,
  copy: TableFingerprint | undefined,
  findings: Findings,
): void {
  const { name, classes = [] } = table;
  const what = `rows of ${name} that stood still`;
  if (copy === undefined) {
    findings.check(what, 'a table', undefined);
    return;
  }
  const still = classes.flatMap((part, at) => (part === after.classes?.[at] ? [at] : []));
  const wrong = still.filter((at) => copy.classes?.[at] !== classes[at]);
  const all = classes.reduce((sum, part) => sum + rowsOf(part), 0);
  const part = all === 0 ? 0 : still.reduce((sum, at) => sum + rowsOf(classes[at] ?? ''), 0) / all;
  const percent = (part * 100).toFixed(1);
  if (wrong.length > 0) {
    const count = (of: readonly string[]): string =>
      String(wrong.reduce((sum, at) => sum + rowsOf(of[at] ?? '0:0'), 0));
    findings.differ({
      what,
      expected: `${count(classes)} rows in ${wrong.length} of ${classes.length} classes`,
      found: `${count(copy.classes ?? [])} rows, or other values`,
      ...(wrong.length <= classes.length - still.length ? { doubt: writtenMeanwhile } : {}),
    });
  } else if (part < leastStill)
    findings.unread.push({
      what: `rows of ${name}`,
      why: `only ${percent} % of them stood still between two readings`,
    });
  else {
    findings.compared += still.length;
    findings.notes.push(`of ${name}, ${percent} % of the rows stood still between two readings, and were compared`);
  }
}

/** Rows may come and go between two readings, and be in the dump: not in more classes than those in which that is seen. */
const writtenMeanwhile = 'as many rows were written meanwhile, so these may have been so for a moment';

/** Numbers of rows, and the values of all columns that were not changed. */
function compareAnonymised(
  { name, rows, checksum, columns = {} }: TableFingerprint,
  copy: TableFingerprint | undefined,
  { rowsLeftOut, changed }: Anonymised,
  moved: boolean,
  findings: Findings,
): void {
  if (findings.isUnread(`rows of ${name}`)) return;
  if (rowsLeftOut.has(name)) {
    // That the table is there at all is shown by its definition.
    const few = copy && (moved || BigInt(copy.rows) <= BigInt(rows));
    if (copy) findings.check(`rows of ${name}, at most`, rows, few ? rows : copy.rows);
    return;
  }
  if (moved) findings.notes.push(`the number of rows of ${name} moved while it was dumped, and was not compared`);
  else if (!findings.check(`rows of ${name}`, rows, copy?.rows)) return;
  if (copy === undefined || changed === undefined) return;
  const changes = changed.get(name);
  if ((changes?.size ?? 0) === 0 && !moved) findings.check(`checksum of ${name}`, checksum, copy.checksum);
  for (const [column, sum] of Object.entries(columns))
    if (!changes?.has(column)) findings.check(`checksum of column ${column} of ${name}`, sum, copy.columns?.[column]);
}
