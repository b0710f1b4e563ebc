/** Rewrites rows of COPY that come as messages. Everything here follows from rules, definitions and key, as in the main thread. */
import { Arena } from '../bytes/arena.ts';
import { type Output, writePatched } from '../bytes/output.ts';
import type { Patches } from '../bytes/patches.ts';
import { Candidates } from '../emails/at-signs.ts';
import { ReplacedValues } from '../leak-check/replaced-values.ts';
import { CopyRows } from '../rewrite/copy-rows.ts';
import type { RowCounts } from '../rewrite/counts.ts';
import { makePlan } from '../rules/plan/make-plan.ts';
import type { ColumnPlan, Plan } from '../rules/plan/plan.ts';
import { Catalogue } from '../schema/catalogue.ts';
import type { Slot } from './block-buffers.ts';
import type { CountsOfRows, FromThread, RewrittenMessage, RowsMessage, ThreadData, ToThread } from './messages.ts';
import { send } from './sent-errors.ts';

/** A slot, as bytes. */
interface SlotBytes {
  readonly input: Buffer;
  readonly output: Buffer;
}

/** Writes into a slot, or where that is too small, into a buffer of its own. */
class SlotOutput implements Output {
  readonly #arena = new Arena();
  #slot = this.#arena.bytes;

  begin({ output }: SlotBytes): void {
    this.#slot = output;
    this.#arena.bytes = output;
    this.#arena.clear();
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.#arena.append(bytes, from, to);
  }

  patched(bytes: Buffer, from: number, to: number, patches: Patches): void {
    writePatched(this, bytes, from, to, patches);
  }

  get result(): Pick<RewrittenMessage, 'size' | 'long'> {
    const { bytes, end } = this.#arena;
    return { size: end, long: bytes === this.#slot ? undefined : new Uint8Array(bytes.subarray(0, end)) };
  }
}

/** Counts of the rows of one message. */
class MessageCounts implements RowCounts {
  #columns: readonly ColumnPlan[] = [];
  #replaced: number[] = [];
  #rows = new Map<string, number>();

  begin(columns: readonly ColumnPlan[]): void {
    this.#columns = columns;
    this.#replaced = columns.map(() => 0);
    this.#rows.clear();
  }

  add(_table: string, label: string, count: number): void {
    this.#rows.set(label, (this.#rows.get(label) ?? 0) + count);
  }

  addColumn(_table: string, column: ColumnPlan, count = 1): void {
    const index = this.#columns.indexOf(column);
    this.#replaced[index] = (this.#replaced[index] ?? 0) + count;
  }

  get result(): CountsOfRows {
    return { replaced: this.#replaced, rows: [...this.#rows] };
  }
}

export class RowWorker {
  readonly #plan: Plan;
  readonly #out = new SlotOutput();
  readonly #counts = new MessageCounts();
  readonly #values = new ReplacedValues();
  readonly #rows: CopyRows;
  /** By table and names: the same objects for all rows of a table. */
  readonly #columns = new Map<string, readonly ColumnPlan[]>();
  readonly #slots = new Map<number, SlotBytes>();

  constructor({ rules, definitions, key, notesReplaced }: ThreadData) {
    const catalogue = new Catalogue();
    for (const { sql, scope } of definitions) catalogue.read(sql, scope);
    this.#plan = makePlan({ rules, catalogue, key, complete: true });
    this.#rows = new CopyRows(this.#plan, this.#out, this.#counts, new Candidates());
    if (notesReplaced) this.#rows.onReplaced = (bytes, from, to) => this.#values.noteReplaced(bytes, from, to);
  }

  /** Answers a message. */
  answer(message: ToThread): FromThread {
    if (message.kind === 'end') return { kind: 'replaced', replaced: this.#values.replaced };
    try {
      return this.#rewrite(message);
    } catch (error) {
      return { kind: 'failed', error: send(error) };
    }
  }

  #rewrite({ table, columns: names, slot, size, offset }: RowsMessage): RewrittenMessage {
    const columns = this.#columnsOf(table, names);
    const bytes = this.#bytesOf(slot);
    this.#out.begin(bytes);
    this.#counts.begin(columns);
    this.#rows.write(this.#plan.table(table), columns, bytes.input, 0, size, (position) => offset + position);
    return { kind: 'rewritten', ...this.#out.result, counts: this.#counts.result };
  }

  #bytesOf(slot: Slot | number): SlotBytes {
    if (typeof slot === 'number') return this.#slots.get(slot) as SlotBytes;
    const bytes = { input: Buffer.from(slot.input), output: Buffer.from(slot.output) };
    if (slot.id >= 0) this.#slots.set(slot.id, bytes);
    return bytes;
  }

  #columnsOf(table: string, names: readonly string[]): readonly ColumnPlan[] {
    const key = [table, ...names].join('\0');
    const known = this.#columns.get(key);
    if (known) return known;
    const columns = names.map((name) => this.#plan.table(table).column(name));
    this.#columns.set(key, columns);
    return columns;
  }
}
