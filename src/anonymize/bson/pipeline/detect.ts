/** Tells a dump of MongoDB from all others, by its first bytes. */
import { decompress } from '../../../runtime/compression/format.ts';
import { magic } from '../format/archive.ts';

export type DumpFormat = 'archive' | 'tarball';

/** A tar file says so here (POSIX, pax Interchange Format). */
const ustarAt = 257;
const headLength = 512;
/** The first file of `pg_dump -Ft`. */
const postgres = /^(\.\/)?toc\.dat$/;

/** @param source the dump as it is stored; it is read only as far as needed. @returns undefined for anything else */
export async function detectDump(source: AsyncIterable<Buffer>): Promise<DumpFormat | undefined> {
  const head = await headOf(source);
  if (head.length >= 4 && head.readUInt32LE(0) === magic) return 'archive';
  if (head.length < headLength || head.toString('latin1', ustarAt, ustarAt + 5) !== 'ustar') return undefined;
  const name = head.toString('latin1', 0, 100).replace(/\0.*$/s, '');
  return postgres.test(name) ? undefined : 'tarball';
}

async function headOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of decompress(source)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= headLength) break;
  }
  return Buffer.concat(parts).subarray(0, headLength);
}
