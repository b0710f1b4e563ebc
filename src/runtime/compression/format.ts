/** Reads and writes files as they are, as gzip and as Zstandard. */
import type { TransformOptions } from 'node:stream';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { type Compressor, gzipBlocks, type Sink } from './gzip.ts';
import { chunkSize, damaged, eachAsItComes, through } from './reading.ts';
import { unzstd } from './unzstd.ts';
import { zstdBlocks } from './zstd.ts';
import { isZstd } from './zstd-frames.ts';

export const compressions = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

/** By the name of a file: `.gz`, `.zst`, or neither. */
export function compressionOf(name: string): Compression {
  return name.endsWith('.gz') ? 'gzip' : /\.zstd?$/.test(name) ? 'zstd' : 'none';
}

export interface DecompressOptions {
  /**
   * Frees the memory of a chunk as soon as the next one is read, for a reader that keeps no chunk: leaving it to the
   * garbage collector costs a tenth of the time. The source may do so, too.
   */
  readonly once?: boolean;
}

/** Decompresses gzip and Zstandard, which it recognises by their magic numbers; anything else passes unchanged. */
export async function* decompress(
  source: AsyncIterable<Buffer>,
  { once = false }: DecompressOptions = {},
): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = rejoin(head, iterator);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all, once);
  else if (isZstd(head)) yield* unzstd(all, once);
  else for await (const chunk of all) yield once ? chunk : Buffer.from(chunk);
}

async function* rejoin(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** All members of a gzip file, one after the other. @throws BackupError when it is cut off or damaged */
async function* gunzip(source: AsyncIterable<Buffer>, once: boolean): AsyncGenerator<Buffer> {
  // Its options are those of a Transform, too.
  const options: ZlibOptions & TransformOptions = { chunkSize, ...eachAsItComes };
  const stream = createGunzip(options);
  let bytes = 0;
  try {
    for await (const chunk of through(source, stream)) {
      bytes += chunk.length;
      yield chunk;
      // zlib goes on to fill the rest of a chunk that is not full.
      if (once && chunk.length === chunkSize) chunk.buffer.transfer(0);
    }
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('Z_')) throw error;
    throw damaged('gzip', bytes, error as Error);
  }
}

/** The levels of zlib and zstd differ in meaning; zlib's level 5 is within two percent of level 6 for a quarter less work. */
export const defaultLevels: Readonly<Record<Compression, number>> = { none: 0, gzip: 5, zstd: 3 };

/** The lowest is 1. */
export const highestLevels: Readonly<Record<Compression, number>> = { none: 0, gzip: 9, zstd: 19 };

export interface CompressorOptions {
  readonly level?: number | undefined;
  /** Blocks in work at the same time: enough to keep the threads busy while the next blocks are written. */
  readonly parallel?: number | undefined;
  /** Receives each block that is no longer needed. */
  readonly release?: ((block: Buffer) => void) | undefined;
  /** Whether the sink keeps nothing once it is done: memory of what it was given is then freed at once. */
  readonly once?: boolean | undefined;
}

export function compressor(compression: Compression, sink: Sink, options: CompressorOptions = {}): Compressor {
  const { level = defaultLevels[compression], parallel = 6, release, once } = options;
  if (compression === 'gzip') return gzipBlocks(sink, { level, parallel, release, once });
  if (compression === 'zstd') return zstdBlocks(sink, { level, parallel, release, once });
  return {
    async write(block) {
      await sink(block);
    },
    async end() {},
  };
}
