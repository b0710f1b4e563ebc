/** What the definitions of a dump say about its tables. */
import { type Dialect, postgresql } from '../format/dialect.ts';
import { DumpError } from '../format/dump-error.ts';
import { type NameScope, serverScope } from '../format/name-scope.ts';
import type { TypeDefinitions } from './catalogue-definitions.ts';
import { Definitions } from './definitions.ts';
import { inlined } from './expressions/inline.ts';
import { parseExpression } from './expressions/parse.ts';
import type { Expression } from './expressions/tree.ts';
import { LinkedColumns } from './linked-columns.ts';
import { MysqlDefinitions } from './mysql/definitions.ts';
import { resolveTable } from './resolve-table.ts';
import type { Column, ColumnPlace, Table, Unique } from './table.ts';

/** Levels of inheritance that are followed. Real schemas are never nested so deeply, but a statement may say anything. */
const maxDepth = 100;

/** A statement, and what names mean in it. */
export interface ReadStatement {
  readonly sql: string;
  readonly scope: NameScope;
}

/** All names are canonical (format/names.ts). */
export class Catalogue {
  #dialect: Dialect = postgresql;
  #definitions: TypeDefinitions = new Definitions();
  readonly #tables = new Map<string, Table>();
  #ownDatabase = '';
  readonly #read: ReadStatement[] = [];
  readonly #expressions = new Map<string, Expression>();
  readonly #keysWithoutEmails = new Map<string, boolean>();
  #linked: LinkedColumns | undefined;
  #referring: LinkedColumns | undefined;
  #bounds: ReadonlyMap<string, readonly string[]> | undefined;

  get dialect(): Dialect {
    return this.#dialect;
  }

  /**
   * Says of which product the statements are.
   * @throws DumpError when it has read those of another
   */
  speak(dialect: Dialect): void {
    if (dialect.name === this.#dialect.name) return;
    if (!this.isEmpty)
      throw new DumpError({
        what: `the definitions are of ${this.#dialect.product}, the dump is of ${dialect.product}`,
        fix: `give the definitions of the dump: the output of ${dialect.definitionsFrom}`,
      });
    this.#dialect = dialect;
    this.#definitions = dialect.name === 'mysql' ? new MysqlDefinitions() : new Definitions();
  }

  /** Reads one statement. Ignores those that define no table or type. Never throws. @param scope what names mean in it */
  read(sql: string, scope: NameScope = serverScope): void {
    if (!/^(\s|--|\/\*|create\b|alter\b|drop\b|use\b|set\b|select\b(?!\s+pg_catalog\s*\.))/i.test(sql)) return;
    this.#definitions.read(sql, scope);
    if (scope.database === '') this.#ownDatabase = scope.connected;
    // A setting says how the next statements are read, and defines nothing; nor do most queries.
    if (/^set\b/i.test(sql)) return;
    if (!/^select\b(?!.*\binto\b)/is.test(sql)) this.#read.push({ sql, scope });
    this.#tables.clear();
    this.#expressions.clear();
    this.#linked = undefined;
    this.#referring = undefined;
    this.#bounds = undefined;
  }

  /** Whether a table of this full name is, or was, defined. */
  has(name: string): boolean {
    return this.#definitions.find(name) !== undefined;
  }

  /** Canonical name of the database whose tables are named without it; empty when the dump does not say it. */
  get ownDatabase(): string {
    return this.#ownDatabase;
  }

  /** What it has read, in order: another catalogue that reads the same says the same. */
  get statements(): readonly ReadStatement[] {
    return this.#read;
  }

  get isEmpty(): boolean {
    return this.#definitions.tables.size === 0;
  }

  /** An expression of a definition, with the bodies of the dump's own functions in place of their calls. */
  expression(sql: string): Expression {
    let known = this.#expressions.get(sql);
    if (known === undefined) {
      const find = (name: string, args: number) => this.#definitions.functionNamed(name, args);
      known = inlined(parseExpression(sql, this.#dialect.name), find);
      this.#expressions.set(sql, known);
    }
    return known;
  }

  table(name: string): Table | undefined {
    return this.#resolve(name, []);
  }

  column(table: string, name: string): Column | undefined {
    const known = this.table(table);
    const column = known?.columns.find((one) => one.name === name);
    const renamed = column === undefined ? known?.renamed.get(name) : undefined;
    return renamed === undefined ? column : known?.columns.find((one) => one.name === renamed);
  }

  tables(): readonly Table[] {
    return [...this.#definitions.tables.keys()].flatMap((name) => this.table(name) ?? []);
  }

  /** @param heirs the tables that inherit from this one and wait for it */
  #resolve(name: string, heirs: readonly string[]): Table | undefined {
    const known = this.#tables.get(name);
    if (known) return known;
    const defined = this.#definitions.find(name);
    if (defined === undefined || heirs.includes(name) || heirs.length > maxDepth) return undefined;
    const table = resolveTable(defined, {
      types: this.#definitions,
      parent: (parent) => this.#resolve(parent, [...heirs, name]),
      nameOf: (other) => this.#definitions.find(other)?.name ?? other,
    });
    this.#tables.set(name, table);
    return table;
  }

  /** The table and the tables of which it is a partition, from the inside out. */
  #lineage(name: string): readonly Table[] {
    const lineage: Table[] = [];
    for (let table = this.table(name); table !== undefined && !lineage.includes(table); ) {
      lineage.push(table);
      table = table.isPartition && table.parent !== undefined ? this.table(table.parent) : undefined;
    }
    return lineage;
  }

  /** The topmost partitioned table above this one, or the table itself. */
  root(name: string): string {
    return this.#lineage(name).at(-1)?.name ?? name;
  }

  /** The columns by which the tables above this one are partitioned. */
  partitionColumns(name: string): ReadonlySet<string> {
    const above = this.#lineage(name).slice(1);
    return new Set(above.flatMap((table) => table.partitionKey?.columns ?? []));
  }

  /** Notes whether the rows of a partition that were read hold no address in the columns that decide where they belong. */
  noteKeys(partition: string, withoutEmails: boolean): void {
    this.#keysWithoutEmails.set(partition, withoutEmails && this.#keysWithoutEmails.get(partition) !== false);
  }

  /** Whether its rows were read, and no address can decide where they belong. */
  hasKeysWithoutEmails(partition: string): boolean {
    return this.#keysWithoutEmails.get(partition) ?? false;
  }

  /** Whether the table, or one above it, is partitioned by a list of this column's values. */
  isListKey(table: string, column: string): boolean {
    return this.#lineage(table).some(
      ({ partitionKey }) => partitionKey?.strategy === 'list' && partitionKey.columns.includes(column),
    );
  }

  /** Whether the partitions of the table, or of one above it, take values of this column without regard to case. */
  keyIgnoresCase(table: string, column: string): boolean {
    return this.#lineage(table).some(
      ({ partitionKey }) => partitionKey?.ignoresCase === true && partitionKey.columns.includes(column),
    );
  }

