import type { DumpFingerprint, TableFingerprint } from '../../../../domain/dump.ts';
import { isIndexOf } from '../fingerprint/names.ts';

/** What a dump holds of a source that moved meanwhile. */
export class Held {
  /** Whether the dump was read for it. */
  readonly known: boolean;
  readonly #tables: ReadonlyMap<string, TableFingerprint>;
  readonly #only: ReadonlySet<string>;
  readonly #lacks: ReadonlySet<string>;
  readonly #remade: ReadonlySet<string>;
  readonly #redefined: ReadonlySet<string>;
  readonly #unsummed: ReadonlySet<string>;

  constructor({ held }: DumpFingerprint) {
    this.known = held !== undefined;
    this.#tables = new Map(held?.tables.map((one) => [one.name, one]));
    this.#only = new Set(held?.only);
    this.#lacks = new Set(held?.lacks);
    this.#remade = new Set(held?.remade);
    this.#redefined = new Set(held?.redefined);
    this.#unsummed = new Set(held?.unsummed);
  }

  table({ name, before }: { readonly name: string; readonly before: TableFingerprint }): TableFingerprint {
    return this.#tables.get(name) ?? before;
  }

  /** Whether the dump holds other documents than the first reading found. */
  has(name: string): boolean {
    return this.#tables.has(name);
  }

  /** Whether the dump holds the collection, and nothing can be said of its documents: measurements lie in buckets. */
  isUnsummed(name: string): boolean {
    return this.#unsummed.has(name);
  }

  /** Of a collection that neither reading found. */
  other(name: string): TableFingerprint | undefined {
    return this.isOnly(`COLLECTION ${name}`) ? this.#tables.get(name) : undefined;
  }

  /** What a copy has of a collection that the dump lacks. */
  withoutDocuments(pair: Parameters<Held['table']>[0]): TableFingerprint | undefined {
    return this.lacks(`COLLECTION ${pair.name}`) ? this.table(pair) : undefined;
  }

  isOnly(id: string): boolean {
    return this.#only.has(id);
  }

  lacks(id: string): boolean {
    return this.#lacks.has(id);
  }

  /** Whether the log that a restore replays makes or drops a collection. */
  isRemade(name: string): boolean {
    return this.#remade.has(name);
  }

  /** Whether that log may change a definition. */
  mayDiffer(id: string): boolean {
    const isOf = (name: string): boolean => id === `COLLECTION ${name}` || id === `VIEW ${name}` || isIndexOf(id, name);
    return [...this.#remade, ...this.#redefined].some(isOf);
  }
}
