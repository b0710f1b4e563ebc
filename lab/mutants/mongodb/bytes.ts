/** Documents that MongoDB keeps, and no driver writes: byte for byte (bsonspec.org). */
import { Binary, type Document } from 'bson';
import { asItIs } from '../../hosts/mongodb/batches.ts';

const types = { double: 1, string: 2, array: 4, undefined: 6, date: 9, pointer: 12, int: 16 } as const;

export type Element = readonly [name: string, type: keyof typeof types, value: Buffer];

/** A document, or an array. */
function bytesOf(...elements: readonly Element[]): Buffer {
  const parts = elements.map(([name, type, value]) =>
    Buffer.concat([Buffer.of(types[type]), Buffer.from(`${name}\0`), value]),
  );
  const bytes = Buffer.concat([Buffer.alloc(4), ...parts, Buffer.alloc(1)]);
  bytes.writeInt32LE(bytes.length);
  return bytes;
}

/** A string of any bytes. */
export function text(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length + 1);
  return Buffer.concat([length, bytes, Buffer.alloc(1)]);
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** Milliseconds of a date, or the bits of a double. */
export function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** A reference as clients of old wrote it: a collection, and an ObjectId. */
export const pointer = (to: string, lastByte: number): Buffer =>
  Buffer.concat([text(Buffer.from(to)), Buffer.alloc(11, 3), Buffer.of(lastByte)]);

/** The names of the elements are their places, as a rule. */
export const array = (...elements: readonly Element[]): Buffer => bytesOf(...elements);

/** A document of a collection that the relay stores as bytes. */
export function document(_id: string, elements: readonly Element[]): Document {
  const bytes = bytesOf(['_id', 'string', text(Buffer.from(_id))], ...elements);
  return { _id, [asItIs]: new Binary(bytes) };
}
