/**
 * One standard gzip member (RFC 1952), compressed in blocks side by side on libuv's threads: each block ends on a byte
 * boundary (Z_SYNC_FLUSH) and knows the 32 KiB before it, so that next to nothing is lost against compressing in a row.
 */

import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A last block of no bytes. */
const lastBlock = Buffer.from([0x03, 0x00]);
const window = 32 * 1024;

export interface Compressor {
  /** Resolves when there is room for another block; the compressor owns the block. */
  write(block: Buffer): Promise<void>;
  /** Compresses what is left. */
  end(): Promise<void>;
}

export type Sink = (bytes: Buffer) => Promise<void> | void;

export interface GzipOptions {
  /** 1 to 9, as for gzip. */
  readonly level: number;
  /** Blocks in work at the same time. */
  readonly parallel: number;
  /** Gets back each block that is no longer needed. */
  readonly release?: ((block: Buffer) => void) | undefined;
}

export function gzipBlocks(sink: Sink, { level, parallel, release }: GzipOptions): Compressor {
  let crc = 0;
  let size = 0;
  let dictionary: Buffer | undefined;
  const pending: Promise<Buffer>[] = [];
  let begun = false;
  const take = async (): Promise<void> => {
    const next = pending.shift();
    if (next === undefined) return;
    const bytes = await next;
    if (!begun) {
      begun = true;
      await sink(header);
    }
    await sink(bytes);
  };
  return {
    async write(block) {
      while (pending.length >= parallel) await take();
      crc = crc32(block, crc);
      size += block.length;
      const work = deflate(block, {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        chunkSize: 256 * 1024,
        memLevel: 9,
        ...(dictionary ? { dictionary } : {}),
      }) as Promise<Buffer>;
      // A failure is seen when its turn comes; until then it must not count as unheard.
      work.then(
        () => release?.(block),
        () => {},
      );
      pending.push(work);
      dictionary = Buffer.from(block.length >= window ? block.subarray(block.length - window) : block);
    },
    async end() {
      while (pending.length > 0) await take();
      if (!begun) await sink(header);
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(crc, 0);
      trailer.writeUInt32LE(size % 2 ** 32, 4);
      await sink(Buffer.concat([lastBlock, trailer]));
    },
  };
}
