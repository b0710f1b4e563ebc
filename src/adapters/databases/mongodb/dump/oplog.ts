/** The oplog in a dump, less what belongs to databases that are left out: a restore would else make them, or fail to find them. */
import { type Element, elementsOf } from '../../../../dump/engines/mongodb/fingerprint/elements.ts';
import type { Keeps } from './kept.ts';

/** An element, and its bytes with type and name. */
interface Part extends Element {
  readonly bytes: Buffer;
  readonly value: Buffer;
}

const [stringType, documentType, arrayType] = [2, 3, 4];

/**
 * A transaction may be several entries, of which mongorestore applies none before one ends it (mongo-tools, common/txn/meta.go): the
 * last of its `applyOps`, or `commitTransaction`. So what follows an entry that is kept is kept, too, be it empty.
 */
export class KeptOplog {
  readonly #keeps: Keeps;
  /** Transactions of which something is kept, and that go on. */
  readonly #open = new Set<string>();

  constructor(keeps: Keeps) {
    this.#keeps = keeps;
  }

  /** @param entries whole ones, in their order; more may follow. @throws MalformedBson */
  of(entries: Buffer): Buffer {
    const kept: Buffer[] = [];
    for (let at = 0; at < entries.length; ) {
      const to = at + entries.readInt32LE(at);
      const one = this.#entry(entries.subarray(at, to));
      if (one !== undefined) kept.push(one);
      at = to;
    }
    return Buffer.concat(kept);
  }

  #entry(entry: Buffer): Buffer | undefined {
    const fields = partsOf(entry);
    const command = textOf(fields.get('op')) === 'c' ? fields.get('o') : undefined;
    const options = command?.type === documentType ? partsOf(command.value) : new Map<string, Part>();
    const transaction = transactionOf(fields, options);
    if (transaction === undefined) return keptEntry(entry, this.#keeps);
    const isOpen = this.#open.has(transaction);
    const kept = keptEntry(entry, this.#keeps, isOpen) ?? (isOpen ? entry : undefined);
    const goesOn = options.has('partialTxn') || options.has('prepare');
    if (!goesOn) this.#open.delete(transaction);
    else if (kept !== undefined) this.#open.add(transaction);
    return kept;
  }
}

/** Session and number, as mongo-tools tell transactions apart; an insert of many documents has both, and is none. */
function transactionOf(fields: ReadonlyMap<string, Part>, options: ReadonlyMap<string, Part>): string | undefined {
  const [session, number, kind] = [fields.get('lsid'), fields.get('txnNumber'), fields.get('multiOpType')];
  const isCommand = ['applyOps', 'commitTransaction', 'abortTransaction'].some((name) => options.has(name));
  if (session === undefined || number === undefined || !isCommand || kind?.value[0] === 1) return undefined;
  return `${session.value.toString('latin1')} ${number.value.toString('latin1')}`;
}

/** @param empty whether an entry of which no operation is kept is kept. @returns undefined where nothing of it belongs */
function keptEntry(entry: Buffer, keeps: Keeps, empty = false): Buffer | undefined {
  const fields = partsOf(entry);
  const [op, ns] = [textOf(fields.get('op')), textOf(fields.get('ns')) ?? ''];
  if (op === 'n') return undefined;
  const o = fields.get('o');
  const operations = op === 'c' && o?.type === documentType ? partsOf(o.value).get('applyOps') : undefined;
  if (o === undefined || operations?.type !== arrayType) return belongs(ns, keeps) ? entry : undefined;
  const all = [...partsOf(operations.value).values()];
  const kept = all.flatMap(({ value }) => keptEntry(value, keeps) ?? []);
  if (kept.length === 0 && !empty) return undefined;
  if (kept.length === all.length && kept.every((one, at) => one === all[at]?.value)) return entry;
  const array = documentOf(kept.map((one, at) => elementOf(documentType, String(at), one)));
  return replaced(entry, 'o', replaced(o.value, 'applyOps', array));
}

function belongs(ns: string, keeps: Keeps): boolean {
  const dot = ns.indexOf('.');
  return dot > 0 && keeps({ database: ns.slice(0, dot), collection: ns.slice(dot + 1) });
}

function partsOf(document: Buffer): Map<string, Part> {
  const parts = new Map<string, Part>();
  let at = 4;
  for (const element of elementsOf(document)) {
    const { name, from, to } = element;
    parts.set(name, { ...element, bytes: document.subarray(at, to), value: document.subarray(from, to) });
    at = to;
  }
  return parts;
}

/** A length, the text, and a zero byte. */
function textOf(part: Part | undefined): string | undefined {
  return part?.type === stringType ? part.value.toString('utf8', 4, part.value.length - 1) : undefined;
}

function replaced(document: Buffer, name: string, value: Buffer): Buffer {
  const parts = [...partsOf(document).values()];
  return documentOf(parts.map((one) => (one.name === name ? elementOf(one.type, name, value) : one.bytes)));
}

function elementOf(type: number, name: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), value]);
}

function documentOf(elements: readonly Buffer[]): Buffer {
  const document = Buffer.concat([Buffer.alloc(4), ...elements, Buffer.alloc(1)]);
  document.writeInt32LE(document.length);
  return document;
}
