/** What a dump's definitions say of its tables: columns, types, what must be unique, what refers to what. */
import type { DefinedColumn, DefinedTable } from './constraints.ts';
import { Definitions } from './definitions.ts';
import { type ColumnType, refusesNull, resolveType } from './types.ts';

export interface Column {
  /** Canonical. */
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** GENERATED ALWAYS AS (…): never in a row of the dump. */
  readonly generated: boolean;
  readonly default: string | undefined;
}

export interface Unique {
  readonly kind: 'primary' | 'unique' | 'index' | 'exclude';
  readonly name: string;
  /** Also those that stand in expressions. */
  readonly columns: readonly string[];
  /** Whether upper and lower case are the same to it. */
  readonly lowered: boolean;
  /** Whether two NULLs are equal to it: NULLS NOT DISTINCT. */
  readonly nullsAlike?: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Canonical name of the table. */
  readonly references: string;
  readonly referenced: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly expression: string;
  readonly columns: readonly string[];
}

export interface PartitionKey {
  readonly strategy: 'range' | 'list' | 'hash';
  readonly columns: readonly string[];
}

export interface Table {
  /** Canonical. */
  readonly name: string;
  readonly columns: readonly Column[];
  readonly uniques: readonly Unique[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly parent: string | undefined;
  readonly isPartition: boolean;
  readonly partitionKey: PartitionKey | undefined;
  /** Of a partition: `FOR VALUES IN ('…')`. */
  readonly bounds: string | undefined;
}

export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
}

/** Tables over tables; nobody nests them so deep, but a statement may say anything. */
const deepest = 100;

export class Catalogue {
  readonly #definitions = new Definitions();
  #cache = new Map<string, Table>();

  /** Takes one statement; what says nothing of tables is passed over. Never throws. */
  statement(sql: string): void {
    if (!/^(\s|--|\/\*|create\b|alter\b)/i.test(sql)) return;
    this.#definitions.read(sql);
    this.#cache.clear();
    this.#groups = undefined;
    this.#bounds = undefined;
  }

  get isEmpty(): boolean {
    return this.#definitions.tables.size === 0;
  }

  /** @param name canonical */
  table(name: string): Table | undefined {
    return this.#table(name, []);
  }

  /** @param below the tables that inherit from it and wait for it */
  #table(name: string, below: readonly string[]): Table | undefined {
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const found = this.#definitions.tables.get(name);
    if (found === undefined || below.includes(name) || below.length > deepest) return undefined;
    const columns = this.#columns(found, [...below, name]);
    const names = new Set(columns.map((column) => column.name));
    const caseless = new Set(columns.filter((column) => column.type.caseless).map((column) => column.name));
    const known = (given: readonly string[]): string[] => given.filter((column) => names.has(column));
    const table: Table = {
      name,
      columns,
      uniques: found.uniques.map((one) => ({
        ...one,
        columns: known(this.#alsoMadeOf(found, one.columns)),
        lowered:
          one.lowered ||
          this.#generated(found, one.columns).some((column) => column.lowers) ||
          one.columns.some((column) => caseless.has(column)),
      })),
      foreignKeys: found.foreignKeys,
      checks: found.checks.map((one) => ({ ...one, columns: known(one.columns) })),
      parent: found.parents[0],
      isPartition: found.isPartition,
      partitionKey: found.partitionKey && { ...found.partitionKey, columns: known(found.partitionKey.columns) },
      bounds: found.bounds,
    };
    this.#cache.set(name, table);
    return table;
  }

