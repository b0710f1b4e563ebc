/** Compares the definitions of a restored copy with those of the source. */
import type { Difference, DumpFingerprint } from '../../../../domain/dump.ts';
import type { DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import type { Findings } from './findings.ts';

/** Their text may hold passwords, which no report may show. */
const secretive = /^(USER MAPPING|SUBSCRIPTION|SERVER) /;

/** Names that a note gives as examples. */
const maxNames = 5;

/** Whether a copy words its definitions like the source. */
export function sameWords(source: DescribedFingerprint, copy: DescribedFingerprint): boolean {
  const [expected, found] = [source.definitions ?? {}, copy.definitions ?? {}];
  const ids = Object.keys(expected);
  return ids.length === Object.keys(found).length && ids.every((id) => expected[id] === found[id]);
}

/**
 * PostgreSQL prints a definition otherwise once it has read its own text: it flattens AND within AND, writes times in the zone
 * of the session, lists the roles of a policy in its own order. So a copy may have either the words of the source, or those
 * that a second restore of the definitions alone gives them.
 */
export function compareDefinitions(source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const { definitions: expected } = source;
  if (expected === undefined) {
    compareCounts(source, copy, findings);
    return;
  }
  const found = copy.definitions ?? {};
  const { reworded } = copy;
  const rewordedHashes = reworded?.figures.definitions ?? {};
  const newer = reworded === undefined && seriesOf(copy) > seriesOf(source);
  const otherwise: string[] = [];
  for (const [id, hash] of Object.entries(expected)) {
    const other = found[id];
    if (other === undefined) findings.check(id, 'its definition', undefined);
    else if (hash === other || rewordedHashes[id] === other || newer) {
      findings.check(id, hash, hash);
      if (newer && hash !== other) otherwise.push(id);
    } else findings.differ(firstDifference(id, reworded?.sql.get(id) ?? source.sql?.get(id), copy.sql?.get(id)));
  }
  for (const id of Object.keys(found))
    if (expected[id] === undefined && (rewordedHashes[id] === undefined || rewordedHashes[id] !== found[id]))
      findings.check(id, undefined, 'a definition');
  if (otherwise.length > 0) findings.notes.push(inOtherWords(otherwise, source, copy));
}

/** Receipts of earlier versions have numbers alone, which nothing but their own version counted in the same way. */
function compareCounts(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  if (copy.definitions !== undefined) return;
  for (const [kind, count] of Object.entries(source.objects))
    findings.check(kind, String(count), String(copy.objects[kind] ?? 0));
}

const seriesOf = ({ serverVersion }: DumpFingerprint): number => Number.parseInt(serverVersion, 10) || 0;

function inOtherWords(ids: readonly string[], source: DumpFingerprint, copy: DumpFingerprint): string {
  const more = ids.length > maxNames ? ` and ${ids.length - maxNames} more` : '';
  return `the copy's server is PostgreSQL ${seriesOf(copy)}, which writes definitions otherwise than PostgreSQL ${seriesOf(source)}; those of ${ids.slice(0, maxNames).join(', ')}${more} are there, and were not compared word for word`;
}

/** The first lines in which two definitions differ, each as SQL. A comma at its end says only that another line follows. */
function firstDifference(id: string, source?: string, copy?: string): Difference {
  const what = `definition of ${id}`;
  const unshown = { what, expected: 'that of the source', found: 'another' };
  if (source === undefined || copy === undefined || secretive.test(id)) return unshown;
  const [lines, others] = [source, copy].map((sql) => sql.split('\n').map((line) => line.trim().replace(/,$/, ''))) as [
    string[],
    string[],
  ];
  const most = Math.max(lines.length, others.length);
  for (let at = 0; at < most; at += 1)
    if (lines[at] !== others[at]) return { what, expected: shown(lines[at]), found: shown(others[at]) };
  return unshown;
}

const shown = (line: string | undefined): string => (line === undefined ? 'no such line' : `\`${line}\``);
