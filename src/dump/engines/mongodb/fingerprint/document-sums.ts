/**
 * Sums of the hashes of all documents of a collection, over their raw bytes: field order and types count. They do not depend on
 * the order in which documents are read, need no more memory for more documents, and are kept by classes, so that what changed
 * during a dump can be told from what did not.
 */
import { hash } from 'node:crypto';
import { elementsOf, idOf } from './elements.ts';

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
    const at = this.classOf(document) ?? mixed(document, 4, document.length - 1) & (this.rule.classes - 1);
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

  /** @returns undefined for a document without `_id`, whose class depends on all of it */
  classOf(document: Buffer): number | undefined {
    const { classes, recentSince } = this.rule;
    const id = idOf(document);
    if (id === undefined) return undefined;
    if (id.type === objectIdType && document.readUInt32BE(id.from) >= recentSince) return classes;
    return (mixed(document, id.from, id.to) ^ id.type) & (classes - 1);
  }
}

/** Four bytes of a text of bytes as a number, the lowest first. */
function wordAt(bytes: string, at: number): number {
  const low = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8) | (bytes.charCodeAt(at + 2) << 16);
  return (low | (bytes.charCodeAt(at + 3) << 24)) >>> 0;
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
