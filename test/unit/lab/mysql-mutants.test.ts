import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Kind, kinds, mustBeNoticed } from '../../../lab/mutants/changes.ts';
import { readChanges } from '../../../lab/mutants/mysql/changes.ts';
import { mysqlPage } from '../../../lab/mutants/mysql/page.ts';
import { root } from '../../../scripts/lib/actions.ts';

const changes = readChanges();
const count = (...of: readonly Kind[]): number => changes.filter(({ kind }) => of.includes(kind)).length;

test('there are many kinds of change, each with a name of its own', () => {
  expect(count('data')).toBeGreaterThan(120);
  expect(count('object', 'tuning')).toBeGreaterThan(100);
  for (const kind of kinds) expect(count(kind)).toBeGreaterThan(4);
  expect(changes.map(({ what }) => what).filter((what, at, all) => all.indexOf(what) !== at)).toEqual([]);
  for (const { sql } of changes) expect(sql.trim()).toMatch(/(;|END)$/);
});

test('what is excluded is named with the reason', () => {
  for (const { kind, what } of changes) if (kind === 'excluded') expect(what).toMatch(/: /);
});

test('the page names all of them; the long suite shows that it is true (npm run mutants -- mysql --write)', () => {
  const outcomes = changes.map((change) => ({ change, noticed: mustBeNoticed(change) ? 'a difference' : undefined }));
  expect(readFileSync(join(root, 'docs', 'mutants-mysql.md'), 'utf8')).toBe(mysqlPage(outcomes));
});
