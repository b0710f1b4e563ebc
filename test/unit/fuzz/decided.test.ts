/** What stays undetected by decision: the list of the docs is the one that the oracle knows, and the anonymiser keeps to it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { anonymised } from '../../fuzz/check-case.ts';
import { caseOfValue } from '../../fuzz/generate/forms.ts';
import { decided } from '../../fuzz/oracle/decided.ts';
import { leaksIn } from '../../fuzz/oracle/oracle.ts';

test('the docs have the same list, with the same reasons', () => {
  const docs = readFileSync('docs/anonymize.md', 'utf8');
  const table = docs.slice(docs.indexOf('**What stays undetected by decision.**')).split('\n\n')[1] ?? '';
  const rows = table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')));
  expect(rows.map(([, what, example, why]) => ({ what, example, why }))).toEqual(
    decided.map(({ what, examples, why }) => ({ what, example: `\`${examples[0]}\``, why })),
  );
});

test.each(decided.flatMap(({ what, examples }) => examples.map((example) => [what, example] as const)))(
  '%s: %s is left, and the oracle says nothing of it',
  async (_what, example) => {
    const result = await anonymised(caseOfValue(`x ${example} y`, []), 0);
    expect(leaksIn(result, { words: ['jane', 'corp'] }).map(({ kind }) => kind)).toContain('word');
    expect(leaksIn(result, { words: [] })).toEqual([]);
  },
);
