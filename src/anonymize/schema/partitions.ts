/** Whether a partitioned table has a partition for a row. */
import type { Catalogue } from './catalogue.ts';
import { dateKey } from './date-keys.ts';
import { evaluate } from './expressions/evaluate.ts';
import { columnsIn, type Expression } from './expressions/tree.ts';
import { isArray, type SqlValue, unknown } from './expressions/values.ts';
import { mysqlPartitions } from './mysql/partitions.ts';
import { mapBounds, type PartitionBounds, readBounds, textsOf } from './partition-bounds.ts';
import { order, reaches } from './partition-order.ts';
import type { Table } from './table.ts';

export type Taken = 'taken' | 'refused' | 'unknown';

/** A table of a tree of partitions. */
export interface PartitionNode {
  readonly table: Table;
  readonly bounds: PartitionBounds | undefined;
  readonly keys: readonly Expression[];
  readonly byBytes: boolean;
  /** Whether texts that differ only in upper and lower case belong to the same partition. */
  readonly ignoresCase: boolean;
  readonly children: readonly PartitionNode[];
}

export interface PartitionedRow {
  /** The column whose value is new. */
  readonly column: string;
  readonly value: SqlValue;
  /** The other columns, as far as they are known. */
  readonly others: (column: string) => SqlValue;
  /** The partitions that held the row before, from the outside in; empty when that is not known. */
  readonly path: readonly PartitionNode[];
}

export function partitionTree(root: string, catalogue: Catalogue): PartitionNode | undefined {
  const table = catalogue.table(root);
  if (table?.partitionKey === undefined) return undefined;
  const children = new Map<string, Table[]>();
  for (const one of catalogue.tables())
    if (one.isPartition && one.parent !== undefined)
      children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  const node = (one: Table): PartitionNode => ({
    table: one,
    bounds: one.bounds === undefined ? undefined : readBounds(one.bounds),
    keys: (one.partitionKey?.parts ?? []).map((part) => keyExpression(part, catalogue)),
    byBytes: (one.partitionKey?.parts ?? []).some((part) => /\bcollate\s+(pg_catalog\s*\.\s*)?"(C|POSIX)"/.test(part)),
    ignoresCase:
      catalogue.dialect.name === 'mysql' && one.columns.some(({ name, type }) => type.caseless && isIn(one, name)),
    children: catalogue.dialect.name === 'mysql' ? mysqlNodes(one) : (children.get(one.name) ?? []).map(node),
  });
  return node(table);
}

function isIn({ partitionKey }: Table, column: string): boolean {
  return partitionKey?.columns.includes(column) ?? false;
}

/** The partitions of MySQL stand in the definition of their table. */
function mysqlNodes(table: Table): readonly PartitionNode[] {
  const found = table.bounds === undefined ? [] : mysqlPartitions(table.bounds);
  return found.map((bounds) => ({ table, bounds, keys: [], byBytes: false, ignoresCase: false, children: [] }));
}

/** Without the class of operators that may follow the expression. */
function keyExpression(sql: string, catalogue: Catalogue): Expression {
  const whole = catalogue.expression(sql);
  return whole.kind === 'unknown' ? catalogue.expression(sql.replace(/\s+[\w.]+\s*$/, '')) : whole;
}

/** The lowest tables of a tree, each with the tables above it. */
export function leavesOf(node: PartitionNode, above: readonly PartitionNode[] = []): (readonly PartitionNode[])[] {
  const path = [...above, node];
  return node.children.length === 0 ? [path] : node.children.flatMap((child) => leavesOf(child, path));
}

/** Whether the row has a partition at this level and at all below it. */
export function takes(node: PartitionNode, row: PartitionedRow): Taken {
  if (node.keys.length === 0) return 'taken';
  if (node.keys.every((key) => !columnsIn(key).has(row.column))) return stays(node, row);
  const { children } = node;
  if (children.some(({ bounds }) => bounds?.kind === 'hash')) return hashed(children, row);
  const own = (name: string): SqlValue => (name === row.column ? row.value : row.others(name));
  const values = node.keys.map((key) => {
    const value = evaluate(key, { valueOf: own });
    return value === unknown ? dateKey(key, own) : value;
  });
  const fits = children.map(({ bounds }) => bounds && matches(bounds, values, node));
  const sure = children.find((_, index) => fits[index] === true);
  if (sure !== undefined) return takes(sure, row);
  const rest = children.find(({ bounds }) => bounds?.kind === 'default');
  const possible = children.filter((child, index) => child !== rest && fits[index] === undefined);
  if (possible.length === 0) return rest === undefined ? 'refused' : takes(rest, row);
  const all = [...possible, ...(rest === undefined ? [] : [rest])].map((child) => takes(child, row));
  if (all.every((one) => one === 'refused')) return 'refused';
  return rest !== undefined && all.every((one) => one === 'taken') ? 'taken' : 'unknown';
}

