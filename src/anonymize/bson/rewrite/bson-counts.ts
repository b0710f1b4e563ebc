/** What was done to a dump, by collection and field. */
import { Counts } from '../../rewrite/counts.ts';
import type { FieldLike } from '../fields/field-tree.ts';
import { types } from '../format/elements.ts';

/** Values that a rule is not for. */
export interface Unsuited {
  readonly collection: string;
  readonly field: FieldLike;
  readonly type: string;
  count: number;
}

const typeNames = new Map<number, string>(Object.entries(types).map(([name, type]) => [type, name]));

export class BsonCounts {
  /** By collection and rule, as reports have them. */
  readonly changes = new Counts();
  readonly #documents = new Map<string, number>();
  readonly #unsuited = new Map<string, Unsuited>();

  /** Another document of the collection begins. */
  document(collection: string): void {
    this.#documents.set(collection, this.documents(collection) + 1);
  }

  documents(collection: string): number {
    return this.#documents.get(collection) ?? 0;
  }

  leftOut(collection: string): void {
    this.changes.add(collection, 'rows left out', 1);
  }

  value(collection: string, { plan }: FieldLike, count = 1): void {
    this.changes.addColumn(collection, plan, count);
  }

  unsuited(collection: string, field: FieldLike, type: number): void {
    const name = typeNames.get(type) ?? String(type);
    const key = `${collection} ${field.path} ${name}`;
    const known = this.#unsuited.get(key) ?? { collection, field, type: name, count: 0 };
    known.count += 1;
    this.#unsuited.set(key, known);
  }

  allUnsuited(): readonly Unsuited[] {
    return [...this.#unsuited.values()];
  }
}
