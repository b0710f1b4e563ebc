/** Unique indexes of materialised views: what they show of a table must stay distinct in it. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';
import { problems, ruled } from './tried.ts';

const tables =
  'CREATE TABLE public.o (id integer, name text);\nCREATE TABLE public.t (id integer, o integer, email text);\n';
const rows = 'COPY public.t (id, o, email) FROM stdin;\n1\t1\tann@firm.example\n\\.\n';
const distinct = /\n1\t1\tnobody-[a-z2-7]{16}@example\.com\n/;
const view = (query: string, columns: string): string =>
  `${tables}CREATE MATERIALIZED VIEW public.v AS\n ${query}\n  WITH NO DATA;\n${rows}CREATE UNIQUE INDEX one ON public.v USING btree (${columns});\n`;

test.each([
  ['SELECT t.id,\n    t.email\n   FROM public.t', 'email'],
  ['SELECT id, email AS mail FROM public.t WHERE id > 1', 'id, mail'],
  ['SELECT o.name, u.email FROM (public.t u\n     JOIN public.o ON ((o.id = u.o)))', 'name, email'],
  ['SELECT t.email FROM public.t', 'lower(email)'],
])('%s', async (query, columns) => {
  expect((await run(view(query, columns))).text).toMatch(distinct);
  expect(await problems(view(query, columns), { rules: ruled('email: mask') })).toEqual([
    expect.stringMatching(/^public\.t\.email: must be unique \(one\), which mask would break/),
  ]);
});

test.each([
  [
    'what the query groups is distinct in itself',
    'SELECT t.email, count(*) AS n FROM public.t GROUP BY t.email',
    'email',
  ],
  ['an index over other columns', 'SELECT t.id, t.email FROM public.t', 'id'],
  ['columns of other tables', 'SELECT t.id, o.name AS email FROM public.t, public.o', 'email'],
])('asks nothing: %s', async (_name, query, columns) => {
  expect((await run(view(query, columns))).text).toContain('\n1\t1\tnobody@example.com\n');
});
