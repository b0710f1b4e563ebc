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

export interface BlockOptions {
  /** 1 to 9, as for gzip. */
  readonly level: number;
  /** Blocks in work at the same time. */
  readonly parallel: number;
  /** Gets back each block that is no longer needed. */
  readonly release?: ((block: Buffer) => void) | undefined;
  /** Whether the sink keeps nothing once it is done: memory of what it was given is then freed at once. */
  readonly once?: boolean | undefined;
}

/** Room for what most blocks become: of more, Node makes a second copy, and leaves the first to the garbage collector. */
export const outputSize = 512 * 1024;

/** Gives a piece of output to the sink. */
export async function give(sink: Sink, piece: Buffer, once: boolean | undefined): Promise<void> {
  await sink(piece);
  // What is smaller shares its memory with other buffers. Left to the garbage collector, pieces would pile up between its rounds.
  if (once && piece.buffer.byteLength > Buffer.poolSize) (piece.buffer as ArrayBuffer).transfer(0);
}

export function gzipBlocks(sink: Sink, { level, parallel, release, once }: BlockOptions): Compressor {
  let crc = 0;
  let size = 0;
  /** The end of the block before; zlib copies it. */
  const dictionary = Buffer.allocUnsafeSlow(window);
  let known = 0;
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
    await give(sink, bytes, once);
  };
  return {
    async write(block) {
      while (pending.length >= parallel) await take();
      crc = crc32(block, crc);
      size += block.length;
      const work = deflate(block, {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        chunkSize: outputSize,
        memLevel: 9,
        ...(known > 0 ? { dictionary: dictionary.subarray(0, known) } : {}),
      }) as Promise<Buffer>;
      // A failure is seen when its turn comes; until then it must not count as unheard.
      work.then(
        () => release?.(block),
        () => {},
      );
      pending.push(work);
      known = block.copy(dictionary, 0, Math.max(0, block.length - window));
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
