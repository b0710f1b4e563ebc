/**
 * Compares the rows of two databases, one by one. They are sorted by the columns that no rule changes, the primary key first; then as
 * they lie in the table. That alone is not enough: rows of other lengths fill the gaps of pages otherwise.
 */
import type { TriedColumn, TriedTable } from './columns.ts';
import type { TrialDatabase } from './database.ts';
import { type Comparison, comparisonOf, holdsAddress, type Rule, textOf } from './expected.ts';
import { Pairs } from './pairs.ts';

export interface RowsCompared {
  readonly rows: number;
  /** What differs, one line a column. */
  readonly differences: readonly string[];
  /** Columns with the rule `emails` in which clear addresses are left. */
  readonly left: readonly string[];
}

interface Tried {
  readonly column: TriedColumn;
  readonly rule: Rule;
  readonly comparison: Comparison;
  readonly pairs: Pairs;
  /** Rows in which it differs, and the first of them. */
  different: number;
  firstDifferent: number;
  left: number;
}

/** Of each column: the value, what is compared, and whether an address is left. */
const fieldsOfColumn = 3;

export async function compareRows(
  source: TrialDatabase,
  copy: TrialDatabase,
  table: TriedTable,
  ruleOf: (table: TriedTable, column: string) => Rule,
): Promise<RowsCompared> {
  const columns = table.columns.map((column): Tried => {
    const rule = ruleOf(table, column.name);
    const comparison = comparisonOf(rule, column);
    return {
      column,
      rule,
      comparison,
      pairs: new Pairs(comparison.distinct),
      different: 0,
      firstDifferent: 0,
      left: 0,
    };
  });
  const order = [...stableColumns(columns), 'ctid'].join(', ');
  const query = (side: 'source' | 'copy'): string => {
    const fields = columns.flatMap(({ column, comparison }) => {
      const text = textOf(column);
      return [`md5(${text})`, comparison[side], side === 'copy' ? holdsAddress(text) : 'NULL'];
    });
    return `SELECT ${fields.length === 0 ? 'NULL' : fields.join(', ')} FROM ONLY ${table.quoted} ORDER BY ${order}`;
  };
  const ours = source.lines(query('source'));
  const theirs = copy.lines(query('copy'));
  let rows = 0;
  let more = '';
  try {
    for (;;) {
      const [one, other] = [await ours.next(), await theirs.next()];
      if (one.done && other.done) break;
      if (one.done || other.done) {
        more = `the ${one.done ? 'copy' : 'source'} has more rows than ${rows}`;
        break;
      }
      rows += 1;
      compareRow(columns, one.value.split('\t'), other.value.split('\t'), rows);
    }
  } finally {
    await ours.return(undefined);
    await theirs.return(undefined);
  }
  const differences = columns.flatMap((tried) => describe(table, tried, rows));
  return {
    rows,
    differences: more === '' ? differences : [`${table.ruled}: ${more}`, ...differences],
    left: columns
      .filter(({ left, rule }) => left > 0 && rule === 'emails')
      .map(({ column, left }) => `${table.ruled}.${column.name}: addresses left in ${left} values`),
  };
}

/** SQL by which rows are sorted: what is the same on both sides. */
function stableColumns(columns: readonly Tried[]): string[] {
  return columns
    .filter(({ rule }) => rule === 'keep' || rule === 'emails')
    .toSorted((one, other) => Number(other.column.primary) - Number(one.column.primary))
    .map(({ comparison }) => comparison.source);
}

function compareRow(columns: readonly Tried[], ours: readonly string[], theirs: readonly string[], row: number): void {
  for (const [index, tried] of columns.entries()) {
    const at = index * fieldsOfColumn;
    tried.pairs.add(ours[at] ?? '', theirs[at] ?? '');
    if (theirs[at + 2] === 't') tried.left += 1;
    if (agrees(ours[at + 1] ?? '', theirs[at + 1] ?? '', tried.comparison)) continue;
    tried.different += 1;
    if (tried.different === 1) tried.firstDifferent = row;
  }
}

function agrees(wanted: string, had: string, { within }: Comparison): boolean {
  if (wanted === had) return true;
  if (within === undefined) return false;
  const [one, other] = [Number(wanted), Number(had)];
  const most = 'share' in within ? Math.abs(one) * within.share + 1 : within.amount;
  return Math.abs(other - one) <= most;
}

function describe(table: TriedTable, tried: Tried, rows: number): string[] {
  const place = `${table.ruled}.${tried.column.name} (${JSON.stringify(tried.rule)})`;
  const { different, firstDifferent, pairs } = tried;
  const values =
    different === 0 ? [] : [`${place}: ${different} of ${rows} values differ, the first in row ${firstDifferent}`];
  const split = pairs.split === 0 ? [] : [`${place}: ${pairs.split} equal values became different ones`];
  const joined = pairs.joined === 0 ? [] : [`${place}: ${pairs.joined} different values became equal`];
  return [...values, ...split, ...joined];
}
