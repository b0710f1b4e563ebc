/** Keeps a file whose length must be known before its bytes: in memory while it is small, otherwise in a temporary file. */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const inMemory = 4 * 1024 * 1024;
const chunkSize = 1024 * 1024;

export class Spool {
  size = 0;
  readonly #folder: string;
  #parts: Buffer[] = [];
  #place: string | undefined;
  #file: FileHandle | undefined;

  /** @param folder in which a temporary folder may be made */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param bytes may be used again afterwards */
  async write(bytes: Buffer): Promise<void> {
    this.size += bytes.length;
    if (this.#file === undefined && this.size <= inMemory) {
      this.#parts.push(Buffer.from(bytes));
      return;
    }
    this.#file ??= await this.#open();
    for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten;
  }

  async #open(): Promise<FileHandle> {
    this.#place = await mkdtemp(join(this.#folder, 'holdfast-anonymise-'));
    const file = await open(join(this.#place, 'file'), 'wx+', 0o600);
    for (const part of this.#parts) await file.write(part);
    this.#parts = [];
    return file;
  }

  /** What was written, from the beginning. */
  async *content(): AsyncGenerator<Buffer> {
    if (this.#place === undefined) yield* this.#parts;
    else yield* createReadStream(join(this.#place, 'file'), { highWaterMark: chunkSize }) as AsyncIterable<Buffer>;
  }

  async remove(): Promise<void> {
    this.#parts = [];
    await this.#file?.close().catch(() => {});
    if (this.#place !== undefined) await rm(this.#place, { recursive: true, force: true });
  }
}
