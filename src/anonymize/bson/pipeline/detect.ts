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
  return formatOf(await headOf(decompress(source), headLength));
}

/** Tells what comes through a pipe, which can be read only once. @returns the format, and all of the bytes as they are stored */
export async function peek(
  source: AsyncIterable<Buffer>,
): Promise<{ readonly format: DumpFormat | undefined; readonly source: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  // Whatever decompressing reads ahead, and is still about to read when its head is known, comes first afterwards.
  const taken: Promise<IteratorResult<Buffer>>[] = [];
  const take = (): Promise<IteratorResult<Buffer>> => {
    const next = iterator.next();
    // A failure is seen when its turn comes; until then it must not count as unheard.
    next.catch(() => {});
    taken.push(next);
    return next;
  };
  const format = await detectDump({ [Symbol.asyncIterator]: () => ({ next: take }) });
  const all = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      const next = await (taken.shift() ?? iterator.next());
      if (next.done) return;
      yield next.value;
    }
  };
  return { format, source: all() };
}

function formatOf(head: Buffer): DumpFormat | undefined {
  if (head.length >= 4 && head.readUInt32LE(0) === magic) return 'archive';
  if (head.length < headLength || head.toString('latin1', ustarAt, ustarAt + 5) !== 'ustar') return undefined;
  const name = head.toString('latin1', 0, 100).replace(/\0.*$/s, '');
  return postgres.test(name) ? undefined : 'tarball';
}

/** Its first bytes: at least so many, where there are. */
async function headOf(source: AsyncIterable<Buffer>, least: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    // Copied, since the next chunk may take its place.
    parts.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= least) break;
  }
  return Buffer.concat(parts);
}
