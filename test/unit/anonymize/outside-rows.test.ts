/** Addresses in definitions. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

const nobody = 'nobody@example.com';

test.each([
  ['a name in a nested dollar quote', '$f$ SELECT $b$x@y.de$b$ $f$', `$f$ SELECT $b$${nobody}$b$ $f$`],
  ['a name with a dollar in it', "$f$ SELECT 'jo$x@y.de', $1 $f$", `$f$ SELECT '${nobody}', $1 $f$`],
  ['a string with escapes', "$f$ SELECT E'x@y.de', N'o''x@y.de' $f$", `$f$ SELECT E'${nobody}', N'${nobody}' $f$`],
])('%s in the body of a function keeps its quotes', async (_name, body, expected) => {
  const statement = (text: string) => `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS ${text};\n`;
  expect((await run(statement(body))).text).toBe(statement(expected));
});

/** What each place says that repeated a label, from the list of labels on. */
async function labelled(sql: string): Promise<readonly string[]> {
  const { text } = await run(sql);
  return [...text.matchAll(/[\w-]+@[\w.]+/g)].map(([email]) => email);
}

test('what repeats the label of an enumeration becomes what the label becomes, in definitions and rows', async () => {
  const found = await labelled(`CREATE TYPE public.owner AS ENUM (
    'ann@corp.example',
    'none'
);
CREATE TYPE public.pair AS (
	who public.owner,
	note text
);
CREATE FUNCTION public.f(o public.owner DEFAULT 'ann@corp.example'::public.owner) RETURNS text
    LANGUAGE sql
    AS $$ SELECT 'ann@corp.example'::public.owner $$;
CREATE TABLE public.t (
    a public.owner DEFAULT 'ann@corp.example'::public.owner,
    b public.owner[] DEFAULT '{ann@corp.example,none}'::public.owner[],
    c public.pair
);
CREATE VIEW public.v AS
 SELECT t.a
   FROM public.t
  WHERE (t.a = 'ann@corp.example'::public.owner);
COPY public.t (a, b, c) FROM stdin;
ann@corp.example	{ann@corp.example}	(ann@corp.example,)
\\.
CREATE INDEX i ON public.t USING btree (b) WHERE (a = 'ann@corp.example'::public.owner);
`);
  expect(found).toHaveLength(10);
  expect(found[0]).toMatch(/^nobody-[a-z2-7]{16}@example\.com$/);
  expect(new Set(found).size).toBe(1);
});

test('so does the default of an ENUM or a SET of MySQL', async () => {
  const found = await labelled(
    "-- MySQL dump 10.13\nCREATE TABLE `t` (\n  `a` enum('ann@corp.example','none') DEFAULT 'ann@corp.example',\n  `b` set('bob@corp.example') DEFAULT 'bob@corp.example'\n);\n",
  );
  expect(found).toHaveLength(4);
  expect(found[1]).toBe(found[0]);
  expect(found[3]).toBe(found[2]);
  expect(found[2]).not.toBe(found[0]);
});

test('other addresses stay nobody, whatever the labels are', async () => {
  const text =
    "CREATE TYPE public.sign AS ENUM (\n    '@'\n);\nCOMMENT ON TYPE public.sign IS 'of ann@corp.example';\n";
  expect((await run(text)).text).toContain(`of ${nobody}`);
});
