/** The statement before a table's rows: `COPY public.users (id, email) FROM stdin;`. */
import { DumpError } from './dump-error.ts';
import { canonicalNames, canonicalQualified, identifierPattern } from './names.ts';

export interface CopyTarget {
  /** Canonical name of the table (names.ts). */
  readonly name: string;
  /** Canonical names of the columns, in the order of the rows; undefined when the statement does not name them. */
  readonly columns: readonly string[] | undefined;
}

const form = new RegExp(
  String.raw`^copy\s+(${identifierPattern}(?:\s*\.\s*${identifierPattern})*)\s*(?:\(((?:\s*${identifierPattern}\s*,?)*)\))?\s+from\s+stdin\s*;$`,
  'is',
);

/**
 * @returns undefined when the statement is not a COPY
 * @throws DumpError for a COPY in a form that pg_dump does not write (CSV, binary, other delimiters, files)
 */
export function copyTarget(bytes: Buffer, from: number, to: number, offset: number): CopyTarget | undefined {
  if (!/^copy\b/i.test(bytes.toString('latin1', from, Math.min(to, from + 5)))) return undefined;
  const text = bytes.toString('utf8', from, to);
  const match = form.exec(text);
  if (match === null)
    throw new DumpError({
      what: `a COPY statement is not in the form that pg_dump writes: ${text.slice(0, 120)}`,
      offset,
      likelyCause: 'the rows are CSV or binary, or use other delimiters; these formats are not supported',
      fix: 'dump with pg_dump in plain format',
    });
  return {
    name: canonicalQualified(match[1] ?? ''),
    columns: match[2] === undefined ? undefined : canonicalNames(match[2]),
  };
}
