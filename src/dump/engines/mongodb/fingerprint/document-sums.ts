/**
 * Sums of the hashes of all documents of a collection, over their raw bytes: field order and types count. They do not depend on
 * the order in which documents are read, need no more memory for more documents, and are kept by classes, so that what changed
 * during a dump can be told from what did not.
 */
import { hash } from 'node:crypto';

/** What the classes of a collection are made of; a copy is read with those of its source. */
export interface ClassRule {
  /** Number of classes by the hash of `_id`, a power of two. */
  readonly classes: number;
  /**
   * Seconds since 1970. Documents whose `_id` is an ObjectId made then or later are a class of their own: what is inserted during
   * a dump must not disturb the others. (An ObjectId begins with the seconds of its making: MongoDB manual, ObjectId.)
   */
  readonly recentSince: number;
}

export interface ClassSum {
  readonly documents: number;
  /** Sum of the first 64 bits of the SHA-256 of each document, modulo 2^64. */
  readonly sum: bigint;
}

/** At least so many classes, and at most. */
const [fewest, most] = [16, 4096];

/** So many that a class has one document or two, if memory allows. @param documents an estimate */
export function classesFor(documents: number): number {
  return Math.min(most, Math.max(fewest, 2 ** Math.ceil(Math.log2(Math.max(1, documents)))));
}

const objectIdType = 7;

export class DocumentSums {
  readonly rule: ClassRule;
  /** Of each class, and of the recent documents at the end. */
  readonly #counts: Float64Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #fields: FieldSums | undefined;

  /** @param fields whether each field at the top gets a sum of its own, too */
  constructor(rule: ClassRule, fields = false) {
    this.rule = rule;
    this.#counts = new Float64Array(rule.classes + 1);
    this.#high = new Uint32Array(rule.classes + 1);
    this.#low = new Uint32Array(rule.classes + 1);
    this.#fields = fields ? new FieldSums() : undefined;
  }

  /** @param document its BSON */
  add(document: Buffer): void {
    const at = this.#classOf(document);
    // A buffer for each digest would take longer to make than the digest itself.
    const digest = hash('sha256', document, 'binary');
    this.#counts[at] = (this.#counts[at] as number) + 1;
    const low = (this.#low[at] as number) + wordAt(digest, 4);
    this.#low[at] = low;
    this.#high[at] = (this.#high[at] as number) + wordAt(digest, 0) + (low > 0xffffffff ? 1 : 0);
    this.#fields?.add(document);
  }

  get classes(): readonly ClassSum[] {
    return Array.from(this.#counts, (documents, at) => ({ documents, sum: this.#sum(at) }));
  }

  get total(): ClassSum {
    let [documents, sum] = [0, 0n];
    for (const one of this.classes) {
      documents += one.documents;
      sum += one.sum;
    }
    return { documents, sum: BigInt.asUintN(64, sum) };
  }

  /** By the name of the field; undefined when they were not asked for, or are too many. */
  get fields(): Readonly<Record<string, string>> | undefined {
    return this.#fields?.sums;
  }

  #sum(at: number): bigint {
    return (BigInt(this.#high[at] as number) << 32n) | BigInt(this.#low[at] as number);
  }

  #classOf(document: Buffer): number {
    const { classes, recentSince } = this.rule;
    const id = idOf(document);
    if (id === undefined) return mixed(document, 4, document.length - 1) & (classes - 1);
    if (id.type === objectIdType && document.readUInt32BE(id.from) >= recentSince) return classes;
    return (mixed(document, id.from, id.to) ^ id.type) & (classes - 1);
  }
}

/** Four bytes of a text of bytes as a number, the lowest first. */
function wordAt(bytes: string, at: number): number {
  const low = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8) | (bytes.charCodeAt(at + 2) << 16);
  return (low | (bytes.charCodeAt(at + 3) << 24)) >>> 0;
}

interface Element {
  readonly type: number;
  readonly name: string;
  readonly nameFrom: number;
  /** Where its value begins, and ends. */
  readonly from: number;
  readonly to: number;
}

/** The server puts `_id` first (MongoDB manual, Documents, Field Order); measurements of a time series may have none. */
function idOf(document: Buffer): Pick<Element, 'type' | 'from' | 'to'> | undefined {
  const type = document[4] as number;
  if (document[5] === 95 && document[6] === 105 && document[7] === 100 && document[8] === 0)
    return { type, from: 9, to: 9 + valueLength(document, type, 9) };
  for (const element of elementsOf(document)) {
    if (element.name === '_id') return element;
    // Not first: an unusual document, of which all elements are looked at.
  }
  return undefined;
}

/** The elements at the top of a document (bsonspec.org). @throws Error where a type is unknown */
function* elementsOf(document: Buffer): Generator<Element> {
  let at = 4;
  const end = document.length - 1;
  while (at < end) {
    const type = document[at] as number;
    const nameFrom = at + 1;
    const nameTo = document.indexOf(0, nameFrom);
    const from = nameTo + 1;
    const to = from + valueLength(document, type, from);
    yield { type, name: document.toString('utf8', nameFrom, nameTo), nameFrom, from, to };
    at = to;
  }
}

/** The names of the fields at the top of a document, in their order. @throws Error where a type is unknown */
export function fieldNames(document: Buffer): readonly string[] {
  return Array.from(elementsOf(document), ({ name }) => name);
}

/** Lengths of values by type (bsonspec.org); the others say theirs. */
const fixed: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

function valueLength(bytes: Buffer, type: number, at: number): number {
  const known = fixed[type];
  if (known !== undefined) return known;
  switch (type) {
    case 2: // string
    case 13: // code
    case 14: // symbol
      return 4 + bytes.readInt32LE(at);
    case 3: // document
    case 4: // array
    case 15: // code with scope
      return bytes.readInt32LE(at);
    case 5: // binary
      return 5 + bytes.readInt32LE(at);
    case 12: // DBPointer
      return 4 + bytes.readInt32LE(at) + 12;
    case 11: {
      const options = bytes.indexOf(0, at) + 1;
      return bytes.indexOf(0, options) + 1 - at;
    }
    default:
      throw new Error(`a document has an element of the type ${type}, which BSON does not have`);
  }
}

/** FNV-1a, with the last steps of MurmurHash3, since its low bits alone are not spread well. */
function mixed(bytes: Buffer, from: number, to: number): number {
  let sum = 0x811c9dc5;
  for (let at = from; at < to; at += 1) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}

/** Fields at the top of which a collection may have sums: documents whose field names are data have too many. */
const mostFields = 1000;

class FieldSums {
  readonly #sums = new Map<string, bigint>();
  #tooMany = false;

  add(document: Buffer): void {
    if (this.#tooMany) return;
    for (const { type, name, from, to } of elementsOf(document)) {
      const value = hash('sha256', Buffer.concat([Buffer.from([type]), document.subarray(from, to)]), 'buffer');
      this.#sums.set(name, BigInt.asUintN(64, (this.#sums.get(name) ?? 0n) + value.readBigUInt64LE(0)));
    }
    if (this.#sums.size <= mostFields) return;
    this.#tooMany = true;
    this.#sums.clear();
  }

  get sums(): Readonly<Record<string, string>> | undefined {
    if (this.#tooMany) return undefined;
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, String(sum)]));
  }
}
