/**
 * Writes documents again with personal data replaced: one walk over their bytes. What does not change is copied; lengths are
 * corrected behind each document or array in which something became longer or shorter.
 */

import { BackupError } from '../../../runtime/errors.ts';
import { Arena } from '../../bytes/arena.ts';
import { Candidates } from '../../emails/at-signs.ts';
import type { CollectionPlan } from '../fields/collection-plan.ts';
import type { FieldLike } from '../fields/field-tree.ts';
import {
  cstringEnd,
  damagedDocument,
  deepest,
  documentEnd,
  longestStored,
  MalformedBson,
  stringEnd,
  types,
  valueEnd,
} from '../format/elements.ts';
import type { BsonCounts } from './bson-counts.ts';
import { EmailPatcher } from './email-patcher.ts';
import { changes, isOplog, OplogPlace, readEntry } from './oplog.ts';
import { valueAt } from './value-at.ts';
import { writeValue } from './values.ts';

/** Gets whole documents. The bytes are used before it returns. */
export type DocumentSink = (bytes: Buffer, from: number, to: number) => void;
/** Called with the text of each value that a rule replaces, as it was. */
export type OnReplaced = (bytes: Buffer, from: number, to: number) => void;

/** Bytes of rewritten documents that are collected before they are given on. */
const enough = 48 * 1024;

export class DocumentRewriter {
  onReplaced: OnReplaced | undefined;
  readonly #counts: BsonCounts;
  readonly #sampled: (value: Buffer) => number;
  readonly #planOf: (name: string) => CollectionPlan;
  readonly #candidates = new Candidates();
  readonly #emails: EmailPatcher;
  readonly #out = new Arena();
  readonly #value = new Arena();
  #bytes: Buffer = Buffer.alloc(0);
  /** Everything before it is in `out`, or was left out. */
  #done = 0;
  /** What is added to a position in `bytes` to get the one in `out`. */
  #shift = 0;
  /** The shift where the element begins whose value is next. */
  #elementShift = 0;
  #document = { start: 0, end: 0 };
  #plan: CollectionPlan | undefined;

  /** @param sampled a keyed hash from 0 to 1 that decides which documents a sample keeps */
  constructor(counts: BsonCounts, sampled: (value: Buffer) => number, planOf: (name: string) => CollectionPlan) {
    this.#counts = counts;
    this.#planOf = planOf;
    this.#sampled = sampled;
    this.#emails = new EmailPatcher(counts);
  }

