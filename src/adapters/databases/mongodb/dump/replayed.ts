import type { HeldByDump } from '../../../../domain/dump.ts';
import type { Changes } from './replay.ts';

/** What the oplog of a dump changes of it, by collection. */
export class Replayed implements Changes {
  readonly #classOf: (name: string, document: Buffer) => number | undefined;
  readonly #classes = new Map<string, Set<number> | 'all'>();
  readonly #remade = new Set<string>();
  readonly #redefined = new Set<string>();
  readonly #dropped = new Set<string>();

  /** @param classOf undefined where the class of a document cannot be told */
  constructor(classOf: (name: string, document: Buffer) => number | undefined) {
    this.#classOf = classOf;
  }

  /** Classes of its documents. */
  of(name: string): ReadonlySet<number> | 'all' | undefined {
    return this.#isDropped(name) ? 'all' : this.#classes.get(name);
  }

  #isDropped(name: string): boolean {
    return this.#dropped.has(name.slice(0, name.indexOf('.')));
  }

  document(name: string, document: Buffer): void {
    const known = this.#classes.get(name) ?? new Set();
    if (known === 'all') return;
    const at = this.#classOf(name, document);
    this.#classes.set(name, at === undefined ? 'all' : known.add(at));
  }

  documents(name: string): void {
    this.#classes.set(name, 'all');
  }

  remade(name: string): void {
    this.documents(name);
    this.#remade.add(name);
  }

  redefined(name: string): void {
    this.#redefined.add(name);
  }

  dropped(database: string): void {
    this.#dropped.add(database);
  }

  /** @param names of all collections that are known */
  definitions(names: readonly string[]): Pick<HeldByDump, 'remade' | 'redefined'> {
    const gone = names.filter((name) => this.#isDropped(name));
    return { remade: [...new Set([...this.#remade, ...gone])], redefined: [...this.#redefined] };
  }
}
