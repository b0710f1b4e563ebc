/**
 * Keeps what is read of a stream in a temporary file, compressed quickly, to be read a second time: inflating gzip again would take
 * three to four times as long. The file has no name as soon as it is open, so that nothing stays of it, however the process ends.
 */
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkSize } from './reading.ts';
import { unzstd } from './unzstd.ts';
import { zstdBlocks } from './zstd.ts';

/** The lowest level: other threads would wait for a higher one. */
const level = 1;

/** Blocks compressed side by side. */
const parallel = 4;

/** Bytes that stay free on the disk beside what is written there meanwhile. */
const leftFree = 1024 * 1024 * 1024;

/** Bytes kept between two looks at the room that is left. */
const betweenLooks = 64 * 1024 * 1024;

/** Types of file systems in memory (statfs(2)): what is kept there would take what it must save. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

export interface Room {
  /** Of the file system, as statfs(2) has it. */
  readonly type: number;
  /** Bytes that are free. */
  readonly free: number;
}

async function roomIn(folder: string): Promise<Room> {
  const { type, bavail, bsize } = await statfs(folder);
  return { type, free: bavail * bsize };
}

export class KeptCopy {
  readonly #folder: string;
  readonly #roomIn: (folder: string) => Promise<Room>;
  #file: FileHandle | undefined;
  #size = 0;
  #lookedAt = 0;
  #isWhole = false;

  /**
   * @param folder for the temporary file
   * @param room tells what room a folder has
   */
  constructor(folder: string, room = roomIn) {
    this.#folder = folder;
    this.#roomIn = room;
  }

  /** Passes the stream on, and keeps it where there is room; frees the memory of each chunk, of which the reader keeps none. */
  async *keep(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    await this.#open();
    const compress = zstdBlocks((bytes) => this.#write(bytes), { level, parallel, release: free });
    for await (const chunk of source) {
      yield chunk;
      if (this.#file === undefined) free(chunk);
      else await compress.write(chunk);
    }
    await compress.end();
    this.#isWhole = this.#file !== undefined;
  }

  /** What was kept, decompressed; undefined where it was not, or not all of it. */
  content(): AsyncGenerator<Buffer> | undefined {
    if (!this.#isWhole || this.#file === undefined) return undefined;
    return unzstd(this.#file.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkSize }), true);
  }

  /** Gives back the room on the disk. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    try {
      const { type, free: bytes } = await this.#roomIn(this.#folder);
      if (inMemory.has(type) || bytes < leftFree) return;
      const path = join(this.#folder, `holdfast-kept-${process.pid}-${Date.now()}`);
      this.#file = await open(path, 'wx+', 0o600);
      await unlink(path);
    } catch {
      // The source is read again.
      await this.close();
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      if (this.#size - this.#lookedAt > betweenLooks) await this.#look();
      for (let at = 0; at < bytes.length && this.#file; ) at += (await this.#file.write(bytes, at)).bytesWritten;
      this.#size += bytes.length;
    } catch {
      await this.close();
    }
  }

  /** Gives up where what is written from it, about as large, might find no room on the same disk. */
  async #look(): Promise<void> {
    this.#lookedAt = this.#size;
    const { free: bytes } = await this.#roomIn(this.#folder);
    if (bytes < leftFree + 2 * this.#size) await this.close();
  }
}

/** zlib goes on to fill the rest of a chunk that is not full. */
function free(chunk: Buffer): void {
  if (chunk.length === chunkSize && chunk.buffer.byteLength === chunkSize) (chunk.buffer as ArrayBuffer).transfer(0);
}
