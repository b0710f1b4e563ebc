/** ALTER TABLE, as pg_dump writes it behind the rows, and as people write it between them. */
import type { Cursor } from '../format/cursor.ts';
import { nameParts } from '../format/name-scope.ts';
import { readColumn, readDefault, readType } from './columns.ts';
import { readConstraint } from './constraints.ts';
import { addParent, attach, type DefinedTable, ownOrInherited } from './defined-table.ts';
import type { KnownTables } from './known-tables.ts';

/** Reads what follows the table's name. */
export function alterTable(tables: KnownTables, table: DefinedTable, cursor: Cursor): void {
  if (cursor.accept('rename')) rename(tables, table, cursor);
  else if (cursor.accept('set', 'schema')) moveTo(tables, table, cursor.name());
  else for (const part of cursor.parts()) change(tables, table, part);
}

function rename(tables: KnownTables, table: DefinedTable, cursor: Cursor): void {
  if (cursor.accept('to')) {
    const name = cursor.name();
    if (name !== undefined) tables.rename(table, [...nameParts(table.name).slice(0, -1), name].join('.'));
    return;
  }
  if (cursor.accept('constraint')) return;
  cursor.accept('column');
  const from = cursor.name();
  const to = cursor.accept('to') ? cursor.name() : undefined;
  if (from !== undefined && to !== undefined) tables.renameColumn(table, from, to);
}

function moveTo(tables: KnownTables, table: DefinedTable, schema: string | undefined): void {
  if (schema === undefined) return;
  const parts = nameParts(table.name);
  tables.rename(table, [...parts.slice(0, -2), schema, parts.at(-1)].join('.'));
}

function change(tables: KnownTables, table: DefinedTable, part: Cursor): void {
  if (part.accept('attach', 'partition')) {
    const partition = tables.find(part.table() ?? '');
    if (partition === undefined) return;
    attach(partition, table.name);
    partition.bounds = part.remainingSql();
  } else if (part.accept('detach', 'partition')) detach(tables.find(part.table() ?? ''));
  else if (part.accept('inherit')) addParent(table, part.table());
  else if (part.accept('no', 'inherit')) leaveParent(table, part.table());
  else if (part.accept('of')) table.of = part.qualified();
  else if (part.accept('not', 'of')) table.of = undefined;
  else if (part.accept('add')) {
    if (readConstraint(table, part)) return;
    part.accept('column');
    const optional = part.accept('if', 'not', 'exists');
    const known = table.columns.find(({ name }) => name === part.peekName());
    if (!optional || known === undefined) readColumn(table, part);
  } else if (part.accept('drop')) drop(table, part);
  else if (part.accept('alter')) alterColumn(table, part);
}

/** A partition that is one no longer is a table with the columns that it inherited. */
function detach(partition: DefinedTable | undefined): void {
  if (partition === undefined) return;
  partition.isPartition = false;
  partition.bounds = undefined;
}

function leaveParent(table: DefinedTable, parent: string | undefined): void {
  const at = table.parents.indexOf(parent ?? '');
  if (at >= 0) table.parents.splice(at, 1);
}

function drop(table: DefinedTable, part: Cursor): void {
  const isConstraint = part.accept('constraint');
  if (!isConstraint) part.accept('column');
  part.accept('if', 'exists');
  const name = part.name();
  if (name === undefined) return;
  const stays = isConstraint
    ? (one: { readonly name: string }): boolean => one.name !== name
    : (one: { readonly columns: readonly string[] }): boolean => !one.columns.includes(name);
  keep(table.uniques, stays);
  keep(table.foreignKeys, stays);
  keep(table.checks, stays);
  if (!isConstraint) keep(table.columns, (column) => column.name !== name);
}

function keep<Item>(items: Item[], stays: (item: Item) => boolean): void {
  items.splice(0, items.length, ...items.filter(stays));
}

function alterColumn(table: DefinedTable, part: Cursor): void {
  part.accept('column');
  const name = part.name();
  if (name === undefined) return;
  const column = ownOrInherited(table, name);
  if (part.accept('set', 'not', 'null')) column.notNull = true;
  else if (part.accept('drop', 'not', 'null')) column.notNull = false;
  else if (part.accept('set', 'default')) column.default = readDefault(part);
  else if (part.accept('drop', 'default')) column.default = undefined;
  else if (part.accept('drop', 'expression')) column.generated = false;
  else if (part.accept('type') || part.accept('set', 'data', 'type')) column.type = readType(part);
}
