/** The databases of a server, as sources of their own. */
import { createHash } from 'node:crypto';
import type { ListedDatabase } from '../../domain/dump.ts';

/** A database whose name has other characters than these has a part of its hash in the name of the source. */
const notInSource = /[^A-Za-z0-9 ._:=+@-]/gu;
const notInFile = /[^A-Za-z0-9._-]/gu;
/** Characters that the name of a source may have. */
const longestSource = 128;

/** Names that cannot be taken for another database's, whatever characters its name has. */
export function listed(
  databases: readonly string[],
  { source, name, prefix }: { readonly source: string; readonly name: string; readonly prefix: string },
): readonly ListedDatabase[] {
  return databases.map((database) => ({
    database,
    source: `${source}/${plain(database, notInSource, longestSource - source.length - 1)}`,
    name: plain(database, notInFile, 100),
    prefix: `${prefix}${name}/`,
  }));
}

function plain(database: string, forbidden: RegExp, longest: number): string {
  const text = database.replace(forbidden, '-');
  // Names of files begin with a letter or a digit.
  if (text === database && text.length <= longest && /^[A-Za-z0-9]/.test(text)) return text;
  const hash = createHash('sha256').update(database).digest('hex').slice(0, 8);
  const begin = text.replace(/^[^A-Za-z0-9]+/, '').slice(0, Math.max(0, longest - hash.length - 1));
  return begin === '' ? hash : `${begin}-${hash}`;
}
