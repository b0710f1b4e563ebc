/** A file of a dump, as the bucket has it. */
import { createHash } from 'node:crypto';
import type { DumpFile } from '../../domain/dump.ts';
import type { Objects } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { logProgress } from '../../runtime/progress.ts';
import { observed } from '../../runtime/streams.ts';
import type { Observation } from './verdict.ts';

/** A file in the bucket, read to its end whatever the restore reads of it: only the whole of it has the SHA-256. */
export class StoredFile {
  readonly #file: DumpFile;
  readonly #objects: Pick<Objects, 'read'>;
  readonly #context: WorkContext;
  readonly #doing: string;
  #hash = createHash('sha256');
  #reader: AsyncIterator<Buffer> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param doing for the log: `restoring` */
  constructor(file: DumpFile, objects: Pick<Objects, 'read'>, context: WorkContext, doing: string) {
    this.#file = file;
    this.#objects = objects;
    this.#context = context;
    this.#doing = doing;
  }

  /** Reads the file from its start. Who reads may stop anywhere. */
  open(): AsyncIterable<Buffer> {
    void this.#reader?.return?.();
    const hash = createHash('sha256');
    const onProgress = logProgress(this.#context, `${this.#doing} the ${this.#file.kind} file`);
    const { signal } = this.#context;
    const reader = observed(this.#objects.read(this.#file), { hash, onProgress, signal });
    this.#hash = hash;
    this.#failure = undefined;
    this.#reader = reader;
    const next = async (): Promise<IteratorResult<Buffer>> => {
      try {
        return await reader.next();
      } catch (error) {
        if (this.#reader === reader) this.#failure = { error };
        throw error;
      }
    };
    // Without return(): an early end of the loop leaves the rest to digest().
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Reads the rest. @returns hexadecimal SHA-256, or why the file could not be read */
  async digest(): Promise<Observation['digest']> {
    const rest = this.#reader === undefined ? this.open() : { [Symbol.asyncIterator]: () => this.#reader as Reader };
    try {
      for await (const _ of rest);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#failure ??= { error };
    }
    return this.#failure ?? this.#hash.digest('hex');
  }
}

type Reader = AsyncIterator<Buffer>;
