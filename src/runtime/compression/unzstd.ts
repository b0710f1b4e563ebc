/**
 * Reads Zstandard: small frames side by side on libuv's threads, as our own files have them; a large one, such as the only
 * frame of zstd(1), as a stream that is read ahead.
 */
import type { TransformOptions } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createZstdDecompress, type ZstdOptions, zstdDecompress } from 'node:zlib';
import { BackupError } from '../errors.ts';
import { formatBytes } from '../format.ts';
import { ahead, chunkSize, damaged, eachAsItComes, through } from './reading.ts';
import { FrameError, type FrameHeader, type Piece, piecesOf } from './zstd-frames.ts';

/** Bytes of content that a reader must keep at most: as zstd(1) without `--long` or `--memory`, 128 MiB. */
const maxWindowLog = 27;

/** Frames that are decompressed side by side. */
const maxPending = 64;

/** A buffer has this many bytes beyond what a frame holds, so that one call sees the frame's end. */
const spare = 64;

const decompress = promisify(zstdDecompress);

interface Chunk {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Whether nothing else is, or will be, in its memory. */
  readonly alone: boolean;
}

/**
 * Decompresses any number of frames.
 * @param once frees the memory of a chunk as soon as the next one is read
 * @throws BackupError when it is cut off, damaged, or compressed in a way that cannot be read
 */
export async function* unzstd(source: AsyncIterable<Buffer>, once: boolean): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    for await (const { bytes, alone } of contentOf(source)) {
      read += bytes.length;
      yield bytes;
      if (once && alone) bytes.buffer.transfer(0);
    }
  } catch (error) {
    const ofZstd = error instanceof FrameError || (error as { code?: string }).code?.startsWith('ZSTD_');
    throw ofZstd ? damaged('Zstandard', read, error as Error) : error;
  }
}

async function* contentOf(source: AsyncIterable<Buffer>): AsyncGenerator<Chunk> {
  const pieces = piecesOf(source);
  const whole = new WholeFrames();
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      const { header } = next.value;
      refuseUnreadable(header);
      const { content = Number.POSITIVE_INFINITY } = header;
      const begin = content <= chunkSize ? await gather(next.value, pieces) : [next.value];
      if (content <= chunkSize && begin.at(-1)?.end) {
        whole.add(Buffer.concat(begin.map(({ bytes }) => bytes)), content);
        yield* whole.beyond(ahead);
      } else {
        yield* whole.beyond(0);
        yield* streamed(frameOf(begin, pieces));
      }
    }
    yield* whole.beyond(0);
  } finally {
    await pieces.return(undefined);
  }
}

/** @throws BackupError for what a reader of Zstandard need not be able to read */
function refuseUnreadable({ window, dictionary }: FrameHeader): void {
  if (window > 2 ** maxWindowLog)
    throw new BackupError({
      what: `the Zstandard file needs ${formatBytes(window)} of memory to be read; at most ${formatBytes(2 ** maxWindowLog)} are allowed, as zstd itself does`,
      likelyCause: 'it was compressed with a long window, such as by zstd --long=31',
      fix: 'compress it again with a shorter one: zstd -dc --long=31 FILE | zstd --long=27 -o OTHER.zst',
    });
  if (dictionary !== 0)
    throw new BackupError({
      what: `the Zstandard file was compressed with a dictionary (${dictionary}), without which nobody can read it`,
      likelyCause: 'zstd -D',
      fix: 'compress it again without: zstd -dc -D DICTIONARY FILE | zstd -o OTHER.zst',
    });
}

/** Collects a small frame. @returns all its pieces; of one whose blocks are many for the little it holds, the first ones */
async function gather(first: Piece, pieces: AsyncGenerator<Piece>): Promise<Piece[]> {
  const begin: Piece[] = [];
  let length = 0;
  for (let piece = first; ; ) {
    length += piece.bytes.length;
    const goesOn = !piece.end && length < 2 * chunkSize;
    // The source may free a chunk as soon as it gives the next one.
    begin.push(goesOn ? { ...piece, bytes: Buffer.from(piece.bytes) } : piece);
    const next = goesOn ? await pieces.next() : undefined;
    if (next === undefined || next.done) return begin;
    piece = next.value;
  }
}

/** The bytes of a frame whose first pieces were read. */
async function* frameOf(begin: readonly Piece[], pieces: AsyncGenerator<Piece>): AsyncGenerator<Buffer> {
  for (const { bytes } of begin) yield bytes;
  let over = begin.at(-1)?.end;
  while (!over) {
    const next = await pieces.next();
    if (next.done) return;
    yield next.value.bytes;
    over = next.value.end;
  }
}

interface Pending {
  readonly work: Promise<Buffer>;
  /** Bytes of what it gives. */
  readonly content: number;
}

/** Small frames that are being decompressed, in order. */
class WholeFrames {
  readonly #pending: Pending[] = [];
  #content = 0;

  add(frame: Buffer, content: number): void {
    // With room for all of it, no byte is copied.
    const work = decompress(frame, { chunkSize: content + spare });
    // A failure is seen when its turn comes; until then it must not count as unheard.
    work.catch(() => {});
    this.#pending.push({ work, content });
    this.#content += content;
  }

  /** Waits for the oldest until the others hold at most so many bytes. */
  async *beyond(bytes: number): AsyncGenerator<Chunk> {
    // Frames of nothing need turns, too.
    while (this.#pending.length > 0 && (this.#content > bytes || bytes === 0 || this.#pending.length > maxPending)) {
      const { work, content } = this.#pending.shift() as Pending;
      this.#content -= content;
      const chunk = (await work) as Buffer<ArrayBuffer>;
      yield { bytes: chunk, alone: chunk.buffer.byteLength === content + spare };
    }
  }
}

async function* streamed(frame: AsyncIterable<Buffer>): AsyncGenerator<Chunk> {
  // Its options are those of a Transform, too.
  const options: ZstdOptions & TransformOptions = {
    chunkSize,
    ...eachAsItComes,
    params: { [constants.ZSTD_d_windowLogMax]: maxWindowLog },
  };
  const stream = createZstdDecompress(options);
  // Zstandard goes on to fill the rest of a chunk that is not full.
  for await (const bytes of through(frame, stream)) yield { bytes, alone: bytes.length === chunkSize };
}
