/**
 * Zstandard (RFC 8878). Written as frames that are compressed side by side; every decompressor reads them in a row. Node's
 * own stream stops after the first frame without an error (nodejs/node 59899), so the ends of frames are found here.
 */
import { once } from 'node:events';
import { promisify } from 'node:util';
import { constants, createZstdDecompress, zstdCompress } from 'node:zlib';
import type { Compressor, GzipOptions, Sink } from './gzip.ts';

const compress = promisify(zstdCompress);

export function zstdBlocks(sink: Sink, { level, parallel, release }: GzipOptions): Compressor {
  const pending: Promise<Buffer>[] = [];
  let any = false;
  const start = (block: Buffer): void => {
    any = true;
    const work = compress(block, {
      // Known beforehand, it makes do with less memory.
      pledgedSrcSize: block.length,
      chunkSize: 256 * 1024,
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    }) as Promise<Buffer>;
    work.then(
      () => release?.(block),
      () => {},
    );
    pending.push(work);
  };
  const take = async (): Promise<void> => {
    const next = pending.shift();
    if (next !== undefined) await sink(await next);
  };
  return {
    async write(block) {
      while (pending.length >= parallel) await take();
      start(block);
    },
    async end() {
      if (!any) start(Buffer.alloc(0));
      while (pending.length > 0) await take();
    },
  };
}

const magic = 0xfd2fb528;
const skippable = 0x184d2a50;

/** Bytes of the frame header after the magic number, from its descriptor (RFC 8878, 3.1.1.1). */
function headerSize(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const content = [single, 2, 4, 8][descriptor >> 6] as number;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  return 1 + (single ? 0 : 1) + dictionary + content;
}

interface State {
  readonly at: 'magic' | 'header' | 'block' | 'checksum' | 'data' | 'skip';
  /** Bytes that are left of a block's data or of a skippable frame. */
  left: number;
  /** Whether the block is the frame's last. */
  readonly last: boolean;
}

function at(place: State['at'], left = 0, last = false): State {
  return { at: place, left, last };
}

/**
 * Cuts a stream of bytes into frames.
 * @param frame gets the bytes of one frame after another; `end` with the last of each
 * @throws Error where the bytes are not Zstandard
 */
export class FrameCutter {
  #state: State = at('magic');
  #held: Buffer = Buffer.alloc(0);
  #checksum = false;

  /** @returns pieces in order; `end` marks the end of a frame */
  push(chunk: Buffer): { readonly bytes: Buffer; readonly end: boolean }[] {
    const pieces: { bytes: Buffer; end: boolean }[] = [];
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const give = (length: number, end: boolean): void => {
      pieces.push({ bytes: bytes.subarray(0, length), end });
      bytes = bytes.subarray(length);
    };
    for (;;) {
      const state = this.#state;
      if (state.at === 'magic') {
        if (bytes.length < 8) break;
        const number = bytes.readUInt32LE(0);
        if ((number & 0xfffffff0) >>> 0 === skippable) {
          this.#state = at('skip', 8 + bytes.readUInt32LE(4));
          continue;
        }
        if (number !== magic) throw new Error('the file is not Zstandard, or is damaged where a frame should begin');
        this.#state = at('header');
      } else if (state.at === 'header') {
        const descriptor = bytes[4] as number;
        const size = 4 + headerSize(descriptor);
        if (bytes.length < size) break;
        this.#checksum = ((descriptor >> 2) & 1) === 1;
        give(size, false);
        this.#state = at('block');
      } else if (state.at === 'block') {
        if (bytes.length < 3) break;
        const head = bytes.readUIntLE(0, 3);
        const kind = (head >> 1) & 3;
        if (kind === 3) throw new Error('the Zstandard file is damaged: a block of no known kind');
        this.#state = at('data', 3 + (kind === 1 ? 1 : head >> 3), (head & 1) === 1);
      } else if (state.at === 'checksum') {
        if (bytes.length < 4) break;
        give(4, true);
        this.#state = at('magic');
      } else {
        if (bytes.length === 0) break;
        const length = Math.min(state.left, bytes.length);
        const done = length === state.left;
        if (state.at === 'skip') bytes = bytes.subarray(length);
        else give(length, done && state.last && !this.#checksum);
        state.left -= length;
        if (done)
          this.#state =
            state.at === 'skip' ? at('magic') : !state.last ? at('block') : at(this.#checksum ? 'checksum' : 'magic');
      }
    }
    this.#held = Buffer.from(bytes);
    return pieces;
  }

  /** @throws Error when a frame is not complete */
  end(): void {
    if (this.#state.at !== 'magic' || this.#held.length > 0)
      throw new Error('the Zstandard file ends in the middle of a frame');
  }
}

/** Decompresses any number of frames. */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cutter = new FrameCutter();
  let stream: ReturnType<typeof createZstdDecompress> | undefined;
  for await (const chunk of source) {
    for (const { bytes, end } of cutter.push(chunk)) {
      stream ??= createZstdDecompress({ chunkSize: 1024 * 1024 });
      const current = stream;
      if (end) {
        current.end(bytes);
        for await (const out of current) yield out as Buffer;
        stream = undefined;
      } else {
        if (!current.write(bytes)) yield* drain(current);
      }
    }
  }
  cutter.end();
}

/** What the stream gives now, until it takes more. */
async function* drain(stream: ReturnType<typeof createZstdDecompress>): AsyncGenerator<Buffer> {
  while (stream.writableNeedDrain) {
    const out = stream.read() as Buffer | null;
    if (out !== null) yield out;
    else await either(stream, 'readable', 'drain');
  }
}

/** Waits for one of two events, and leaves no listeners behind for the other. */
async function either(stream: NodeJS.EventEmitter, one: string, other: string): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(stream, one, { signal }), once(stream, other, { signal })]);
  } finally {
    over.abort();
  }
}
