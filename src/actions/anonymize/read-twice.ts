/** A dump that is read twice: for its definitions, part of which come after the rows, and for the rows. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { decompress } from '../../runtime/compression/format.ts';
import { KeptCopy } from '../../runtime/compression/kept-copy.ts';

/** Bytes of a compressed file that takes long enough to read. */
const worthKeeping = 4 * 1024 * 1024;

export class ReadTwice {
  readonly #open: () => AsyncIterable<Buffer>;
  readonly #copy: KeptCopy | undefined;

  /**
   * @param place a file, or an object in S3: of that, nothing is written to this computer's disk
   * @param stored opens it as it is stored
   */
  constructor(place: string, stored: () => AsyncIterable<Buffer>) {
    this.#open = stored;
    this.#copy = isLargeGzip(place) ? new KeptCopy(process.env.RUNNER_TEMP || tmpdir()) : undefined;
  }

  /** The SQL, for a reader that keeps no chunk. */
  first(): AsyncIterable<Buffer> {
    return this.#copy?.keep(decompress(this.#open())) ?? decompress(this.#open(), { once: true });
  }

  /** The same again. */
  second(): AsyncIterable<Buffer> {
    return this.#copy?.content() ?? decompress(this.#open(), { once: true });
  }

  async close(): Promise<void> {
    await this.#copy?.close();
  }
}

/** Only gzip takes so long to read that a copy is worth its while. */
function isLargeGzip(place: string): boolean {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size < worthKeeping) return false;
  const file = openSync(place, 'r');
  try {
    const head = Buffer.alloc(2);
    readSync(file, head, 0, head.length, 0);
    return head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    closeSync(file);
  }
}
