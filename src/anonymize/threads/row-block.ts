/** A block of rows that a thread rewrites, as a part of the output. */
import type { LaterPart } from '../bytes/ordered-writer.ts';
import type { Output } from '../bytes/output.ts';
import type { RowCounts } from '../rewrite/counts.ts';
import type { CopiedRows } from '../rewrite/rewriter.ts';
import type { ColumnPlan } from '../rules/plan/plan.ts';
import type { BlockBuffers, Slot } from './block-buffers.ts';
import type { RewrittenMessage } from './messages.ts';

export class RowBlock implements LaterPart {
  /** Set when the thread has answered. */
  result: RewrittenMessage | Error | undefined;
  readonly #rows: CopiedRows;
  readonly #slot: Slot;
  readonly #counts: RowCounts;
  readonly #buffers: BlockBuffers;

  constructor(rows: CopiedRows, slot: Slot, counts: RowCounts, buffers: BlockBuffers) {
    this.#rows = rows;
    this.#slot = slot;
    this.#counts = counts;
    this.#buffers = buffers;
  }

  get isReady(): boolean {
    return this.result !== undefined;
  }

  writeTo(out: Output): void {
    const { result } = this;
    if (result === undefined) throw new RangeError('the block is not ready');
    if (result instanceof Error) throw result;
    const { long, size, counts } = result;
    out.copy(long === undefined ? Buffer.from(this.#slot.output) : Buffer.from(long.buffer), 0, size);
    const { plan, columns } = this.#rows;
    for (const [label, count] of counts.rows) this.#counts.add(plan.name, label, count);
    counts.replaced.forEach((count, index) => {
      this.#counts.addColumn(plan.name, columns[index] as ColumnPlan, count);
    });
    this.#buffers.release(this.#slot);
  }
}
