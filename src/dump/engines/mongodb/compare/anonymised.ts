/** Compares the copy of an anonymised file with its source: values differ on purpose. */
import type { DumpFingerprint, TableFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised } from '../../../../ports/dump-engine.ts';
import { isReplayed, sameTable, stayed, unknownCollections } from './documents.ts';
import type { Findings } from './findings.ts';
import { Held } from './held.ts';
import { named, type Share } from './share.ts';

/** Number of documents, and the values of the fields at the top in which nothing was changed. */
export function compareRows(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  { rowsLeftOut, changed }: Anonymised,
  findings: Findings,
  share: Share,
): void {
  const copies = new Map(copy.tables.map((one) => [one.name, one]));
  const held = new Held(source);
  const unnamed: string[] = [];
  for (const { name, before, after } of stayed(source, share)) {
    const other = copies.get(name) ?? held.withoutDocuments({ name, before });
    const table = held.table({ name, before });
    const { rows } = table;
    // What a restore makes of these only another copy can say, whose fields are known then.
    const replayed = isReplayed(table);
    if (findings.isUnread(`documents of ${name}`)) continue;
    const unknown = before.columns === undefined && (replayed || !sameTable(before, after));
    if (unknown || (replayed && (rowsLeftOut.has(name) || findings.mayExpire(name)))) {
      share.add(name, Number(before.rows), 0);
      continue;
    }
    share.add(name, Number(before.rows), Number(before.rows));
    if (rowsLeftOut.has(name)) {
      if (other)
        findings.check(`rows of ${name}, at most`, rows, Number(other.rows) <= Number(rows) ? rows : other.rows);
      continue;
    }
    if (replayed && other === undefined && !held.isRemade(name))
      findings.check(`rows of ${name}`, before.rows, undefined);
    const same = replayed || findings.checkRows(name, rows, other?.rows) === 'same';
    if (!(same && other && changed)) continue;
    const paths = changed.get(name) ?? new Set();
    if (hidesNames(paths)) unnamed.push(name);
    else compareFields(before, other, paths, findings);
  }
  if (unnamed.length > 0)
    findings.notes.push(
      `of collections in which values changed in fields whose names are data, only the number of documents was compared: ${named(unnamed)}`,
    );
  unknownCollections(source, copy, held, findings, false);
}

/** Whether a field at the top changed that the anonymiser does not name: one of many, or one whose name is data or an address. */
function hidesNames(paths: ReadonlySet<string>): boolean {
  return [...paths].some((path) => path === '*' || path.startsWith('*.'));
}

/** @param paths of fields that may differ: `a.b` lies in the field `a` at the top, or is a field with a dot in its name */
function compareFields(
  source: TableFingerprint,
  copy: TableFingerprint,
  paths: ReadonlySet<string>,
  findings: Findings,
): void {
  // What lies in a field with an empty name has the path of a field at the top.
  const mayDiffer = (field: string): boolean =>
    [...paths].some((path) => field === '' || path === field || path.startsWith(`${field}.`));
  for (const [field, sum] of Object.entries(source.columns ?? {}))
    if (!mayDiffer(field)) findings.check(`checksum of ${field} of ${source.name}`, sum, copy.columns?.[field]);
}
