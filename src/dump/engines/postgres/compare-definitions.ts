/** Compares the definitions of a restored copy with those of the source. */
import type { DumpFingerprint } from '../../../domain/dump.ts';
import type { DescribedFingerprint } from '../../../ports/dump-engine.ts';
import type { Findings } from './findings.ts';

/** Their text may hold passwords, which no report may show. */
const secretive = /^(USER MAPPING|SUBSCRIPTION|SERVER) /;

/** Names that a note gives as examples. */
const maxNames = 5;

export function compareDefinitions(source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const { definitions: expected } = source;
  if (expected === undefined) {
    compareCounts(source, copy, findings);
    return;
  }
  const found = copy.definitions ?? {};
  const newer = seriesOf(copy) > seriesOf(source);
  const otherwise: string[] = [];
  for (const [id, hash] of Object.entries(expected)) {
    const other = found[id];
    if (other === undefined) findings.check(id, 'its definition', undefined);
    else if (hash === other || newer) {
      findings.check(id, hash, hash);
      if (hash !== other) otherwise.push(id);
    } else {
      const [line, otherLine] = firstDifference(id, source.sql?.get(id), copy.sql?.get(id));
      findings.check(`definition of ${id}`, line, otherLine);
    }
  }
  for (const id of Object.keys(found)) if (expected[id] === undefined) findings.check(id, undefined, 'a definition');
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

/** The first lines in which two definitions differ, each as SQL. */
function firstDifference(id: string, expected?: string, found?: string): readonly [string, string] {
  if (expected === undefined || found === undefined || secretive.test(id)) return ['that of the source', 'another'];
  const [lines, otherLines] = [expected.split('\n'), found.split('\n')];
  const at = lines.findIndex((line, index) => line !== otherLines[index]);
  const index = at < 0 ? lines.length : at;
  return [shownLine(lines[index]), shownLine(otherLines[index])];
}

function shownLine(line: string | undefined): string {
  return line === undefined ? 'no such line' : `\`${line.trim().replace(/,$/, '')}\``;
}
