/** What a restore changes of a dump when it replays the oplog in it (mongo-tools, mongorestore/oplog.go). */
import { elementsOf } from '../../../../dump/engines/mongodb/fingerprint/elements.ts';

/** Names are `shop.people`. */
export interface Changes {
  /** @param document that has the `_id` of the document which is changed */
  readonly document: (name: string, document: Buffer) => void;
  /** All documents of a collection. */
  readonly documents: (name: string) => void;
  /** A collection comes, goes or is emptied. */
  readonly remade: (name: string) => void;
  /** Options or indexes of a collection, or a view. */
  readonly redefined: (name: string) => void;
  readonly dropped: (database: string) => void;
}

interface Value {
  readonly type: number;
  readonly bytes: Buffer;
}

const [stringType, documentType, arrayType] = [2, 3, 4];

/** Commands that leave the documents as they are. */
const definitionsOnly: ReadonlySet<string> = new Set([
  'createIndexes',
  'startIndexBuild',
  'commitIndexBuild',
  'abortIndexBuild',
  'dropIndexes',
  'deleteIndexes',
  'dropIndex',
  'deleteIndex',
  'collMod',
]);

/** @param entry of the oplog, or one within another: a transaction is one entry */
export function tellChanges(entry: Buffer, to: Changes): void {
  const fields = fieldsOf(entry);
  const [op, ns] = [textOf(fields.get('op')), textOf(fields.get('ns')) ?? ''];
  const [o, o2] = [fields.get('o'), fields.get('o2')];
  if (op === undefined || op === 'n' || o?.type !== documentType) return;
  const dot = ns.indexOf('.');
  const [database, collection] = [ns.slice(0, dot), ns.slice(dot + 1)];
  if (op === 'c') command(database, o.bytes, to);
  else write(database, collection, op === 'u' && o2 ? o2.bytes : o.bytes, to);
}

function write(database: string, collection: string, document: Buffer, to: Changes): void {
  const buckets = /^system\.buckets\.(.+)$/s.exec(collection)?.[1];
  // Views are documents of one collection; so were indexes before version 4.2.
  const of = collection === 'system.views' ? '_id' : collection === 'system.indexes' ? 'ns' : undefined;
  if (buckets !== undefined) to.documents(`${database}.${buckets}`);
  else if (of !== undefined) to.redefined(textOf(fieldsOf(document).get(of)) ?? '');
  else to.document(`${database}.${collection}`, document);
}

function command(database: string, document: Buffer, to: Changes): void {
  const [first] = elementsOf(document);
  if (first === undefined) return;
  const { name, type, from, to: end } = first;
  const value = { type, bytes: document.subarray(from, end) };
  const target = textOf(value);
  if (name === 'applyOps' && type === arrayType)
    for (const one of elementsOf(value.bytes)) tellChanges(value.bytes.subarray(one.from, one.to), to);
  else if (name === 'dropDatabase') to.dropped(database);
  else if (target === undefined) return;
  else if (name === 'renameCollection') {
    to.remade(target);
    to.remade(textOf(fieldsOf(document).get('to')) ?? '');
  } else if (definitionsOnly.has(name)) to.redefined(`${database}.${target}`);
  else to.remade(`${database}.${target}`);
}

function fieldsOf(document: Buffer): ReadonlyMap<string, Value> {
  return new Map(
    Array.from(elementsOf(document), ({ name, type, from, to }) => [
      name,
      { type, bytes: document.subarray(from, to) },
    ]),
  );
}

/** A length, the text, and a zero byte. */
function textOf(value: Value | undefined): string | undefined {
  return value?.type === stringType ? value.bytes.toString('utf8', 4, value.bytes.length - 1) : undefined;
}
