/** Groups of columns that must keep equal values equal, since foreign keys, partitions or CHECKs link them. */
import { bindingsOf, type ReadExpression } from './bound-columns.ts';
import type { ColumnPlace, Table } from './table.ts';

export class LinkedColumns {
  readonly #groups = new Map<string, ColumnPlace[]>();
  /** Columns that a CHECK compares with others: whether it ignores upper and lower case. */
  readonly #bound = new Map<string, boolean>();

  /**
   * @param find a table by canonical name
   * @param read reads the CHECKs that link columns; undefined where only foreign keys and partitions count
   */
  constructor(tables: readonly Table[], find: (name: string) => Table | undefined, read: ReadExpression | undefined) {
    for (const table of tables) {
      this.#linkForeignKeys(table, find);
      if (read !== undefined) this.#linkBound(table, read);
      if (table.isPartition && table.parent !== undefined)
        for (const { name } of table.columns)
          this.#link({ table: table.name, column: name }, { table: table.parent, column: name });
    }
  }

  /** The columns linked to this one, in either direction and over any number of tables, with the column itself. */
  of(place: ColumnPlace): readonly ColumnPlace[] {
    return this.#groups.get(keyOf(place)) ?? [place];
  }

  /** Whether a CHECK compares the column with another one, and whether it ignores upper and lower case then. */
  bound(place: ColumnPlace): { readonly ignoresCase: boolean } | undefined {
    const ignoresCase = this.#bound.get(keyOf(place));
    return ignoresCase === undefined ? undefined : { ignoresCase };
  }

  #linkBound(table: Table, read: ReadExpression): void {
    for (const { columns, ignoresCase } of bindingsOf(table, read)) {
      const places = columns.map((column): ColumnPlace => ({ table: table.name, column }));
      for (const place of places) {
        this.#link(places[0] as ColumnPlace, place);
        this.#bound.set(keyOf(place), ignoresCase || (this.#bound.get(keyOf(place)) ?? false));
      }
    }
  }

  #linkForeignKeys(table: Table, find: (name: string) => Table | undefined): void {
    for (const key of table.foreignKeys) {
      const primary = find(key.references)?.uniques.find(({ kind }) => kind === 'primary')?.columns ?? [];
      const referenced = key.referenced.length > 0 ? key.referenced : primary;
      key.columns.forEach((column, index) => {
        const other = referenced[index];
        if (other !== undefined) this.#link({ table: table.name, column }, { table: key.references, column: other });
      });
    }
  }

  #link(one: ColumnPlace, other: ColumnPlace): void {
    const [a, b] = [this.#group(one), this.#group(other)];
    if (a === b) return;
    const [larger, smaller] = a.length < b.length ? [b, a] : [a, b];
    for (const place of smaller) {
      larger.push(place);
      this.#groups.set(keyOf(place), larger);
    }
  }

  #group(place: ColumnPlace): ColumnPlace[] {
    const group = this.#groups.get(keyOf(place)) ?? [place];
    this.#groups.set(keyOf(place), group);
    return group;
  }
}

/** Blanks in canonical names occur inside quotes only. */
function keyOf({ table, column }: ColumnPlace): string {
  return `${table} ${column}`;
}
