/**
 * The values that an archive gives to sequences. Sequences ignore snapshots, so what a copy must have is what pg_dump read, and
 * not what the source had before or later.
 */
import { TextDecoder } from 'node:util';
import { DumpReader } from '../../../../anonymize/format/dump-reader.ts';
import { IgnoringVisitor } from '../../../../anonymize/format/dump-visitor.ts';
import { canonicalQualified } from '../../../../anonymize/format/names.ts';

/** @param list of an archive's items, as `pg_restore --list` prints it @returns those that set sequences, for `--use-list` */
export function itemsOfSequences(list: string): string {
  const items = list.match(/^\d+; \d+ \d+ SEQUENCE SET .*$/gm) ?? [];
  return items.map((item) => `${item}\n`).join('');
}

/**
 * Reads the values from SQL: that of `itemsOfSequences`, or of a whole dump.
 * @returns values as a fingerprint has them, by canonical name; without those whose names cannot be told apart
 * @throws DumpError when the SQL is cut off
 */
export async function readSequenceValues(sql: AsyncIterable<Buffer>): Promise<Readonly<Record<string, string>>> {
  const collector = new Collector();
  const reader = new DumpReader(collector, { requireFooter: true, only: 'postgresql' });
  collector.backslashes = () => reader.backslashStrings;
  for await (const chunk of sql) reader.push(chunk);
  reader.end();
  return Object.fromEntries([...collector.values].filter(([name]) => !collector.ambiguous.has(name)));
}

/** What pg_dump writes (`dumpSequenceData` in PostgreSQL's src/bin/pg_dump/pg_dump.c). A name may have line ends. */
const setval = /^SELECT pg_catalog\.setval\((E?)'(.*)', (-?\d+), (true|false)\);?$/s;
const encoding = /^SET client_encoding = '(\w+)'/;

class Collector extends IgnoringVisitor {
  readonly values = new Map<string, string>();
  /** In SQL_ASCII, names may differ only in bytes that are no text. */
  readonly ambiguous = new Set<string>();
  backslashes = (): boolean => false;
  #decoder = new TextDecoder();

  override statement(bytes: Buffer, _from: number, to: number, code: number): void {
    const statement = this.#decoder.decode(bytes.subarray(code, to)).trim();
    this.#decoder = decoderOf(encoding.exec(statement)?.[1]) ?? this.#decoder;
    const [, escapes, literal = '', value, called] = setval.exec(statement) ?? [];
    if (value === undefined) return;
    const escaped = escapes === 'E' || this.backslashes();
    const sql = literal.replaceAll(escaped ? /''|\\(?:\\|')/g : "''", (pair) => pair.slice(1));
    const name = canonicalQualified(sql);
    if (this.values.has(name)) this.ambiguous.add(name);
    this.values.set(name, called === 'true' ? value : `${value} not called`);
  }
}

/** @param name of an encoding, as PostgreSQL calls it @returns undefined where the names stay as they are in UTF-8 */
function decoderOf(name: string | undefined): TextDecoder | undefined {
  if (name === undefined) return undefined;
  const label = name === 'EUC_CN' ? 'gb2312' : name.toLowerCase().replace(/^win/, 'windows-').replaceAll('_', '-');
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
