import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { kinds, mustBeNoticed } from '../../../lab/mutants/changes.ts';
import { readChanges } from '../../../lab/mutants/dumps/changes.ts';
import { mutantsPage } from '../../../lab/mutants/dumps/page.ts';
import { root } from '../../../scripts/lib/actions.ts';

const changes = readChanges();

test('there are many kinds of change, each with a name of its own', () => {
  expect(changes.filter(mustBeNoticed).length).toBeGreaterThan(150);
  expect(new Set(changes.map(({ what }) => what)).size).toBe(changes.length);
  for (const kind of kinds) expect(changes.some((one) => one.kind === kind)).toBe(true);
  for (const { sql } of changes) expect(sql.trim()).toMatch(/;$/);
});

test('the page names all of them; the long suite shows that it is true (npm run mutants -- --write)', () => {
  const outcomes = changes.map((change) => ({ change, noticed: mustBeNoticed(change) ? 'a difference' : undefined }));
  expect(readFileSync(join(root, 'docs', 'mutants.md'), 'utf8')).toBe(mutantsPage(outcomes));
});
