/** Compares values that were replaced with values that remain in other columns. Both sides are kept as hashes. */
import type { ColumnPlace } from '../schema/table.ts';
import { type HashesOfSample, HashSample, valueHash } from './hash-sample.ts';

/** Shorter values are words that occur anywhere. */
export const shortestValue = 6;
/** Longer values are texts, not facts about a person. */
export const longestValue = 64;

export class ReplacedValues {
  readonly #replaced = new HashSample();
  readonly #standing = new HashSample();
  readonly #places: ColumnPlace[] = [];
  readonly #indexes = new Map<string, number>();

  /** Notes a value that was replaced: its text as it was. */
  noteReplaced(text: Uint8Array, from: number, to: number): void {
    if (to - from >= shortestValue && to - from <= longestValue) this.#replaced.add(valueHash(text, from, to), 0);
  }

  /** Notes what another thread replaced. */
  mergeReplaced(replaced: HashesOfSample): void {
    this.#replaced.merge(replaced);
  }

  /** Hashes of the values that were replaced. */
  get replaced(): HashesOfSample {
    return this.#replaced.hashes();
  }

  /** Records a value in the output. @param place from `placeOf` */
  noteStanding(text: Uint8Array, from: number, to: number, place: number): void {
    if (to - from >= shortestValue && to - from <= longestValue) this.#standing.add(valueHash(text, from, to), place);
  }

  /** A number that identifies the column. */
  placeOf(table: string, column: string): number {
    const key = `${table} ${column}`;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.#places.push({ table, column }) - 1;
      this.#indexes.set(key, index);
    }
    return index;
  }

  /** The columns that contain values replaced in other columns, each with the number of different values. */
  *repeated(): Generator<ColumnPlace & { readonly count: number }> {
    const counts = new Map<number, number>();
    for (const [hash, place] of this.#standing.entries())
      if (hash <= this.#replaced.limit && this.#replaced.has(hash)) counts.set(place, (counts.get(place) ?? 0) + 1);
    for (const [place, count] of counts) yield { ...(this.#places[place] as ColumnPlace), count };
  }

  /** Whether all values were compared, and not a sample of them. */
  get comparedAll(): boolean {
    return this.#replaced.isComplete && this.#standing.isComplete;
  }
}
