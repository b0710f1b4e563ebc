import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { kinds, mustBeNoticed } from '../../../lab/mutants/changes.ts';
import { mongoChanges } from '../../../lab/mutants/mongodb/changes.ts';
import { mongoPage } from '../../../lab/mutants/mongodb/page.ts';
import { root } from '../../../scripts/lib/actions.ts';

test('there are many kinds of change, each with a name of its own', () => {
  expect(mongoChanges.filter(mustBeNoticed).length).toBeGreaterThan(150);
  expect(new Set(mongoChanges.map(({ what }) => what)).size).toBe(mongoChanges.length);
  for (const kind of kinds) expect(mongoChanges.some((one) => one.kind === kind)).toBe(true);
});

test('the page names all of them; the long suite shows that it is true (npm run mutants -- mongodb --write)', () => {
  const outcomes = mongoChanges.map((change) => ({
    change,
    noticed: mustBeNoticed(change) ? 'a difference' : undefined,
  }));
  expect(readFileSync(join(root, 'docs', 'mutants-mongodb.md'), 'utf8')).toBe(mongoPage(outcomes));
});