  #generated(found: DefinedTable, names: readonly string[]): readonly DefinedColumn[] {
    return found.columns.filter((column) => column.generated && names.includes(column.name));
  }

  /** A generated column is unique when those are that it is made of: only they stand in the rows. */
  #alsoMadeOf(found: DefinedTable, names: readonly string[]): readonly string[] {
    return [...new Set([...names, ...this.#generated(found, names).flatMap((column) => column.madeOf)])];
  }

  /** What the tables above say of the columns, then what the table itself says. */
  #columns(found: DefinedTable, below: readonly string[]): Column[] {
    const columns = new Map<string, Column>();
    for (const parent of found.parents)
      for (const column of this.#table(parent, below)?.columns ?? [])
        if (!columns.has(column.name)) columns.set(column.name, column);
    const primary = new Set(found.uniques.filter((one) => one.kind === 'primary').flatMap((one) => one.columns));
    const defined = (one: string) => this.#definitions.types.get(one);
    for (const { name, type, notNull, generated, default: value } of found.columns) {
      const above = columns.get(name);
      // Without a type only what is added to an inherited column is said.
      if (type === '' && above === undefined) continue;
      columns.set(name, {
        name,
        type: type === '' && above !== undefined ? above.type : resolveType(type, defined),
        notNull: notNull || refusesNull(type, defined) || (type === '' && above?.notNull === true),
        generated: generated || (type === '' && above?.generated === true),
        default: type === '' ? (value ?? above?.default) : value,
      });
    }
    return [...columns.values()].map((one) => (primary.has(one.name) ? { ...one, notNull: true } : one));
  }

  tables(): readonly Table[] {
    return [...this.#definitions.tables.keys()].flatMap((name) => this.table(name) ?? []);
  }

  /** The table and what it is a partition of, from the inside out. */
  #line(name: string): readonly Table[] {
    const line: Table[] = [];
    for (let table = this.table(name); table !== undefined && !line.includes(table); ) {
      line.push(table);
      table = table.isPartition && table.parent !== undefined ? this.table(table.parent) : undefined;
    }
    return line;
  }

  /** The topmost partitioned table, or the table itself. */
  root(name: string): string {
    return this.#line(name).at(-1)?.name ?? name;
  }

  /** Columns by which any of the tables above it is partitioned. */
  partitionColumns(name: string): ReadonlySet<string> {
    return new Set(
      this.#line(name)
        .slice(1)
        .flatMap((table) => table.partitionKey?.columns ?? []),
    );
  }

  /** Whether it is the key of a list by which the table, or one above it, is partitioned. */
  isListed(table: string, column: string): boolean {
    return this.#line(table).some(
      ({ partitionKey }) => partitionKey?.strategy === 'list' && partitionKey.columns.includes(column),
    );
  }

  #bounds: Map<string, string[]> | undefined;

  /** Bounds of all partitions of a table, at any depth. @param root the topmost */
  boundsBelow(root: string): readonly string[] {
    this.#bounds ??= this.#collectBounds();
    return this.#bounds.get(root) ?? [];
  }

  #collectBounds(): Map<string, string[]> {
    const all = new Map<string, string[]>();
    for (const { name, bounds } of this.tables())
      if (bounds !== undefined) {
        const root = this.root(name);
        const others = all.get(root);
        if (others) others.push(bounds);
        else all.set(root, [bounds]);
      }
    return all;
  }

  /** What must be unique in the table, and in what it is a partition of. */
  uniques(name: string): readonly Unique[] {
    return this.#line(name).flatMap((table) => table.uniques);
  }

  #groups: Map<string, ColumnPlace[]> | undefined;

  /** The columns that foreign keys bind to this one, in either direction and over any number of tables; with itself. */
  bound(table: string, column: string): readonly ColumnPlace[] {
    this.#groups ??= this.#bind();
    return this.#groups.get(`${table} ${column}`) ?? [{ table, column }];
  }

  #bind(): Map<string, ColumnPlace[]> {
    const groups = new Map<string, ColumnPlace[]>();
    const groupOf = (place: ColumnPlace): ColumnPlace[] => {
      const key = `${place.table} ${place.column}`;
      const group = groups.get(key) ?? [place];
      groups.set(key, group);
      return group;
    };
    const join = (one: ColumnPlace, other: ColumnPlace): void => {
      const [a, b] = [groupOf(one), groupOf(other)];
      if (a === b) return;
      const [more, less] = a.length < b.length ? [b, a] : [a, b];
      for (const place of less) {
        more.push(place);
        groups.set(`${place.table} ${place.column}`, more);
      }
    };
    for (const table of this.tables()) {
      for (const key of table.foreignKeys) {
        const primary = this.table(key.references)?.uniques.find((one) => one.kind === 'primary')?.columns ?? [];
        const referenced = key.referenced.length > 0 ? key.referenced : primary;
        key.columns.forEach((column, index) => {
          const other = referenced[index];
          if (other !== undefined) join({ table: table.name, column }, { table: key.references, column: other });
        });
      }
      if (table.isPartition && table.parent !== undefined)
        for (const { name } of table.columns)
          join({ table: table.name, column: name }, { table: table.parent, column: name });
    }
    return groups;
  }
}
