/** Definitions read from a dump or from a file of their own. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDefinitions } from '../../../src/actions/anonymize/run.ts';
import { run } from './run.ts';

test('statements end at their semicolon, not inside strings and bodies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-definitions-'));
  try {
    const path = join(folder, 'schema.sql');
    writeFileSync(
      path,
      `CREATE TABLE public.t (\n    a text DEFAULT 'x;\n',\n    email text\n);\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\nPERFORM 1;\nCREATE TABLE public.u (a text);\nEND $$;\nALTER TABLE ONLY public.t\n    ADD CONSTRAINT k UNIQUE (email);\n`,
    );
    const catalogue = await readDefinitions(path);
    expect(catalogue.tables().map((table) => table.name)).toEqual(['public.t']);
    expect(catalogue.table('public.t')?.columns.map((column) => column.name)).toEqual(['a', 'email']);
    expect(catalogue.uniques('public.t')).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(['COPY public.t (Ü) FROM stdin;\nAnn\n\\.\n', "INSERT INTO public.t (Ü) VALUES ('Ann');\n"])(
  'names without quotes fold as in PostgreSQL, in ASCII only: %s',
  async (statement) => {
    const { text } = await run(`CREATE TABLE public.t (Ü text);\n${statement}`, {
      rules: 'version: 1\ntables:\n  public.t: { columns: { Ü: mask } }',
    });
    expect(text).toContain('xxx');
  },
);
