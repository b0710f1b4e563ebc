/** Documents that a server stores as bytes: how they go in, and how they come out again. */
import { Binary, type Document, deserialize, type Long, serialize } from 'bson';
import { elements } from '../../../src/anonymize/bson/format/elements.ts';

/** Of a document with this field, its bytes are stored instead: no driver writes every type of BSON. */
export const asItIs = 'bytes of the document';

/** A document that holds another as bytes, under the same `_id`. */
export function wrapped(document: Buffer): Document {
  const { _id, [asItIs]: bytes } = deserialize(document, {
    promoteValues: false,
    promoteBuffers: false,
    bsonRegExp: true,
    validation: { utf8: false },
  });
  return { _id, document: bytes ?? new Binary(Buffer.from(document)) };
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

/** The elements of a document but for some, byte for byte: JavaScript's objects do not keep the order of names that are digits. */
export function without(document: Buffer, names: ReadonlySet<string>): Buffer {
  const kept: Buffer[] = [];
  let from = 4;
  for (const { name, end } of elements(document, 0, document.length)) {
    if (!names.has(name)) kept.push(document.subarray(from, end));
    from = end;
  }
  return documentOf(...kept);
}

/** A document with another one in the place of a field. */
export function withDocument(one: Document, name: string, bytes: Buffer): Buffer {
  const { [name]: _, ...rest } = one;
  return documentOf(Buffer.from(serialize(rest).subarray(4, -1)), element('document', name, bytes));
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
