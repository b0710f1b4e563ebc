/** Compares the definitions of a restored copy with those of the source. */
import type { Difference, DumpFingerprint } from '../../../../domain/dump.ts';
import type { DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import type { Findings } from './findings.ts';

/** Objects of which source and copy are not worded alike. */
export function unlike(source: DescribedFingerprint, copy: DescribedFingerprint): readonly string[] {
  const found = copy.definitions ?? {};
  return Object.entries(source.definitions ?? {}).flatMap(([id, hash]) =>
    found[id] !== undefined && found[id] !== hash ? [id] : [],
  );
}

/**
 * A server of another series words definitions otherwise, so a copy may have either the words of the source or those that its own
 * server gives them.
 */
export function compareDefinitions(source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const after = source.after?.definitions;
  const expected = source.definitions ?? {};
  const found = copy.definitions ?? {};
  const reworded = copy.reworded?.figures.definitions ?? {};
  const moved: string[] = [];
  const passing: string[] = [];
  for (const [id, hash] of Object.entries(expected)) {
    const other = found[id];
    if (isMoved(source, id)) {
      if (other === hash) findings.check(id, hash, hash);
      else moved.push(id);
      continue;
    }
    if (other === undefined) {
      if (isOver(source.sql?.get(id)))
        findings.notes.push(`${id} is not in the copy: its time is over, so the server did not make it`);
      else if (source.held?.lacks.includes(id))
        findings.differ({ what: id, expected: 'its definition', found: 'nothing in the dump', doubt: madeMeanwhile });
      else if (!findings.isUnread(`definition of ${id}`)) findings.check(id, 'its definition', undefined);
    } else if (other === hash || reworded[id] === other) findings.check(id, hash, hash);
    else if (copy.reworded && reworded[id] === undefined && !isOfInfobright(source, id))
      findings.unread.push({
        what: `definition of ${id}`,
        why: 'servers of two versions word it otherwise, and the scratch server did not take the words of the source',
      });
    else if (isGarbledComment(source.sql?.get(id), copy.sql?.get(id)))
      findings.unread.push({
        what: `definition of ${id}`,
        why: 'servers of MariaDB write the comment of an event that a client of another character set made in UTF-8 twice, so no dump holds it: ALTER EVENT … COMMENT by a client in utf8mb4',
      });
    else compareTexts(id, source, copy, findings);
  }
  for (const id of Object.keys(found)) {
    // Of SQL, the definitions of its databases are not read.
    if (expected[id] !== undefined || id.startsWith('DATABASE ') || findings.isUnread(`definition of ${id}`)) continue;
    if (onlyInDump(source, id)) passing.push(id);
    else if (after?.[id] === undefined) findings.check(id, undefined, 'a definition');
  }
  if (passing.length > 0) findings.notes.push(`there only while the dump was made, and in it: ${shown(passing)}`);
  if (moved.length > 0) findings.notes.push(`changed while the dump ran, and not compared: ${shown(moved)}`);
}

const shown = (ids: readonly string[]): string =>
  `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;

/** Whether it was altered, dropped, or made anew while the dump ran. */
export const isMoved = ({ definitions, after }: DumpFingerprint, id: string): boolean =>
  after?.definitions !== undefined && definitions?.[id] !== undefined && after.definitions[id] !== definitions[id];

/** Whether the tool has found it in the source, where it was neither before nor after. */
export const onlyInDump = ({ held }: DumpFingerprint, id: string): boolean => held?.only.includes(id) ?? false;

const madeMeanwhile = 'it may have been dropped and made again while the dump ran';

function compareTexts(id: string, source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const [expected, found] = [copy.reworded?.sql.get(id) ?? source.sql?.get(id), copy.sql?.get(id)];
  if (
    isOfInfobright(source, id) &&
    expected !== undefined &&
    found !== undefined &&
    withoutOptions(expected) === withoutOptions(found)
  ) {
    findings.check(id, 'its definition', 'its definition');
    findings.notes.push(`${id} is restored with another engine, since the server has no BRIGHTHOUSE`);
    return;
  }
  findings.differ(firstDifference(id, expected, found));
}

const isOfInfobright = ({ sql }: DescribedFingerprint, id: string): boolean =>
  sql?.get(id)?.includes(') ENGINE=BRIGHTHOUSE') ?? false;

const comment = / COMMENT '(?:[^'\\]|\\[\s\S]|'')*'(?= DO )/;

/** Whether two events differ in a comment alone that is not in ASCII, and were made by a client of another character set than UTF-8. */
function isGarbledComment(source: string | undefined, copy: string | undefined): boolean {
  if (source === undefined || copy === undefined || !source.startsWith('CREATE EVENT ')) return false;
  const client = /\n-- character_set_client: (\w+)/.exec(source)?.[1] ?? 'utf8';
  const [own = '', other = ''] = [comment.exec(source)?.[0], comment.exec(copy)?.[0]];
  const isForeign = !client.startsWith('utf8') && /[\u0080-\uffff]/.test(own) && /[\u0080-\uffff]/.test(other);
  return isForeign && source.replace(comment, '') === copy.replace(comment, '');
}

/** No server but Infobright has its engine; what follows the engine are its options. */
const withoutOptions = (sql: string): string => sql.replace(/\) ENGINE=.*$/s, ')');

/** An event for one time that is over is dropped as soon as it is made (MySQL manual, "CREATE EVENT Statement"). */
const isOver = (sql: string | undefined): boolean =>
  sql !== undefined && /^CREATE EVENT .* ON SCHEDULE AT .*ON COMPLETION NOT PRESERVE/s.test(sql);

/** Words around the first place in which two definitions differ. */
const around = 60;

function firstDifference(id: string, source?: string, copy?: string): Difference {
  const what = `definition of ${id}`;
  if (source === undefined || copy === undefined) return { what, expected: 'that of the source', found: 'another' };
  let at = 0;
  while (at < source.length && source[at] === copy[at]) at += 1;
  const from = Math.max(0, at - 20);
  const shown = (text: string): string =>
    `\`${from > 0 ? '…' : ''}${text.slice(from, at + around)}${text.length > at + around ? '…' : ''}\``;
  return { what, expected: shown(source), found: shown(copy) };
}