  /** The bounds of all partitions below a topmost table, at any depth. */
  partitionBounds(root: string): readonly string[] {
    this.#bounds ??= this.#collectBounds();
    return this.#bounds.get(root) ?? [];
  }

  #collectBounds(): ReadonlyMap<string, readonly string[]> {
    const bounds = new Map<string, string[]>();
    for (const table of this.tables()) {
      if (table.bounds === undefined) continue;
      const root = this.root(table.name);
      const others = bounds.get(root);
      if (others) others.push(table.bounds);
      else bounds.set(root, [table.bounds]);
    }
    return bounds;
  }

  /** What must be unique in the table, and in the tables of which it is a partition. */
  uniques(name: string): readonly Unique[] {
    return this.#lineage(name).flatMap((table) => table.uniques);
  }

  /** The constraints that make this column unique, alone or together with others. */
  uniquesWith(table: string, column: string): readonly Unique[] {
    return this.uniques(table).filter((unique) => unique.columns.includes(column));
  }

  /** The column of a primary key of one column. */
  primaryColumn(table: string): string | undefined {
    const primary = this.uniques(table).find((unique) => unique.kind === 'primary');
    return primary?.columns.length === 1 ? primary.columns[0] : undefined;
  }

  /** The columns that foreign keys, partitions and CHECKs link to this one, directly or not, with the column itself. */
  linkedColumns(table: string, column: string): readonly ColumnPlace[] {
    return this.#links().of({ table, column });
  }

  /** Whether a CHECK compares the column with another one, and whether it ignores upper and lower case then. */
  boundBy(table: string, column: string): { readonly ignoresCase: boolean } | undefined {
    return this.#links().bound({ table, column });
  }

  /** The columns that foreign keys and partitions link to this one, directly or not, with the column itself. */
  referringColumns(table: string, column: string): readonly ColumnPlace[] {
    this.#referring ??= new LinkedColumns(this.tables(), (name) => this.table(name), undefined);
    return this.#referring.of({ table, column });
  }

  #links(): LinkedColumns {
    this.#linked ??= new LinkedColumns(
      this.tables(),
      (name) => this.table(name),
      (sql) => this.expression(sql),
    );
    return this.#linked;
  }
}
