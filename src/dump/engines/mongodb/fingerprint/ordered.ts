/**
 * BSON as JavaScript's objects cannot hold it: with its fields in the order in which they are stored, also those whose names are
 * digits, which objects put first, and those of which a document has two.
 */
import { deserialize } from 'bson';
import { elementsOf } from './elements.ts';

/** A document, of which values that are documents are ordered, too. */
export class Fields {
  readonly entries: readonly (readonly [name: string, value: unknown])[];

  constructor(entries: Fields['entries']) {
    this.entries = entries;
  }

  /** For documents whose names are known: none of them is a number. */
  get record(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.entries);
  }
}

const [documentType, arrayType] = [3, 4];

/** Values are those of the BSON library, of the types that the server stores: JavaScript's numbers and regular expressions do not hold all of them. */
export const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

/** @throws MalformedBson */
export function orderedDocument(bytes: Buffer): Fields {
  return new Fields(
    Array.from(elementsOf(bytes), ({ type, name, from, to }) => [name, readValue(bytes, type, from, to)]),
  );
}

function readValue(bytes: Buffer, type: number, from: number, to: number): unknown {
  const value = bytes.subarray(from, to);
  if (type === documentType) return orderedDocument(value);
  if (type === arrayType) return orderedDocument(value).entries.map(([, one]) => one);
  // A document of this value alone: its length, the type, a name, the value, and the end.
  const alone = Buffer.concat([Buffer.alloc(4), Buffer.of(type, 0x76, 0), value, Buffer.alloc(1)]);
  alone.writeInt32LE(alone.length);
  return deserialize(alone, exact).v;
}
