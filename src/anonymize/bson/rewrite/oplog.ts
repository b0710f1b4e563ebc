/**
 * Entries of the oplog, which mongodump writes beside the collections and mongorestore applies to them: what is inserted or set
 * there is treated as it is in the collection. (MongoDB source, src/mongo/db/repl/oplog_entry.idl; src/mongo/db/update/document_diff_serialization.h)
 */
import { BackupError } from '../../../runtime/errors.ts';
import type { CollectionPlan } from '../fields/collection-plan.ts';
import type { FieldLike, FieldPlan } from '../fields/field-tree.ts';
import { cstringEnd, documentEnd, types, valueEnd } from '../format/elements.ts';

/** Of the oplog itself. */
export function isOplog(name: string): boolean {
  return name === 'oplog';
}

export interface OplogEntry {
  /** `i`: insert, `u`: update, `d`: delete, `c`: command, `n`: nothing. */
  readonly operation: string;
  /** The collection that it changes. */
  readonly namespace: string;
}

/** @throws MalformedBson */
export function readEntry(bytes: Buffer, at: number, to: number): OplogEntry {
  let [operation, namespace] = ['', ''];
  const last = documentEnd(bytes, at, to) - 1;
  for (let begin = at + 4; begin < last; ) {
    const nameEnd = cstringEnd(bytes, begin + 1, last);
    const [start, end] = [nameEnd + 1, valueEnd(bytes, bytes[begin] as number, nameEnd + 1, last)];
    if (bytes[begin] === types.string) {
      const name = bytes.toString('latin1', begin + 1, nameEnd);
      if (name === 'op') operation = bytes.toString('latin1', start + 4, end - 1);
      else if (name === 'ns') namespace = bytes.toString('utf8', start + 4, end - 1);
    }
    begin = end;
  }
  return { operation, namespace };
}

/** A place that stands for another: it has that one's path and plan. */
abstract class Place<T extends FieldLike> implements FieldLike {
  met = false;
  readonly path: string;
  readonly plan: FieldPlan;
  protected readonly own: T;

  constructor(own: T) {
    this.path = own.path;
    this.plan = own.plan;
    this.own = own;
  }

  abstract child(bytes: Buffer, from: number, to: number): FieldLike;
}

type PlanOf = (namespace: string) => CollectionPlan;

/** An entry, or the array of those that a transaction puts into one: what it holds is known once the walk enters it. */
export class OplogPlace extends Place<FieldLike> {
  readonly #planOf: PlanOf;

  /** @param own the same place in the oplog itself, for fields that are no collection's */
  constructor(own: FieldLike, planOf: PlanOf) {
    super(own);
    this.#planOf = planOf;
  }

  child(bytes: Buffer, from: number, to: number): FieldLike {
    return this.own.child(bytes, from, to);
  }

  enter(bytes: Buffer, at: number, to: number): FieldLike {
    const { operation, namespace } = readEntry(bytes, at, to);
    if (operation === 'c') return new CommandPlace(this.own, this.#planOf);
    if (!changes(operation)) return this.own;
    const collection = this.#planOf(namespace);
    // An entry of its own has been left out before.
    if (collection.rows !== 'keep')
      throw new BackupError({
        what: `a transaction in the oplog changes ${namespace}, whose documents are left out`,
        fix: `dump without --oplog, or keep the documents of ${namespace}`,
      });
    return new EntryPlace(operation, this.own, collection);
  }
}

/** Whether an entry with this operation changes a document. */
export function changes(operation: string): boolean {
  return operation === 'i' || operation === 'u' || operation === 'd';
}

/** A command; that of a transaction holds entries. */
class CommandPlace extends Place<FieldLike> {
  readonly #planOf: PlanOf;

  constructor(own: FieldLike, planOf: PlanOf) {
    super(own);
    this.#planOf = planOf;
  }

  child(bytes: Buffer, from: number, to: number): FieldLike {
    const own = this.own.child(bytes, from, to);
    const name = bytes.toString('latin1', from, to);
    if (name === 'applyOps') return new OplogPlace(own, this.#planOf);
    return name === 'o' ? new CommandPlace(own, this.#planOf) : own;
  }
}

/** The documents of an entry that changes one: `o`, and `o2` with its `_id`. */
class EntryPlace extends Place<FieldLike> {
  readonly #operation: string;
  readonly #collection: CollectionPlan;

  constructor(operation: string, own: FieldLike, collection: CollectionPlan) {
    super(own);
    this.#operation = operation;
    this.#collection = collection;
  }

  child(bytes: Buffer, from: number, to: number): FieldLike {
    const name = bytes.toString('latin1', from, to);
    const { root } = this.#collection;
    if (name === 'o2') return root;
    if (name === 'o') return this.#operation === 'u' ? new UpdatePlace(root) : root;
    return this.own.child(bytes, from, to);
  }
}

/** What follows `$set` has dotted names; what follows `diff` is nested; everything else is a whole document. */
class UpdatePlace extends Place<FieldLike & { named(name: string): FieldLike }> {
  child(bytes: Buffer, from: number, to: number): FieldLike {
    const name = bytes.toString('utf8', from, to);
    if (name === 'diff') return new DiffPlace(this.own);
    return name.startsWith('$') ? new DottedPlace(this.own) : this.own.child(bytes, from, to);
  }
}

type Named = FieldLike & { named?(name: string): FieldLike };

class DottedPlace extends Place<Named> {
  child(bytes: Buffer, from: number, to: number): FieldLike {
    return bytes
      .toString('utf8', from, to)
      .split('.')
      .filter((name) => !/^\d+$/.test(name))
      .reduce<Named>((field, name) => field.named?.(name) ?? field, this.own);
  }
}

/** `u`, `i` and `d` hold fields of this place; `sNAME` goes on at a field, `s3` and `u3` at an element of an array. */
class DiffPlace extends Place<Named> {
  child(bytes: Buffer, from: number, to: number): FieldLike {
    const name = bytes.toString('utf8', from, to);
    if (/^s\d+$/.test(name)) return new DiffPlace(this.own);
    if (name.startsWith('s')) return new DiffPlace(this.own.named?.(name.slice(1)) ?? this.own);
    return this.own;
  }
}
