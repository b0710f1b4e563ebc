/** What the relay remembers of the collections of its server, and what it makes of commands and replies. */
import { type Document, deserialize, serialize } from 'bson';
import { batchReply, unwrapped, withDocument, without, wrapped } from './batches.ts';

/**
 * A command of a client: `body` are its bytes, `documents` those of what it inserts, and `indexes` those of specifications.
 */
export type Command = Document & {
  readonly $db: string;
  readonly body: Buffer;
  readonly documents: readonly Buffer[];
};

export interface Asked {
  /** The reply, when the server is not asked. */
  readonly answer?: Document;
  /** What the server is asked instead. */
  readonly instead?: Uint8Array;
  /** Makes another reply of the server's; undefined leaves it as it is. */
  readonly reply?: (body: Document) => Uint8Array | undefined;
}

const ok = { ok: 1 };

/** Fields of `create` that are no options of the collection. */
const ofCommand: ReadonlySet<string> = new Set(['create', '$db', 'lsid', '$readPreference', 'writeConcern']);

interface Options {
  readonly bytes: Buffer;
  readonly isView: boolean;
}

export class Memory {
  readonly #isAsBytes: (collection: string) => boolean;
  /** Options by the name of the collection or view, with its database. */
  readonly #options = new Map<string, Options>();
  /** Specifications by the name of the index, of each collection: their bytes, since a key has an order. */
  readonly #indexes = new Map<string, Map<string, Buffer>>();

  constructor(isAsBytes: (collection: string) => boolean) {
    this.#isAsBytes = isAsBytes;
  }

  ask(command: Command): Asked {
    const [name = '', value] = Object.entries(command)[0] ?? [];
    const collection = `${command.$db}.${value}`;
    if (name === 'create') return this.#create(command, collection);
    if (name === 'createIndexes') return this.#createIndexes(command, collection);
    if (name === 'listCollections') return this.#listCollections(command);
    if (name === 'listIndexes') return { reply: (body) => this.#listIndexes(body, collection) };
    if (name === 'dropIndexes') this.#indexes.get(collection)?.delete(String(command.index));
    if (name === 'drop') return this.#drop(collection);
    if (name === 'dropDatabase')
      for (const one of [...this.#options.keys(), ...this.#indexes.keys()])
        if (one.startsWith(`${command.$db}.`)) this.#drop(one);
    if (name === 'renameCollection') this.#rename(String(value), String(command.to));
    if (name === 'insert' && this.#isAsBytes(String(value))) return insertWrapped(command);
    if (name === 'find' && this.#isAsBytes(String(value))) return { reply: (body) => batchReply(body, unwrapped) };
    if (name === 'getMore' && this.#isAsBytes(String(command.collection)))
      return { reply: (body) => batchReply(body, unwrapped) };
    return {};
  }

  #create({ create, $db, viewOn, body }: Command, collection: string): Asked {
    const isView = viewOn !== undefined;
    this.#options.set(collection, { bytes: without(body, ofCommand), isView });
    return isView ? { answer: ok } : { instead: serialize({ create, $db }) };
  }

  #createIndexes(command: Command, collection: string): Asked {
    const known = this.#indexes.get(collection) ?? new Map<string, Buffer>();
    this.#indexes.set(collection, known);
    const plain = (command.indexes as readonly Buffer[]).map((bytes) => {
      const { name } = deserialize(bytes);
      known.set(name, Buffer.from(bytes));
      // The server has to know its name alone: it need not have this kind of index.
      return { key: { [`of ${name}`]: 1 }, name };
    });
    return { instead: serialize({ createIndexes: command.createIndexes, indexes: plain, $db: command.$db }) };
  }

  #listCollections({ $db, filter }: Command): Asked {
    const wanted = (filter as Document | undefined)?.name;
    const views = [...this.#options].filter(([name, { isView }]) => name.startsWith(`${$db}.`) && isView);
    return {
      reply: (body) => {
        if (body.cursor?.firstBatch === undefined) return undefined;
        for (const [name] of views) {
          const own = name.slice($db.length + 1);
          if (wanted === undefined || String(wanted) === own)
            body.cursor.firstBatch.push({ name: own, type: 'view', info: { readOnly: true } });
        }
        return batchReply(body, (one) => {
          const known = this.#options.get(`${$db}.${one.name}`);
          return known ? withDocument(one, 'options', known.bytes) : Buffer.from(serialize(one));
        });
      },
    };
  }

  #listIndexes(body: Document, collection: string): Uint8Array | undefined {
    if (body.cursor?.firstBatch === undefined) return undefined;
    const known = this.#indexes.get(collection);
    return batchReply(body, (one) => known?.get(one.name) ?? Buffer.from(serialize(one)));
  }

  #drop(collection: string): Asked {
    const isView = this.#options.get(collection)?.isView ?? false;
    this.#options.delete(collection);
    this.#indexes.delete(collection);
    return isView ? { answer: ok } : {};
  }

  #rename(from: string, to: string): void {
    for (const map of [this.#options, this.#indexes] as Map<string, unknown>[]) {
      const known = map.get(from);
      map.delete(from);
      if (known !== undefined) map.set(to, known);
    }
  }
}

function insertWrapped({ insert, $db, documents }: Command): Asked {
  return { instead: serialize({ insert, documents: documents.map(wrapped), ordered: false, $db }) };
}
