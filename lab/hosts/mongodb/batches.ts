/** Documents that a server stores as bytes: how they go in, and how they come out again. */
import { Binary, type Document, deserialize, type Long, serialize } from 'bson';

/** A document that holds another as bytes, under the same `_id`. */
export function wrapped(document: Buffer): Document {
  const { _id } = deserialize(document, { promoteValues: false, promoteBuffers: false, bsonRegExp: true });
  return { _id, document: new Binary(Buffer.from(document)) };
}

const type = { double: 1, text: 2, document: 3, array: 4, long: 18 } as const;

const element = (of: keyof typeof type, name: string, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type[of]]), Buffer.from(`${name}\0`), value]);

function documentOf(...elements: readonly Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  const body = Buffer.concat([...elements, Buffer.alloc(1)]);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

/** The document as it was inserted. */
export const unwrapped = ({ document }: Document): Buffer => Buffer.from((document as Binary).value());

/** The reply to a command with a cursor, with other documents: byte for byte, so that no library writes them anew. */
export function batchReply({ cursor }: Document, change: (one: Document) => Buffer): Uint8Array | undefined {
  if (cursor === undefined) return undefined;
  const batch = cursor.firstBatch === undefined ? 'nextBatch' : 'firstBatch';
  const documents = (cursor[batch] as readonly Document[]).map((one, at) =>
    element('document', String(at), change(one)),
  );
  const id = Buffer.alloc(8);
  id.writeBigInt64LE((cursor.id as Long).toBigInt());
  const one = Buffer.alloc(8);
  one.writeDoubleLE(1);
  const ns = serialize({ ns: cursor.ns }).subarray(4, -1);
  return documentOf(
    element(
      'document',
      'cursor',
      documentOf(element('array', batch, documentOf(...documents)), element('long', 'id', id), Buffer.from(ns)),
    ),
    element('double', 'ok', one),
  );
}
