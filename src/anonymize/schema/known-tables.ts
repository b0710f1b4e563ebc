/** The tables that a dump defines, by the names that they have, and that they had before: rows may stand before ALTER TABLE … RENAME. */
import { createdName, type NameScope, possibleNames } from '../format/name-scope.ts';
import type { DefinedTable } from './defined-table.ts';

export class KnownTables {
  /** By the full name that they have in the end. */
  readonly byName = new Map<string, DefinedTable>();
  /** New full names by old ones. */
  readonly #renamed = new Map<string, string>();

  /** @param name a full name */
  find(name: string): DefinedTable | undefined {
    let table = this.byName.get(name);
    if (table !== undefined || this.#renamed.size === 0) return table;
    let now = this.#renamed.get(name);
    while (table === undefined && now !== undefined) [table, now] = [this.byName.get(now), this.#renamed.get(now)];
    return table;
  }

  /** The table that a statement names so. */
  meant(name: string | undefined, scope: NameScope): DefinedTable | undefined {
    if (name === undefined) return undefined;
    for (const full of possibleNames(name, scope)) {
      const table = this.find(full);
      if (table) return table;
    }
    return undefined;
  }

  fullName(name: string, scope: NameScope): string {
    return this.meant(name, scope)?.name ?? createdName(name, scope);
  }

  add(table: DefinedTable): void {
    this.#renamed.delete(table.name);
    this.byName.set(table.name, table);
  }

  rename(table: DefinedTable, name: string): void {
    if (table.name === name) return;
    this.byName.delete(table.name);
    this.#renamed.delete(name);
    this.#renamed.set(table.name, name);
    table.name = name;
    this.byName.set(name, table);
  }

  drop(table: DefinedTable): void {
    this.byName.delete(table.name);
  }

  /** Gives a column another name wherever definitions name it. */
  renameColumn(table: DefinedTable, from: string, to: string): void {
    const changed = (names: readonly string[]): string[] => names.map((name) => (name === from ? to : name));
    for (const column of table.columns) {
      if (column.name === from) column.name = to;
      column.generatedFrom = changed(column.generatedFrom);
    }
    replaceAll(table.uniques, (unique) => ({ ...unique, columns: changed(unique.columns) }));
    replaceAll(table.foreignKeys, (key) => ({ ...key, columns: changed(key.columns) }));
    replaceAll(table.checks, (check) => ({ ...check, columns: changed(check.columns) }));
    if (table.partitionKey)
      table.partitionKey = { ...table.partitionKey, columns: changed(table.partitionKey.columns) };
    table.renamed.delete(to);
    table.renamed.set(from, to);
    for (const other of this.byName.values()) {
      replaceAll(other.foreignKeys, (key) =>
        this.find(key.references) === table ? { ...key, referenced: changed(key.referenced) } : key,
      );
      // Columns that are inherited change with it.
      if (other.parents.some((parent) => this.find(parent) === table)) this.renameColumn(other, from, to);
    }
  }
}

function replaceAll<Item>(items: Item[], change: (item: Item) => Item): void {
  items.splice(0, items.length, ...items.map(change));
}
