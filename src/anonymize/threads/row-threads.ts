/**
 * Rewrites rows in other threads: gives them blocks of whole rows, and puts the results, their counts and their errors where the rows
 * were. What comes out does not depend on it.
 */
import { availableParallelism } from 'node:os';
import type { OrderedWriter } from '../bytes/ordered-writer.ts';
import type { HashesOfSample } from '../leak-check/hash-sample.ts';
import type { Counts } from '../rewrite/counts.ts';
import type { CopiedRows, RowsElsewhere } from '../rewrite/rewriter.ts';
import { BlockBuffers } from './block-buffers.ts';
import type { ThreadData } from './messages.ts';
import { RowBlock } from './row-block.ts';
import { hasThreads, RowThread } from './row-thread.ts';

export interface ThreadOptions {
  /** How many threads beside the main one; 0: none. */
  readonly count: number;
  /** Bytes of rows that the main thread rewrites before it starts others: for fewer, starting them takes longer than it saves. */
  readonly after: number;
  /** Whether rows wait for threads that are starting; otherwise the main thread goes on with them until then. */
  readonly waits: boolean;
}

/** More threads would only wait for the main one, which reads and checks. */
const mostThreads = 2;

export function usualThreads(): ThreadOptions {
  return { count: Math.min(mostThreads, availableParallelism() - 1), after: 8 * 1024 * 1024, waits: false };
}

export const noThreads: ThreadOptions = { count: 0, after: 0, waits: false };

/** Bytes of a block of rows. */
const blockSize = 256 * 1024;
/** Fewer bytes take less time here than on their way. */
const smallest = 16 * 1024;
/** Of a longer row there should be no copies: memory that two threads see is freed only after both have collected their garbage. */
const longestRow = 2 * blockSize;
/** Blocks for each thread that may wait while others are read. */
const ahead = 4;
const newline = 0x0a;

export interface RowThreadsOptions extends ThreadOptions {
  readonly out: OrderedWriter;
  readonly counts: Counts;
  /** Called when the first thread starts. */
  readonly data: () => ThreadData;
}

export class RowThreads implements RowsElsewhere {
  readonly #options: RowThreadsOptions;
  readonly #buffers = new BlockBuffers(blockSize);
  #threads: readonly RowThread[] = [];
  /** Bytes of rows that could have been given to threads. */
  #seen = 0;
  /** Whether blocks were taken since the last wait. */
  #tookAny = false;
  #wake: () => void = () => {};

  constructor(options: RowThreadsOptions) {
    this.#options = options;
  }

  take(rows: CopiedRows, bytes: Buffer, from: number, to: number, offset: number): boolean {
    const { count, after, waits } = this.#options;
    if (count === 0 || !hasThreads || rows.plan.remembers || to - from < smallest) return false;
    this.#seen += to - from;
    if (this.#seen <= after) return false;
    if (this.#threads.length === 0) this.#start(count);
    if (!waits && !this.#threads.every(({ isReady }) => isReady)) return false;
    const ends = endsOfBlocks(bytes, from, to);
    if (ends === undefined) return false;
    this.#tookAny = true;
    let at = from;
    for (const end of ends) {
      this.#give(rows, bytes, at, end, offset + at - from);
      at = end;
    }
    return true;
  }

  #start(count: number): void {
    const data = this.#options.data();
    this.#threads = Array.from({ length: count }, () => new RowThread(data));
  }

  #give(rows: CopiedRows, bytes: Buffer, from: number, to: number, offset: number): void {
    const thread = this.#threads.reduce((one, other) => (other.jobs < one.jobs ? other : one));
    const slot = this.#buffers.take(to - from);
    const block = new RowBlock(rows, slot, this.#options.counts, this.#buffers);
    this.#options.out.later(block);
    bytes.copy(new Uint8Array(slot.input), 0, from, to);
    const columns = rows.columns.map(({ name }) => name);
    thread.rewrite({ table: rows.plan.name, columns, size: to - from, offset }, slot, (result) => {
      block.result = result;
      this.#wake();
    });
  }

  /** Writes what is ready, and waits while too much is not. @throws the first error of a thread, in the order of the dump */
  async room(): Promise<void> {
    const most = this.#tookAny ? ahead * this.#threads.length : 0;
    this.#tookAny = false;
    await this.settle(most);
  }

  /** Waits for everything. @returns what each thread replaced @throws the first error, in the order of the dump */
  async finish(): Promise<readonly HashesOfSample[]> {
    await this.settle();
    // One that is still starting has replaced nothing.
    const begun = this.#threads.filter(({ isReady }) => isReady || this.#options.waits);
    const answers = await Promise.all(begun.map((thread) => thread.replaced()));
    return answers.map(({ replaced }) => replaced);
  }

  /** Waits until everything is written. @param most blocks that may stay @throws the first error of a thread, in the order of the dump */
  async settle(most = 0): Promise<void> {
    const { out } = this.#options;
    out.settle();
    while (out.parts > most) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      out.settle();
    }
  }

  /** Ends the threads, whatever they do. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }
}

/** Where each block ends. @returns undefined where a row is too long to be given to a thread */
function endsOfBlocks(bytes: Buffer, from: number, to: number): readonly number[] | undefined {
  const ends: number[] = [];
  for (let at = from; at < to; at = ends.at(-1) as number) {
    const end = endOfBlock(bytes, at, to);
    if (end - at > longestRow) return undefined;
    ends.push(end);
  }
  return ends;
}

/** The end of a row about a block's size away. */
function endOfBlock(bytes: Buffer, from: number, to: number): number {
  if (to - from <= blockSize) return to;
  const last = bytes.lastIndexOf(newline, from + blockSize - 1);
  return (last >= from ? last : bytes.indexOf(newline, from + blockSize)) + 1;
}