  /**
   * @param from where whole documents begin, one after the other, and `to` where they end
   * @throws BackupError where a document is not valid BSON
   */
  rewrite(plan: CollectionPlan, bytes: Buffer, from: number, to: number, sink: DocumentSink): void {
    this.#bytes = bytes;
    this.#plan = plan;
    this.#out.clear();
    this.#done = from;
    this.#shift = -from;
    this.#candidates.begin(bytes, from, to);
    let at = from;
    while (at < to) {
      this.#counts.document(plan.name);
      const end = this.#one(plan, at, to);
      at = end;
      if (this.#out.end >= enough) this.#flush(end, sink);
    }
    if (this.#out.end === 0) {
      if (this.#done < to) sink(bytes, this.#done, to);
    } else this.#flush(to, sink);
  }

  /** One document. @returns where it ends */
  #one(plan: CollectionPlan, at: number, to: number): number {
    try {
      const end = documentEnd(this.#bytes, at, to);
      this.#document = { start: at, end };
      if (this.#keeps(plan, at, end)) this.#rewriteOne(plan, at, end);
      else {
        this.#replace(at, end, this.#value, 0, 0);
        this.#counts.leftOut(plan.name);
      }
      return end;
    } catch (error) {
      if (!(error instanceof MalformedBson)) throw error;
      throw damagedDocument(error, this.#where(plan), at);
    }
  }

  #where({ name }: CollectionPlan): string {
    return `${name}, document ${this.#counts.documents(name).toLocaleString('en-US')},`;
  }

  #rewriteOne(plan: CollectionPlan, at: number, end: number): void {
    const before = this.#shift;
    this.#fields(this.root(plan), at, end, false, 0);
    const length = end - at + this.#shift - before;
    if (length > Math.max(longestStored, end - at))
      throw new BackupError({
        what: `${this.#where(plan)} would become longer than the ${longestStored.toLocaleString('en-US')} bytes that a server stores`,
        likelyCause: 'it is nearly that long already, and holds addresses shorter than those that replace them',
        fix: `give a field of ${plan.name} a rule that makes it shorter (null, fixed), or leave its documents out (rows: drop)`,
      });
  }

  /** Where a walk through a document of the collection begins. */
  root(plan: CollectionPlan): FieldLike {
    return isOplog(plan.name) ? new OplogPlace(plan.root, this.#planOf) : plan.root;
  }

  /** Whether the document stays. */
  #keeps({ name, rows }: CollectionPlan, at: number, end: number): boolean {
    if (isOplog(name)) {
      const { operation, namespace } = readEntry(this.#bytes, at, end);
      return !changes(operation) || this.#planOf(namespace).rows === 'keep';
    }
    if (typeof rows === 'string') return rows === 'keep';
    const value = valueAt(this.#bytes, at, end, rows.by ?? '_id');
    return value === undefined || this.#sampled(value) < rows.share;
  }

  /** The elements of the document or array that begins at `at`. */
  #fields(place: FieldLike, at: number, to: number, isArray: boolean, depth: number): void {
    if (depth > deepest) throw new MalformedBson(`it is nested more than ${deepest} levels deep`, at);
    const bytes = this.#bytes;
    const last = documentEnd(bytes, at, to) - 1;
    const field = place.enter === undefined || isArray ? place : place.enter(bytes, at, to);
    const before = this.#shift;
    let begin = at + 4;
    while (begin < last) {
      const type = bytes[begin] as number;
      const nameEnd = cstringEnd(bytes, begin + 1, last);
      const start = nameEnd + 1;
      const end = valueEnd(bytes, type, start, last);
      const child = isArray ? field : field.child(bytes, begin + 1, nameEnd);
      this.#elementShift = this.#shift;
      if (this.#candidates.next(begin + 1) < nameEnd && !isArray) this.#name(begin + 1, nameEnd);
      this.#element(child, type, begin, start, end, depth);
      begin = end;
    }
    if (this.#shift !== before) this.#mend(at, before);
  }

  #element(field: FieldLike, type: number, begin: number, start: number, end: number, depth: number): void {
    const { treatment, rule } = field.plan;
    if (type === types.document || type === types.array) {
      const whole = type === types.document && (rule.kind === 'null' || rule.kind === 'fixed');
      if (whole) this.#whole(field, type, begin, start, end);
      else this.#fields(field, start, end, type === types.array, depth + 1);
    } else if (type === types.codeWithScope && typeof treatment === 'string')
      this.#codeWithScope(field, start, end, depth);
    else {
      field.met = true;
      if (typeof treatment !== 'string') this.#whole(field, type, begin, start, end);
      else if (treatment === 'emails' && this.#candidates.next(start) < end) this.#addresses(field, type, start, end);
    }
  }

  /** JavaScript with the values of its variables: a length, a string, a document. */
  #codeWithScope(field: FieldLike, start: number, end: number, depth: number): void {
    const before = this.#shift;
    const codeEnd = stringEnd(this.#bytes, start + 4, end);
    field.met = true;
    if (field.plan.treatment !== 'keep' && this.#candidates.next(start + 4) < codeEnd)
      this.#addresses(field, types.code, start + 4, codeEnd);
    if (documentEnd(this.#bytes, codeEnd, end) !== end)
      throw new MalformedBson('code has a scope of another length', start);
    this.#fields(field, codeEnd, end, false, depth + 1);
    if (this.#shift !== before) this.#mend(start, before);
  }

  /** Replaces the whole value by the field's rule. */
  #whole(field: FieldLike, type: number, begin: number, start: number, end: number): void {
    const { plan } = field;
    const isText = type === types.string || type === types.symbol;
    if (plan.replaced && isText) this.onReplaced?.(this.#bytes, start + 4, end - 1);
    const { start: from, end: to } = this.#document;
    const by = plan.by === undefined ? undefined : valueAt(this.#bytes, from, to, plan.by);
    const value = this.#value;
    value.clear();
    const written = writeValue(plan, this.#bytes, type, start, end, by, value);
    if (written === 'stays') return;
    if (written === 'unsuited') {
      this.#counts.unsuited((this.#plan as CollectionPlan).name, field, type);
      value.clear();
    }
    const newType = written === 'unsuited' ? types.null : written;
    if (newType !== type) this.#setType(begin, newType);
    this.#replace(start, end, value, 0, value.end);
    this.#counts.value((this.#plan as CollectionPlan).name, field);
  }

  /** Changes the type of the element that begins at `begin`, whose name may have been written already. */
  #setType(begin: number, type: number): void {
    const out = this.#out;
    if (this.#done <= begin) {
      out.append(this.#bytes, this.#done, begin + 1);
      this.#done = begin + 1;
    }
    out.bytes[begin + this.#elementShift] = type;
  }

  /** Replaces the addresses in a value. */
  #addresses(field: FieldLike, type: number, start: number, end: number): void {
    const value = this.#value;
    value.clear();
    const plan = this.#plan as CollectionPlan;
    if (this.#emails.write(plan, field, this.#bytes, type, start, end, value))
      this.#replace(start, end, value, 0, value.end);
  }

  /** Replaces the addresses in the name of a field, each by one of its own: names must differ. */
  #name(start: number, end: number): void {
    const value = this.#value;
    value.clear();
    if (this.#emails.name(this.#plan as CollectionPlan, this.#bytes, start, end, value))
      this.#replace(start, end, value, 0, value.end);
  }

  #replace(start: number, end: number, text: Arena, from: number, to: number): void {
    this.#out.append(this.#bytes, this.#done, start);
    this.#out.append(text.bytes, from, to);
    this.#done = end;
    this.#shift += to - from - (end - start);
  }

  /** Corrects the length at `at`, which was written when the shift was `before`. */
  #mend(at: number, before: number): void {
    const out = this.#out;
    const place = at + before;
    out.bytes.writeInt32LE(out.bytes.readInt32LE(place) + this.#shift - before, place);
  }

  /** Gives on everything before `end`. */
  #flush(end: number, sink: DocumentSink): void {
    this.#out.append(this.#bytes, this.#done, end);
    if (this.#out.end > 0) sink(this.#out.bytes, 0, this.#out.end);
    this.#out.clear();
    this.#done = end;
    this.#shift = -end;
  }
}
