/** The error about what is not SQL, which another program wrote into the file. */
import type { Dialect } from '../dialect.ts';
import { DumpError } from '../dump-error.ts';
import { producerOf } from './noise.ts';

/** @param length of the line, in characters: what it says may be personal */
export function noSql({ product, plainDump }: Dialect, line: number, length: number): DumpError {
  return new DumpError({
    what: `this is no dump: line ${line}, of ${length} characters, is not SQL, and no line behind it begins as a dump's do`,
    likelyCause: `it is not a dump of ${product}, or a message that was saved instead of one; the line itself shows which: sed -n ${line}p FILE`,
    fix: `give a plain dump (${plainDump})`,
  });
}

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
