/** Reads a dump on the disk to its end: every document's length, and the checksums that an archive has. */
import { createReadStream } from 'node:fs';
import { extract } from 'tar-stream';
import { decompress } from '../../../runtime/compression/format.ts';
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';
import { checkedArchive } from './dump/filter.ts';

/** @throws BackupError (`file-damaged`) when something is missing or wrong */
export async function readThrough(path: string, format: 'tarball' | 'archive', signal: AbortSignal): Promise<void> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // The reader of archives copies what it keeps.
  if (format === 'archive') for await (const _ of checkedArchive(decompress(file, { once: true }), { signal }));
  else await readTarball(decompress(file), signal);
}

async function readTarball(content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const tar = extract();
  let more: () => void = () => {};
  tar.on('drain', () => more()).on('close', () => more());
  const room = (): Promise<void> =>
    new Promise((go) => {
      more = go;
    });
  const feeding = (async () => {
    for await (const chunk of content) if (!tar.write(chunk)) await room();
    tar.end(undefined);
  })().catch((error: Error) => tar.destroy(error));
  for await (const entry of tar) {
    signal.throwIfAborted();
    const documents = entry.header.name.endsWith('.bson') ? new Lengths(entry.header.name) : undefined;
    for await (const chunk of entry) documents?.push(chunk as Buffer);
    documents?.end();
  }
  await feeding;
}

/** Documents one after the other: each says its length, and ends with a zero. */
class Lengths {
  readonly #name: string;
  /** Bytes of a length so far. */
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the document that are still to come. */
  #left = 0;
  #last = 0;

  constructor(name: string) {
    this.#name = name;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) at = this.#length(chunk, at);
      const step = Math.min(this.#left, chunk.length - at);
      if (step > 0) this.#last = chunk[at + step - 1] as number;
      this.#left -= step;
      at += step;
      if (this.#left === 0 && step > 0 && this.#last !== 0)
        throw this.#damaged('a document does not end with a zero byte');
    }
  }

  end(): void {
    if (this.#left > 0 || this.#head.length > 0) throw this.#damaged('it ends in the middle of a document');
  }

  #length(chunk: Buffer, at: number): number {
    const taken = chunk.subarray(at, at + 4 - this.#head.length);
    this.#head = Buffer.concat([this.#head, taken]);
    if (this.#head.length < 4) return at + taken.length;
    const length = this.#head.readInt32LE(0);
    if (length < 5) throw this.#damaged(`${length} is no length of a document`);
    this.#head = Buffer.alloc(0);
    this.#left = length - 4;
    return at + taken.length;
  }

  #damaged(why: string): BackupError {
    return new BackupError({
      what: `${this.#name} in the dump is damaged: ${why}`,
      fix: 'run again; examine disk and memory of the machine that dumps when it happens again',
      code: fileDamaged,
    });
  }
}
