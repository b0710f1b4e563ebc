/** The collections of a dump, and which of their fields must keep different values different. */
import { type CollectionMetadata, readMetadata } from './metadata.ts';

/** Whether a field must stay distinct. */
export interface Distinct {
  readonly ignoresCase: boolean;
  /** The unique indexes that it is part of; none where only a filter or a join needs it. */
  readonly indexes: readonly string[];
}

export class Collections {
  readonly #all = new Map<string, CollectionMetadata>();
  readonly #distinct = new Map<string, Map<string, Distinct>>();

  /** @param name `database.collection`; @param file for errors */
  add(name: string, metadata: string, file: string): void {
    this.#all.set(name, readMetadata(metadata, file));
    this.#distinct.clear();
  }

  names(): readonly string[] {
    return [...this.#all.keys()];
  }

  get(name: string): CollectionMetadata | undefined {
    return this.#all.get(name);
  }

  /** By path: the fields of a collection that must stay distinct, and all that is below them. */
  distinct(name: string): ReadonlyMap<string, Distinct> {
    if (this.#distinct.size === 0) this.#collect();
    return this.#distinct.get(name) ?? new Map([['_id', { ignoresCase: false, indexes: ['_id_'] }]]);
  }

  #collect(): void {
    for (const [name, { uniques, compared, isView, viewOn, joins }] of this.#all) {
      const sibling = (collection: string): string => `${databaseOf(name)}.${collection}`;
      const target = isView && viewOn !== undefined ? sibling(viewOn) : name;
      if (!isView)
        for (const index of uniques)
          for (const path of index.paths) this.#mark(name, path, index.ignoresCase, [index.name]);
      for (const path of compared) this.#mark(target, path, false, []);
      for (const join of joins) {
        this.#mark(target, join.path, false, []);
        this.#mark(sibling(join.with.collection), join.with.path, false, []);
      }
    }
  }

  #mark(name: string, path: string, ignoresCase: boolean, indexes: readonly string[]): void {
    const paths = this.#distinct.get(name) ?? new Map<string, Distinct>();
    const known = paths.get(path);
    paths.set(path, {
      ignoresCase: ignoresCase || (known?.ignoresCase ?? false),
      indexes: [...(known?.indexes ?? []), ...indexes],
    });
    this.#distinct.set(name, paths);
  }
}

/** `app` of `app.users`: names of databases hold no dot. */
export function databaseOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('.')));
}
