/** Unique indexes over some rows: neither a rule nor an address may bring other rows into one. */
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { rulesFor } from './one-table.ts';
import { run } from './run.ts';

/** The index, and what stands behind its columns. */
const index = (where: string): string => `CREATE UNIQUE INDEX u ON public.t USING btree (id) WHERE ${where};\n`;

async function problems(definition: string, where: string, rule: string): Promise<readonly string[]> {
  const sql = `CREATE TABLE public.t (id integer, ${definition});\n${index(where)}`;
  try {
    await run(sql, { rules: rulesFor(`      a: ${rule}\n`) });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('a rule', () => {
  test.each([
    ['NULL', 'a timestamptz', '(a IS NULL)', '"null"', 'keep, { fixed: "2000-01-01" }'],
    ['a text', 'a text', "(a = 'on'::text)", '{ fixed: on }', 'keep, "null", { fixed: "a" }'],
    ['a text instead of none', 'a text NOT NULL', "(a <> ''::text)", 'pseudonym', 'keep'],
    ['a number', 'a integer', '(a = 3)', 'pseudonym', 'keep, "null"'],
    ['a date', 'a date', "(a > '2020-01-01'::date)", '{ shift-days: 9 }', 'keep, "null", { fixed: "2000-01-01" }'],
    ['a truth', 'a boolean NOT NULL', 'a', '{ fixed: "true" }', 'keep'],
    ['what only the server can compute', 'a text NOT NULL', 'my_own(a)', 'mask', 'keep'],
  ])('that may bring rows into it is refused: %s', async (_name, definition, where, rule, allowed) => {
    expect(await problems(definition, where, rule)).toEqual([expect.stringContaining(`allowed: ${allowed}`)]);
  });

  test.each([
    ['leaves what decides', 'a timestamptz', '(a IS NULL)', '{ shift-days: 9 }'],
    ['takes rows out of it', 'a text', "(a = 'on'::text)", '{ fixed: off }'],
    ['makes texts that it does not hold', 'a text', "(a = 'on'::text)", 'pseudonym'],
    ['makes NULL, which it does not hold', 'a integer', '(a > 3)', '"null"'],
    ['changes another column', 'a text, b text', '(b IS NULL)', 'mask'],
  ])('that %s is accepted', async (_name, definition, where, rule) => {
    expect(await problems(definition, where, rule)).toEqual([]);
  });

  test.each(['pseudonym', 'hash'])('%s leaves what is empty, where other texts alone must be unique', async (rule) => {
    const sql = `CREATE TABLE public.t (id integer, a text);
CREATE UNIQUE INDEX u ON public.t USING btree (a) WHERE (a <> ''::text);
COPY public.t (id, a) FROM stdin;\n1\t\n2\t030 1\n3\t\n\\.\n`;
    const { text } = await run(sql, { rules: rulesFor(`      a: ${rule}\n`) });
    expect(text).toMatch(/\n1\t\n2\t[0-9a-z]{17,}\n3\t\n/);
  });

  test('that may bring rows into an exclusion is refused', async () => {
    const sql = `CREATE TABLE public.t (id integer, a date, CONSTRAINT x EXCLUDE USING gist (id WITH =) WHERE ((a IS NULL)));\n`;
    await expect(run(sql, { rules: rulesFor('      a: "null"\n') })).rejects.toThrow(/nothing was written/);
  });
});

describe('an address', () => {
  const addressed = async (where: string): Promise<string> => {
    const sql = `CREATE TABLE public.t (id integer, email text);\n${index(where)}COPY public.t (id, email) FROM stdin;\n1\tkim@firm.example\n\\.\n`;
    return /^1\t(.*)$/m.exec((await run(sql)).text)?.[1] ?? '';
  };

  test('is one that the index does not hold', async () => {
    expect(await addressed("(email ~~ '%@example.com'::text)")).toBe('nobody@example.org');
    expect(await addressed("(email !~~ '%@firm.example'::text)")).toBe('nobody@firm.example');
  });

  test('is the usual one where the index holds all or none', async () => {
    expect(await addressed('(email IS NOT NULL)')).toBe('nobody@example.com');
    expect(await addressed("(email ~~ '%@firm.example'::text)")).toBe('nobody@example.com');
  });
});
