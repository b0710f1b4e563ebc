/** Compares the fingerprint of a restored copy with that of the source. */
import type { Comparison, Difference, DumpFingerprint } from '../../../domain/dump.ts';
import type { Anonymised } from '../../../ports/dump-engine.ts';

type Check = (what: string, expected: string | undefined, found: string | undefined) => void;

/**
 * @param anonymised what was changed on purpose; then checksums and single partitions are not compared, and rows only of
 *   tables that keep all of theirs
 */
export function compareDatabases(source: DumpFingerprint, copy: DumpFingerprint, anonymised?: Anonymised): Comparison {
  const differences: Difference[] = [];
  let compared = 0;
  const check: Check = (what, expected, found) => {
    compared += 1;
    if (expected !== found) differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing' });
  };
  if (anonymised === undefined) compareTables(source, copy, check);
  else compareRowCounts(source, copy, anonymised, check);
  compareSequences(source, copy, check);
  for (const [kind, count] of Object.entries(source.objects))
    check(kind, String(count), String(copy.objects[kind] ?? 0));
  for (const name of Object.keys(source.extensions))
    check(`extension ${name}`, 'installed', copy.extensions[name] === undefined ? undefined : 'installed');
  return { compared, differences };
}

function compareTables(source: DumpFingerprint, copy: DumpFingerprint, check: Check): void {
  const copies = new Map(copy.tables.map((table) => [table.name, table]));
  for (const table of source.tables) {
    const other = copies.get(table.name);
    check(`rows of ${table.name}`, table.rows, other?.rows);
    if (other?.rows === table.rows) check(`checksum of ${table.name}`, table.checksum, other.checksum);
  }
  const known = new Set(source.tables.map((table) => table.name));
  for (const table of copy.tables)
    if (!known.has(table.name)) check(`table ${table.name}`, undefined, `${table.rows} rows`);
}

/** A changed value may move a row to another partition, so partitioned tables are compared as a whole. */
function compareRowCounts(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  { rowsLeftOut }: Anonymised,
  check: Check,
): void {
  const [expected, found] = [rowsByRoot(source), rowsByRoot(copy)];
  for (const [name, rows] of expected) if (!rowsLeftOut.has(name)) check(`rows of ${name}`, rows, found.get(name));
  for (const [name, rows] of found) if (!expected.has(name)) check(`table ${name}`, undefined, `${rows} rows`);
}

function rowsByRoot(fingerprint: DumpFingerprint): Map<string, string> {
  const sums = new Map<string, bigint>();
  for (const { name, root = name, rows } of fingerprint.tables) sums.set(root, (sums.get(root) ?? 0n) + BigInt(rows));
  return new Map([...sums].map(([name, rows]) => [name, String(rows)]));
}

/** A sequence that advanced during the dump may have any value in between. */
function compareSequences(source: DumpFingerprint, copy: DumpFingerprint, check: Check): void {
  for (const [name, after] of Object.entries(source.sequences)) {
    const before = source.sequencesBefore?.[name];
    const found = copy.sequences[name];
    const fits = before !== undefined && found !== undefined && isBetween(found, before, after);
    check(`sequence ${name}`, fits ? found : before === undefined ? after : `${before} to ${after}`, found);
  }
}

/** Whether a value lies between two others; a sequence may count up or down. */
function isBetween(found: string, before: string, after: string): boolean {
  const [at, from, to] = [found, before, after].map((text) => BigInt(text.replace(' not called', ''))) as [
    bigint,
    bigint,
    bigint,
  ];
  return from <= to ? from <= at && at <= to : to <= at && at <= from;
}
