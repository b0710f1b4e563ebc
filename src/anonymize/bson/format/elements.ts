/** The bytes of BSON documents (bsonspec.org, version 1.1), read where they are: nothing becomes an object. */
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';

/** The type of a value: one byte before its name. Those that the specification calls deprecated occur in old databases. */
export const types = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
  decimal128: 0x13,
  maxKey: 0x7f,
  minKey: 0xff,
} as const;

/** Bytes of the empty document. */
export const shortestDocument = 5;
/** Bytes of the longest document that a client may store (MongoDB Limits and Thresholds, BSON Documents). */
export const longestStored = 16 * 1024 * 1024;
/** What the server itself may write, such as an entry of the oplog around such a document (BSONObjMaxInternalSize). */
export const longestDocument = longestStored + 16 * 1024;
/** Levels of nesting: a server stores 100 and refuses more than this in all it reads (bson_depth.h). */
export const deepest = 200;

/** Bytes of values whose type fixes their length; -1 for all others, and for types that do not exist. */
const fixed = new Int8Array(256).fill(-1);
for (const [type, length] of [
  [types.double, 8],
  [types.undefined, 0],
  [types.objectId, 12],
  [types.boolean, 1],
  [types.date, 8],
  [types.null, 0],
  [types.int32, 4],
  [types.timestamp, 8],
  [types.int64, 8],
  [types.decimal128, 16],
  [types.maxKey, 0],
  [types.minKey, 0],
] as const)
  fixed[type] = length;

/** A document that is not as BSON must be, with the byte of it where this shows. */
export class MalformedBson extends Error {
  override readonly name = 'MalformedBson';
  readonly reason: string;
  readonly at: number;

  /** @param reason what is wrong, to be read after "the document" */
  constructor(reason: string, at: number) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

/** @param where `collection app.users, document 17` */
export function damagedDocument(error: MalformedBson, where: string, start: number): BackupError {
  const byte = (error.at - start).toLocaleString('en-US');
  return new BackupError({
    what: `${where} is not valid BSON: ${error.reason}, at byte ${byte} of it`,
    likelyCause: 'the dump was damaged or cut off, or its source holds a damaged document',
    fix: 'compare the SHA-256 of the file with the one in the receipt, or dump it again; the validate command checks the source',
    code: fileDamaged,
  });
}

export function int32At(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Where the name or other text that begins at `at` ends: at its zero byte. @throws MalformedBson */
export function cstringEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && bytes[end] !== 0) end += 1;
  if (end >= to) throw new MalformedBson('a name has no end', at);
  return end;
}

/**
 * Where the value that begins at `at` ends. Of a document, an array or code with scope only the length is read.
 * @param to where the document's values end
 * @throws MalformedBson
 */
export function valueEnd(bytes: Uint8Array, type: number, at: number, to: number): number {
  const known = fixed[type] as number;
  const end = known >= 0 ? at + known : variableEnd(bytes, type, at, to);
  if (end > to) throw new MalformedBson('a value is longer than what is around it', at);
  return end;
}

function variableEnd(bytes: Uint8Array, type: number, at: number, to: number): number {
  switch (type) {
    case types.string:
    case types.code:
    case types.symbol:
      return stringEnd(bytes, at, to);
    case types.document:
    case types.array:
      return lengthEnd(bytes, at, to, shortestDocument);
    case types.codeWithScope:
      // Its length, an empty string, an empty document.
      return lengthEnd(bytes, at, to, 4 + 5 + shortestDocument);
    case types.binary:
      return prefixedEnd(bytes, at, to, 0, 5);
    case types.regex:
      return cstringEnd(bytes, cstringEnd(bytes, at, to) + 1, to) + 1;
    case types.dbPointer:
      return stringEnd(bytes, at, to) + 12;
    default:
      throw new MalformedBson(`there is no type 0x${type.toString(16).padStart(2, '0')}`, at);
  }
}

/** Where a string ends: behind its zero byte. */
export function stringEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = prefixedEnd(bytes, at, to, 1, 4);
  if (bytes[end - 1] !== 0) throw new MalformedBson('a string does not end with a zero byte', at);
  return end;
}

/** A length that does not count itself. @param before bytes before what it counts */
function prefixedEnd(bytes: Uint8Array, at: number, to: number, least: number, before: number): number {
  if (at + before > to) throw new MalformedBson('a value is cut off', at);
  const length = int32At(bytes, at);
  if (length < least || length > to - at - before) throw new MalformedBson(`a value has the length ${length}`, at);
  return at + before + length;
}

/** A length that counts itself. */
function lengthEnd(bytes: Uint8Array, at: number, to: number, least: number): number {
  if (at + 4 > to) throw new MalformedBson('a value is cut off', at);
  const length = int32At(bytes, at);
  if (length < least || length > to - at) throw new MalformedBson(`a value has the length ${length}`, at);
  return at + length;
}

/** Checks the frame of the document that begins at `at`: its length and its last byte. @returns where it ends */
export function documentEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = lengthEnd(bytes, at, to, shortestDocument);
  if (bytes[end - 1] !== 0) throw new MalformedBson('a document does not end with a zero byte', at);
  return end;
}

/** An element of a document: positions in its bytes. */
export interface Element {
  readonly type: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The elements of the document that begins at `at`, and of no other inside it. @throws MalformedBson */
export function* elements(bytes: Buffer, at: number, to: number): Generator<Element> {
  const last = documentEnd(bytes, at, to) - 1;
  let begin = at + 4;
  while (begin < last) {
    const nameEnd = cstringEnd(bytes, begin + 1, last);
    const type = bytes[begin] as number;
    const end = valueEnd(bytes, type, nameEnd + 1, last);
    yield { type, name: bytes.toString('utf8', begin + 1, nameEnd), start: nameEnd + 1, end };
    begin = end;
  }
}

/** The text of a string value that begins at `start` and ends, zero byte included, at `end`. */
export function textOfString(bytes: Buffer, { start, end }: Pick<Element, 'start' | 'end'>): string {
  return bytes.toString('utf8', start + 4, end - 1);
}
