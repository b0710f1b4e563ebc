/**
 * What a dump itself holds, noted while it is written: the sums of its documents and the names of its objects. A restore must give
 * back just that, whatever happened to the source meanwhile; what the source's readings say otherwise is told apart from it.
 */
import { EJSON } from 'bson';
import type { ArchiveCollection, Namespace } from '../../../../anonymize/bson/format/archive.ts';
import type { HeldByDump, TableFingerprint } from '../../../../domain/dump.ts';
import { isImplied, isOfServer, type Options } from '../../../../dump/engines/mongodb/fingerprint/definitions.ts';
import { classesFor, DocumentSums } from '../../../../dump/engines/mongodb/fingerprint/document-sums.ts';
import { indexId, isIndexOf, replayed } from '../../../../dump/engines/mongodb/fingerprint/names.ts';
import { type Reading, tableOf } from '../fingerprint.ts';
import type { Keeps } from './kept.ts';
import { tellChanges } from './replay.ts';
import { Replayed } from './replayed.ts';

interface Metadata {
  readonly indexes?: readonly Options[];
  readonly options?: Options;
}

export class DumpContent {
  readonly #keeps: Keeps;
  readonly #recentSince: number;
  readonly #classes: ReadonlyMap<string, number>;
  readonly #sums = new Map<string, DocumentSums>();
  /** Of these the documents are stored otherwise than a query gives them: measurements lie in buckets. */
  readonly #others = new Set<string>();
  readonly #ids = new Set<string>();
  /** Collections whose indexes cannot be told from their metadata. */
  readonly #unsure = new Set<string>();
  readonly #replayed = new Replayed((name, document) => this.#sums.get(name)?.classOf(document));

  /** @param before whose classes are used again */
  constructor(keeps: Keeps, recentSince: number, before: readonly TableFingerprint[]) {
    this.#keeps = keeps;
    this.#recentSince = recentSince;
    this.#classes = new Map(before.map(({ name, classes = [] }) => [name, classes.length - 1]));
  }

  /** The collections that a run of mongodump announces. */
  announce(collections: readonly ArchiveCollection[]): void {
    for (const one of collections) if (this.#isWanted(one.namespace)) this.#announce(one);
  }

  #isWanted(namespace: Namespace): boolean {
    const { database, collection } = namespace;
    return database !== '' && database !== 'admin' && !isOfServer(collection) && this.#keeps(namespace);
  }

  #announce({ namespace: { name }, metadata, type }: ArchiveCollection): void {
    const { indexes = [], options = {} } = this.#metadata(name, metadata);
    const view = type === 'view' || options.viewOn !== undefined;
    this.#ids.add(`${view ? 'VIEW' : 'COLLECTION'} ${name}`);
    if (view || type === 'timeseries' || options.timeseries !== undefined) this.#others.add(name);
    else this.#of(name);
    for (const index of indexes) if (!isImplied(index)) this.#ids.add(indexId(name, String(index.name)));
  }

  #metadata(name: string, metadata: string): Metadata {
    try {
      return metadata === '' ? {} : (EJSON.parse(metadata) as Metadata);
    } catch {
      this.#unsure.add(name);
      return {};
    }
  }

  #of(name: string): DocumentSums {
    const known = this.#sums.get(name);
    if (known) return known;
    const classes = this.#classes.get(name) ?? classesFor(0);
    const made = new DocumentSums({ classes: Math.max(1, classes), recentSince: this.#recentSince });
    this.#sums.set(name, made);
    return made;
  }

  /** @param documents whole ones */
  add(namespace: Namespace, documents: Buffer): void {
    if (!this.#isWanted(namespace) || this.#others.has(namespace.name)) return;
    const sums = this.#of(namespace.name);
    for (let at = 0; at < documents.length; ) {
      const to = at + documents.readInt32LE(at);
      sums.add(documents.subarray(at, to));
      at = to;
    }
  }

  /** @param entries of the oplog, which a restore replays */
  replay(entries: Buffer): void {
    for (let at = 0; at < entries.length; ) {
      const to = at + entries.readInt32LE(at);
      tellChanges(entries.subarray(at, to), this.#replayed);
      at = to;
    }
  }

  /** Undefined where it says nothing of the documents that a query gives. A collection that the dump lacks has none. */
  table(name: string): TableFingerprint | undefined {
    const replays = this.#replayed.of(name);
    if (this.#others.has(name)) return replays === 'all' ? this.#unknown(name) : undefined;
    const table = tableOf(name, this.#of(name));
    if (replays === undefined) return table;
    return {
      ...table,
      classes: table.classes?.map((sum, at) => (replays === 'all' || replays.has(at) ? replayed : sum)),
    };
  }

  /** A table of whose documents nothing can be said. */
  #unknown(name: string): TableFingerprint {
    const classes = (this.#classes.get(name) ?? 0) + 1;
    return { name, rows: '0', checksum: '', classes: Array.from({ length: classes }, () => replayed) };
  }

  /** @param after undefined when it could not be read: then nothing can be said of what existed only meanwhile */
  compared(before: Reading, after: Pick<Reading, 'words' | 'tables'>): HeldByDump {
    const ids = [...before.words.keys()].filter((id) => /^(COLLECTION|VIEW|INDEX) /.test(id));
    const isUnsure = (id: string): boolean => [...this.#unsure].some((name) => isIndexOf(id, name));
    const readBefore = new Set(before.tables.map(({ name }) => name));
    const known = [...this.#sums.keys(), ...this.#others].flatMap((name) => this.table(name) ?? []);
    const lacking = before.tables.flatMap(({ name }) =>
      this.#sums.has(name) || this.#others.has(name) ? [] : (this.table(name) ?? ([] as TableFingerprint[])),
    );
    const first = new Map(before.tables.map((one) => [one.name, one]));
    return {
      tables: [...known, ...lacking].filter(
        ({ name, rows, checksum, classes }) =>
          !readBefore.has(name) ||
          first.get(name)?.rows !== rows ||
          first.get(name)?.checksum !== checksum ||
          classes?.includes(replayed),
      ),
      unsummed: [...this.#others].filter((name) => this.#ids.has(`COLLECTION ${name}`)),
      ...this.#replayed.definitions([...before.tables, ...after.tables, ...known].map(({ name }) => name)),
      only: [...this.#ids].filter((id) => !before.words.has(id) && !after.words.has(id)),
      lacks: ids.filter((id) => after.words.has(id) && !this.#ids.has(id) && !isUnsure(id)),
    };
  }
}
