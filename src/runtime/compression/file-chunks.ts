/** Reads files for those who keep no chunk: the memory of one is freed when the next one is asked for. */
import { type FileHandle, open } from 'node:fs/promises';
import { chunkSize } from './reading.ts';

/** The bytes of a file; the one after is read meanwhile. */
export async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    yield* openedChunks(file);
  } finally {
    await file.close();
  }
}

/** The bytes of an open file, from its beginning. */
export async function* openedChunks(file: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  for (let ahead = readChunk(file, position); ; ) {
    const chunk = await ahead;
    if (chunk.length === 0) return;
    position += chunk.length;
    ahead = readChunk(file, position);
    // A failure is seen when its turn comes; until then it must not count as unheard.
    ahead.catch(() => {});
    yield chunk;
    chunk.buffer.transfer(0);
  }
}

/** @returns no bytes at the end of the file */
async function readChunk(file: FileHandle, position: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.allocUnsafeSlow(chunkSize);
  const { bytesRead } = await file.read(buffer, 0, chunkSize, position);
  return buffer.subarray(0, bytesRead);
}
