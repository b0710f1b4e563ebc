/**
 * Zstandard (RFC 8878), written as frames that are compressed side by side; every decompressor reads them in a row. Each has
 * a checksum, and tells the size of its content, so that unzstd.ts reads them side by side, too.
 */
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { type BlockOptions, type Compressor, give, outputSize, type Sink } from './gzip.ts';

const compress = promisify(zstdCompress);

/**
 * Half of the tables that zstd itself takes at level 3 for blocks of a MiB: they stay in the processor's cache, which saves a twentieth
 * of the time at the same size (measured with dumps and with programs' sources). At other levels these words mean something else.
 */
const tables = { [constants.ZSTD_c_hashLog]: 16, [constants.ZSTD_c_chainLog]: 15 };

export function zstdBlocks(sink: Sink, { level, parallel, release, once }: BlockOptions): Compressor {
  const pending: Promise<Buffer>[] = [];
  let any = false;
  const start = (block: Buffer): void => {
    any = true;
    const work = compress(block, {
      // Known beforehand, it makes do with less memory.
      pledgedSrcSize: block.length,
      chunkSize: outputSize,
      params: {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_checksumFlag]: 1,
        ...(level === 3 ? tables : {}),
      },
    }) as Promise<Buffer>;
    work.then(
      () => release?.(block),
      () => {},
    );
    pending.push(work);
  };
  const take = async (): Promise<void> => {
    const next = pending.shift();
    if (next !== undefined) await give(sink, await next, once);
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
