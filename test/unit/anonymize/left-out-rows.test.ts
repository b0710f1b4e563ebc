/** Rows that are left out are counted, however the dump writes them. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

const definition = 'CREATE TABLE public.visits (id integer, who text);\n';
const rules = 'version: 1\ntables: { public.visits: { rows: drop } }\n';

test.each([
  ['COPY', 'COPY public.visits (id, who) FROM stdin;\n1\ta\n2\tline\\nline\n3\t\\N\n\\.\n', 3],
  ['COPY without rows', 'COPY public.visits (id, who) FROM stdin;\n\\.\n', 0],
  ['INSERT', "INSERT INTO public.visits VALUES (1, 'a'), (2, 'b');\nINSERT INTO public.visits VALUES (3, 'c');\n", 3],
])('%s', async (_form, rows, count) => {
  for (const chunk of [3, 1000]) {
    const { text, report } = await run(definition + rows, { rules, chunk });
    expect(report.counts).toEqual(count === 0 ? [] : [{ table: 'public.visits', rule: 'rows left out', count }]);
    expect(text).not.toContain('line');
  }
});

test('a row too long to be held counts once', async () => {
  const long = `1\t${'x'.repeat(40 * 1024 * 1024)}\n2\tb\n`;
  const { report } = await run(`${definition}COPY public.visits (id, who) FROM stdin;\n${long}\\.\n`, {
    rules,
    chunk: 2 ** 20,
  });
  expect(report.counts).toEqual([{ table: 'public.visits', rule: 'rows left out', count: 2 }]);
});
