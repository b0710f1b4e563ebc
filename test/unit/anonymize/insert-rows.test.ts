/** Rows written as INSERT. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';

describe('INSERT with many rows', () => {
  const rules = (rows: string) => `version: 1\ntables:\n  public.t: { rows: ${rows}, columns: { a: mask } }`;
  const definition = 'CREATE TABLE public.t (id integer PRIMARY KEY, a text);\n';

  test('keeps the same sample of rows as COPY', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const copied = await run(
      `${definition}COPY public.t (id, a) FROM stdin;\n${numbers.map((id) => `${id}\tword\n`).join('')}\\.\n`,
      { rules: rules('{ sample: 40% }') },
    );
    const kept = [...copied.text.matchAll(/^(\d+)\txxxx$/gm)].map((match) => match[1]);
    for (const each of [1, 2, 3, 7]) {
      const inserts = numbers
        .filter((id) => id % each === 0)
        .map(
          (id) =>
            `INSERT INTO public.t VALUES\n\t${numbers
              .slice(id, id + each)
              .map((one) => `(${one}, 'word')`)
              .join(',\n\t')};\n`,
        );
      const { text } = await run(definition + inserts.join(''), { rules: rules('{ sample: 40% }') });
      const written = text
        .slice(definition.length)
        .replace(/\n{2,}/g, '\n')
        .trimStart();
      expect(written).toMatch(/^(INSERT INTO public\.t VALUES\n\t\(\d+, 'xxxx'\)(,\n\t\(\d+, 'xxxx'\))*;\n+)+$/);
      expect([...written.matchAll(/\((\d+),/g)].map((match) => match[1])).toEqual(kept);
    }
  });

  test('disappears when no row stays', async () => {
    const { text } = await run(`${definition}INSERT INTO public.t VALUES\n\t(1, 'a'),\n\t(2, 'b');\n-- end\n`, {
      rules: rules('drop'),
    });
    expect(text.replace(/\s+/g, ' ')).toBe(`${definition}-- end\n`.replace(/\s+/g, ' '));
  });
});

test('E strings are literals, also when all strings have escapes', async () => {
  const insert = (a: string) =>
    `SET standard_conforming_strings = off;\nCREATE TABLE public.t (a text);\nINSERT INTO public.t VALUES (${a});\n`;
  const { text } = await run(insert("E'Ann\\tO\\'Neil'"), {
    rules: 'version: 1\ntables:\n  public.t: { columns: { a: mask } }',
  });
  expect(text).toBe(insert("E'xxx\tx''xxxx'"));
});

test('an error in a row names the byte where the row starts', async () => {
  const dump = "CREATE TABLE public.t (id integer, a text);\nINSERT INTO public.t VALUES\n\t(1, 'x'),\n\t(2);\n";
  const rules = 'version: 1\ntables:\n  public.t: { columns: { a: mask } }';
  await expect(run(dump, { rules })).rejects.toThrow(
    `a row of public.t has 1 values for 2 columns (at byte ${dump.indexOf('(2)')} of the SQL)`,
  );
});
