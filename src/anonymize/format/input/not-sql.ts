/** The error about what is not SQL, which another program wrote into the file. */
import type { Dialect } from '../dialect.ts';
import { DumpError } from '../dump-error.ts';
import { producerOf } from './noise.ts';

/** @param text of the place, by which the program that wrote it is known */
export function notSql({ product, plainDump }: Dialect, what: string, text: string, offset?: number): DumpError {
  const producer = producerOf(text);
  return new DumpError({
    what,
    offset,
    likelyCause: `${producer ?? 'another program'} wrote it into the file, such as with 2>&1; or this is not a dump of ${product}`,
    fix: `dump again, and send only standard output into the file (${plainDump}); or remove what is not SQL`,
  });
}
