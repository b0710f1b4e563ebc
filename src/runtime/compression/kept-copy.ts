/**
 * Keeps what is read of a stream in a temporary file, to be read a second time: that takes a third of what inflating gzip again does.
 * The file stays so small that the system has no need to write it to the disk before it is gone. It has no name as soon as it is
 * open, so that nothing stays of it, however the process ends.
 */
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openedChunks } from './file-chunks.ts';
import { chunkSize } from './reading.ts';

/** Linux begins to write to the disk what takes a tenth of the memory that is available (vm.dirty_background_ratio). */
const shareOfMemory = 10;

/** Bytes that stay free on the disk. */
const leftFree = 1024 * 1024 * 1024;

/** Types of file systems in memory (statfs(2)), in which the file would stay. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Chunks that are written while others are read. */
const parallel = 4;

export interface Room {
  /** Of the file system, as statfs(2) has it. */
  readonly type: number;
  /** Bytes that are free on it. */
  readonly free: number;
  /** Bytes of memory that are available. */
  readonly memory: number;
}

async function roomIn(folder: string): Promise<Room> {
  const { type, bavail, bsize } = await statfs(folder);
  return { type, free: bavail * bsize, memory: process.availableMemory() };
}

export class KeptCopy {
  readonly #folder: string;
  readonly #roomIn: (folder: string) => Promise<Room>;
  #file: FileHandle | undefined;
  /** Bytes of the longest copy. */
  #limit = 0;
  #isWhole = false;

  /**
   * @param folder for the temporary file
   * @param room tells what room there is
   */
  constructor(folder: string, room = roomIn) {
    this.#folder = folder;
    this.#roomIn = room;
  }

  /** Passes the stream on, and keeps it where there is room; frees the memory of each chunk, of which the reader keeps none. */
  async *keep(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    await this.#open();
    const writing: Promise<void>[] = [];
    let size = 0;
    for await (const chunk of source) {
      yield chunk;
      if (size + chunk.length > this.#limit) await this.close();
      writing.push(this.#write(chunk, size));
      size += chunk.length;
      if (writing.length >= parallel) await writing.shift();
    }
    await Promise.all(writing);
    this.#isWhole = this.#file !== undefined;
  }

  /** What was kept, for a reader that keeps no chunk; undefined where it was not, or not all of it. */
  content(): AsyncIterable<Buffer> | undefined {
    return this.#isWhole && this.#file ? openedChunks(this.#file) : undefined;
  }

  /** Gives back the room on the disk. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    try {
      const { type, free, memory } = await this.#roomIn(this.#folder);
      this.#limit = Math.min(memory / shareOfMemory, free - leftFree);
      if (inMemory.has(type) || this.#limit < chunkSize) return;
      const path = join(this.#folder, `holdfast-kept-${process.pid}-${Date.now()}`);
      this.#file = await open(path, 'wx+', 0o600);
      await unlink(path);
    } catch {
      // The source is read again.
      await this.close();
    }
  }

  async #write(chunk: Buffer, position: number): Promise<void> {
    try {
      for (let at = 0; at < chunk.length && this.#file; )
        at += (await this.#file.write(chunk, at, chunk.length - at, position + at)).bytesWritten;
    } catch {
      await this.close();
    }
    // zlib goes on to fill the rest of a chunk that is not full.
    if (chunk.length === chunkSize && chunk.buffer.byteLength === chunkSize) (chunk.buffer as ArrayBuffer).transfer(0);
  }
}
