/** Compares the rows of a restored copy with those of the source. */
import type { DumpFingerprint, TableFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised } from '../../../../ports/dump-engine.ts';
import type { Findings } from './findings.ts';

/** The rows that a dump holds: of tables, and of users in the configuration tables of extensions. */
function allTables({ tables, configuration = [] }: DumpFingerprint): readonly TableFingerprint[] {
  return [...tables, ...configuration];
}

/** Each table has the rows it had. */
export function compareTables(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  const unlike = encodings(source, copy);
  if (unlike !== undefined) findings.unread.push({ what: 'checksums of tables', why: unlike });
  const copies = new Map(allTables(copy).map((table) => [table.name, table]));
  for (const table of allTables(source)) {
    const other = copies.get(table.name);
    const same = findings.check(`rows of ${table.name}`, table.rows, other?.rows);
    if (same && unlike === undefined) findings.check(`checksum of ${table.name}`, table.checksum, other?.checksum);
  }
  const known = new Set(allTables(source).map((table) => table.name));
  for (const table of copy.tables)
    if (!known.has(table.name) && !findings.isUnread(`rows of ${table.name}`))
      findings.check(`table ${table.name}`, undefined, `${table.rows} rows`);
}

/** The checksums are those of the server's bytes. @returns why they cannot be compared */
function encodings({ locale: of }: DumpFingerprint, { locale: found }: DumpFingerprint): string | undefined {
  if (of === undefined || found === undefined || of.encoding === found.encoding) return undefined;
  return `the source stores text in ${of.encoding}, the copy in ${found.encoding}`;
}

/**
 * Numbers of rows, and the values of all columns that were not changed. A changed value may move a row to another partition, so
 * partitioned tables are compared as a whole.
 */
export function compareTotals(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  { rowsLeftOut, changed }: Anonymised,
  findings: Findings,
): void {
  const [expected, found] = [totals(source), totals(copy)];
  const unread = partlyUnread(source, copy, findings);
  for (const [name, total] of expected) {
    if (unread.has(name)) continue;
    const other = found.get(name);
    if (rowsLeftOut.has(name)) {
      // That the table is there at all is shown by its definition.
      const most = String(total.rows);
      if (other) findings.check(`rows of ${name}, at most`, most, other.rows <= total.rows ? most : String(other.rows));
      continue;
    }
    const same = findings.check(`rows of ${name}`, String(total.rows), other && String(other.rows));
    if (!same || other === undefined || changed === undefined) continue;
    // Where nothing may have changed, whole rows tell more: sums by column do not notice values that change places.
    if ((changed.get(name)?.size ?? 0) === 0 && encodings(source, copy) === undefined)
      findings.check(`checksum of ${name}`, String(total.checksum), String(other.checksum));
    for (const [column, sum] of total.columns)
      if (!changed.get(name)?.has(column))
        findings.check(`checksum of column ${column} of ${name}`, String(sum), other.columns.get(column)?.toString());
  }
  for (const [name, { rows }] of found)
    if (!expected.has(name) && !unread.has(name)) findings.check(`table ${name}`, undefined, `${rows} rows`);
}

/** Tables of which source or copy could not read all. */
function partlyUnread(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): ReadonlySet<string> {
  const unread = [...allTables(source), ...allTables(copy)].filter(({ name }) => findings.isUnread(`rows of ${name}`));
  return new Set(unread.map(({ name, root = name }) => root));
}

interface Total {
  rows: bigint;
  checksum: bigint;
  readonly columns: Map<string, bigint>;
}

/** Sums by table; those of partitions belong to the table at the top. */
function totals(fingerprint: DumpFingerprint): Map<string, Total> {
  const all = new Map<string, Total>();
  for (const { name, root = name, rows, checksum, columns = {} } of allTables(fingerprint)) {
    const total = all.get(root) ?? { rows: 0n, checksum: 0n, columns: new Map() };
    all.set(root, total);
    total.rows += BigInt(rows);
    total.checksum += BigInt(checksum);
    for (const [column, sum] of Object.entries(columns))
      total.columns.set(column, (total.columns.get(column) ?? 0n) + BigInt(sum));
  }
  return all;
}
