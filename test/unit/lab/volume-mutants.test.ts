import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { batches, names } from '../../../lab/mutants/batches.ts';
import { type Kind, mustBeNoticed } from '../../../lab/mutants/changes.ts';
import { crc32c } from '../../../lab/mutants/volumes/bytes/innodb.ts';
import { readChanges } from '../../../lab/mutants/volumes/changes.ts';
import { volumesPage } from '../../../lab/mutants/volumes/page.ts';
import { root } from '../../../scripts/lib/actions.ts';

const changes = readChanges();
const count = (...kinds: Kind[]): number => changes.filter(({ kind }) => kinds.includes(kind)).length;

test('there are many kinds of change, each with a name of its own', () => {
  expect(count('data')).toBeGreaterThan(120);
  expect(count('object', 'tuning')).toBeGreaterThan(100);
  expect(count('bytes')).toBeGreaterThan(80);
  for (const kind of ['excluded', 'equal', 'harmless'] as const) expect(count(kind)).toBeGreaterThan(5);
  expect(changes.map(({ what }) => what).filter((what, at, all) => all.indexOf(what) !== at)).toEqual([]);
});

test('what is excluded or cannot matter is named with the reason', () => {
  for (const { kind, what } of changes) if (kind === 'excluded' || kind === 'harmless') expect(what).toMatch(/: /);
});

test('changes that share a copy name different things, and are all noticed or all not', () => {
  const all = batches(changes);
  expect(
    all
      .flat()
      .map(({ what }) => what)
      .toSorted(),
  ).toEqual(changes.map(({ what }) => what).toSorted());
  for (const batch of all) {
    expect(new Set(batch.map(mustBeNoticed)).size).toBe(1);
    if (batch.length > 1) expect(new Set(batch.map(({ at }) => at)).size).toBe(batch.length);
  }
});

test.each([
  ['harbour.bag: rows: expected 3', 'harbour.bag', true],
  ['table harbour.bag: comment', 'harbour.bag', true],
  ['harbour.bags: rows', 'harbour.bag', false],
  ['harbour.bag: rows', 'harbour', false],
  ['database harbour: collation', 'harbour', true],
  ["user 'pilot'@'localhost'", 'pilot', true],
  ['harbour.pilots_now', 'pilot', false],
])('%s names %s: %s', (text, thing, expected) => {
  expect(names(text, thing)).toBe(expected);
});

test('the checksum of pages is CRC-32C (RFC 3720, appendix B.4)', () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('the page names all of them; the long suite shows that it is true (npm run mutants -- volumes --write)', () => {
  const page = join(root, 'docs', 'mutants-volumes.md');
  const outcomes = changes.map((change) => ({ change, noticed: mustBeNoticed(change) ? 'a difference' : undefined }));
  expect(readFileSync(page, 'utf8')).toBe(volumesPage(outcomes));
});
