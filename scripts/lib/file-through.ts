/** A file on its way into a database. */
import { createReadStream, statSync } from 'node:fs';
import { refuseOtherThanFile } from '../../src/actions/anonymize/places.ts';
import { observed } from '../../src/runtime/streams.ts';
import { progressBar } from './backups.ts';
import type { Load } from './engines/loader.ts';

/**
 * Reads a file for whoever loads it, and shows how far it is. A loader may keep the chunks: what it hands to a file or a program is still
 * being written when it asks for the next one. So it must not be read by runtime/compression/file-chunks.ts, which frees them.
 * @throws DumpError when it is a folder or a pipe
 */
export function fileThrough(path: string): (load: Load) => Promise<void> {
  refuseOtherThanFile(path);
  return async (load) => {
    const bar = progressBar('loading', statSync(path).size);
    await load(observed(createReadStream(path, { highWaterMark: 1024 * 1024 }), { onProgress: bar.update }));
    bar.end();
  };
}
