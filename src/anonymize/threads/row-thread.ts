/** One thread that rewrites rows, and what it has to do. */
import { Worker } from 'node:worker_threads';
import type { Slot } from './block-buffers.ts';
import { entryFile } from './entry-file.ts';
import type { FromThread, RewrittenMessage, RowsMessage, ThreadData } from './messages.ts';
import { received } from './sent-errors.ts';

const entry = entryFile();

/** Whether what a thread runs is there: a bundle may have been copied alone. */
export const hasThreads = entry !== undefined;

/** Young objects of a thread, in MiB: it makes few. */
const youngHeap = 4;

/** Called with the result of one message, or with the error that it ended with. */
export type Done = (result: RewrittenMessage | Error) => void;

export class RowThread {
  readonly #worker: Worker;
  /** In the order of the messages. */
  readonly #jobs: Done[] = [];
  /** Slots that the thread has seen. */
  readonly #known = new Set<number>();
  #onReplaced: ((answer: Extract<FromThread, { kind: 'replaced' }> | Error) => void) | undefined;
  #failed: Error | undefined;
  #isReady = false;

  constructor(data: ThreadData) {
    this.#worker = new Worker(entry as URL, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: youngHeap },
      name: 'rewrite-rows',
    });
    this.#worker.on('message', (answer: FromThread) => this.#take(answer));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a thread that rewrites rows ended by itself (${code})`)));
  }

  /** Whether it has started, or failed to. */
  get isReady(): boolean {
    return this.#isReady || this.#failed !== undefined;
  }

  /** How many messages are not answered. */
  get jobs(): number {
    return this.#jobs.length;
  }

  rewrite(rows: Omit<RowsMessage, 'kind' | 'slot'>, slot: Slot, done: Done): void {
    if (this.#failed !== undefined) {
      done(this.#failed);
      return;
    }
    this.#jobs.push(done);
    const known = this.#known.has(slot.id);
    if (slot.id >= 0) this.#known.add(slot.id);
    this.#worker.postMessage({ kind: 'rows', slot: known ? slot.id : slot, ...rows } satisfies RowsMessage);
  }

  /** What the thread replaced; asked for once, at the end. */
  replaced(): Promise<Extract<FromThread, { kind: 'replaced' }>> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== undefined) reject(this.#failed);
      this.#onReplaced = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer));
      this.#worker.postMessage({ kind: 'end' });
    });
  }

  async stop(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #take(answer: FromThread): void {
    if (answer.kind === 'ready') this.#isReady = true;
    else if (answer.kind === 'replaced') this.#onReplaced?.(answer);
    else this.#jobs.shift()?.(answer.kind === 'failed' ? received(answer.error) : answer);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const done of this.#jobs.splice(0)) done(this.#failed);
    this.#onReplaced?.(this.#failed);
  }
}