/** A level that does not depend on the column: the row goes where it was. */
function stays(node: PartitionNode, row: PartitionedRow): Taken {
  const before = node.children.find((child) => row.path.includes(child));
  const all = (before === undefined ? node.children : [before]).map((child) => takes(child, row));
  return all.find((one) => one === 'refused') ?? all.find((one) => one === 'unknown') ?? 'taken';
}

/** Which of them takes the row only the server can compute. */
function hashed(children: readonly PartitionNode[], row: PartitionedRow): Taken {
  if (!isComplete(children)) return 'unknown';
  const all = children.map((child) => takes(child, row));
  if (all.every((one) => one === all[0])) return all[0] ?? 'refused';
  return 'unknown';
}

function isComplete(children: readonly PartitionNode[]): boolean {
  return children.reduce((sum, { bounds }) => sum + (bounds?.kind === 'hash' ? 1 / bounds.modulus : 0), 0) > 1 - 1e-9;
}

/** Whether the column decides, at any level, to which partition a row belongs. */
export function isKeyOf(node: PartitionNode, column: string): boolean {
  return node.keys.some((key) => columnsIn(key).has(column)) || node.children.some((child) => isKeyOf(child, column));
}

/** Whether partitions by a hash of the column lack one, so that a new value may have none. */
export function lacksRemainders(node: PartitionNode, column: string): boolean {
  const { children } = node;
  const own = node.keys.some((key) => columnsIn(key).has(column));
  const isLacking = own && children.some(({ bounds }) => bounds?.kind === 'hash') && !isComplete(children);
  return isLacking || children.some((child) => lacksRemainders(child, column));
}

/** @returns undefined where nobody can tell */
function matches(
  written: PartitionBounds,
  given: readonly SqlValue[],
  { byBytes, ignoresCase }: PartitionNode,
): boolean | undefined {
  const folded = (value: SqlValue): SqlValue =>
    ignoresCase && typeof value === 'string' ? value.toLowerCase() : value;
  const lower = (text: string): string => text.toLowerCase();
  const values = given.map(folded);
  const bounds = ignoresCase ? (mapBounds(written, lower, lower) ?? written) : written;
  if (bounds.kind === 'list') {
    const [only = null] = values;
    const value = values.length > 1 ? values : only;
    if (values.includes(unknown)) return undefined;
    if (value === null) return bounds.values.includes(null);
    return bounds.values.some((one) => one !== null && same(one, value, byBytes));
  }
  if (bounds.kind !== 'range') return false;
  // NULL is in no range, but for MySQL.
  if (values.includes(null)) return bounds.takesNull === true;
  const [from, to] = [reaches(values, bounds.from, byBytes), reaches(values, bounds.to, byBytes)];
  if (from === false || to === true) return false;
  return from === undefined || to === undefined ? undefined : true;
}

function same(one: SqlValue, other: SqlValue, byBytes: boolean): boolean {
  if (isArray(one) || isArray(other)) return JSON.stringify(one) === JSON.stringify(other);
  return String(one) === String(other) || order(one, other, byBytes) === 0;
}

/** Values of the columns of a key other than `column` that put a row into the lowest table of the path. */
export function othersIn(path: readonly PartitionNode[], column: string): (name: string) => SqlValue {
  const values = new Map<string, SqlValue>();
  path.slice(0, -1).forEach((node, level) => {
    const bounds = path[level + 1]?.bounds;
    node.keys.forEach((key, index) => {
      if (key.kind !== 'column' || key.name === column) return;
      if (bounds?.kind === 'list') values.set(key.name, bounds.values[0] ?? null);
      if (bounds?.kind !== 'range') return;
      const [from, to] = [bounds.from[index], bounds.to[index]];
      const known = [from, to].find((one) => one !== undefined && 'value' in one);
      if (known !== undefined && 'value' in known) values.set(key.name, known.value);
    });
  });
  return (name) => values.get(name) ?? unknown;
}

/** The texts that the definitions of all partitions name. */
export function textsInTree(node: PartitionNode): readonly string[] {
  return [...new Set([...textsOf(node.bounds), ...node.children.flatMap(textsInTree)])];
}

/** The tree with other texts. @param inList what becomes of a value in a list, and `inRange` of a bound of a range */
export function mappedTree(
  node: PartitionNode,
  inList: (text: string) => string,
  inRange: (text: string) => string,
): PartitionNode {
  return {
    ...node,
    bounds: mapBounds(node.bounds, inList, inRange),
    children: node.children.map((child) => mappedTree(child, inList, inRange)),
  };
}
